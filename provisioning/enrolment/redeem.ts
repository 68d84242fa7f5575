/**
 * Redeeming a one-time code (ADR 14): the requests wait until an officer approved them, and are issued at once only for the first
 * officer of a box. The same keys again are the same request, so who lost an answer, or polls, asks again. The box sees public
 * keys and proofs of possession only; the wrapped key file, if handed over, is kept as it is.
 */
import {
  CaError,
  canonicalJson,
  toBase64,
  type Blobs,
  type EntryDraft,
  type Sha256,
} from '../../ca/index.ts'
import { ProvisioningError } from '../errors.ts'
import {
  enrolmentCodeHash,
  requestId,
  requestedCertificates,
  writeRequestFile,
} from '../kit/at_the_box.ts'
import { openCode, requestsFor, type OpenCode } from './codes.ts'
import type { Contested, Requested } from './folds.ts'
import { certifiedBefore, prepareEnrolment, type IssueParts } from './issue.ts'
import { proveAll, requestedKeys, wrongRequests, type Proven } from './proven.ts'
import {
  keys,
  type CertificateRequest,
  type CodeRecord,
  type IssuedCertificate,
  type RequestRecord,
} from './types.ts'

export interface RedeemParts extends IssueParts {
  readonly blobs: Blobs
}

/** What is answered to who redeems a code. */
export type Redemption =
  | { readonly state: 'issued'; readonly certificates: readonly IssuedCertificate[] }
  /** An officer has to approve; `request` is the name of the request. */
  | { readonly state: 'waiting'; readonly request: Sha256; readonly expires: string }

interface RedeemInput {
  readonly code: string
  readonly requests: readonly CertificateRequest[]
  /** Some of what the code stands for will do (EST asks for one certificate at a time). */
  readonly part?: boolean
  /** The unit's wrapped keys, opaque to the box. Of a request that waits, the first one handed over stays. */
  readonly keyFile?: Uint8Array
}

/**
 * Throws of the code `ENROLMENT_CODE_UNKNOWN`, `_EXPIRED`, `_USED`, `_REPLACED`, `ENROLMENT_REQUEST_REFUSED`; of the keys
 * `ENROLMENT_REQUESTS_WRONG`, `ENROLMENT_REQUEST_WAITING` (other keys wait under this code), `ENROLMENT_KEYS_KNOWN`, and what
 * the authority throws of a request.
 */
export async function redeemCode(parts: RedeemParts, input: RedeemInput): Promise<Redemption> {
  const again = await answerAgain(parts, input)
  if (again !== undefined) return { state: 'issued', certificates: again }
  const code = await openCode(parts, enrolmentCodeHash(input.code))
  const proven = await proveAll(code.record.codeFor, input.requests, input)
  if (code.record.approval === 'none') {
    // A first officer who could log in and sign nothing would lock the district out.
    const wanted = requestsFor(code.record.codeFor)
    if (proven.length !== wanted.length) throw wrongRequests(wanted)
    const certificates = await issueNow(parts, { code, proven, input }).catch(
      async (error: unknown) => {
        // Redeemed in the same moment: the keys are certified by now, and answered for.
        const meanwhile = await answerAgain(parts, input)
        if (meanwhile === undefined) throw error
        return meanwhile
      },
    )
    return { state: 'issued', certificates }
  }
  const request = requestId(requestedKeys(proven))
  const waiting = { state: 'waiting', request, expires: code.record.expires } as const
  if (code.record.state !== 'waiting') {
    await makeWait(parts, { code, proven, input })
  } else if (code.record.request !== request) {
    await noteContest(parts, code)
    throw new ProvisioningError('ENROLMENT_REQUEST_WAITING', 'other keys wait under this code')
  }
  return waiting
}

interface Redeeming {
  readonly code: OpenCode
  readonly proven: readonly Proven[]
  readonly input: RedeemInput
}

/** Certificates and spent code in one commit: a crash leaves both or neither. */
async function issueNow(
  parts: RedeemParts,
  { code, proven, input }: Redeeming,
): Promise<readonly IssuedCertificate[]> {
  const { hash, holder, record } = code
  const prepared = await prepareEnrolment(parts, { codeFor: record.codeFor, proven })
  const keyFile = await keepKeyFile(parts.blobs, input)
  const spent: EntryDraft = {
    type: 'enrolment.redeemed',
    actor: { holder, certificate: null },
    subject: holder,
    files: keyFile === null ? [] : [keyFile],
    data: { code: hash, holder, keyFile },
  }
  await parts.journal.commit({
    entries: [spent, ...prepared.entries],
    expect: [...code.expect, ...prepared.expect],
  })
  return prepared.issued
}

/** The request becomes durable before it is answered: a crash after the commit finds it waiting. */
async function makeWait(parts: RedeemParts, { code, proven, input }: Redeeming): Promise<void> {
  const { journal, blobs, authority } = parts
  for (const { publicKey } of proven) await authority.requireUncertifiedKey(publicKey)
  const asked = requestedKeys(proven)
  const file = writeRequestFile(asked)
  if ((await journal.views.get(keys.request(requestId(asked)))) !== undefined) {
    throw new ProvisioningError('ENROLMENT_KEYS_KNOWN', 'these keys were asked for before')
  }
  const [request, proofs, keyFile] = await Promise.all([
    blobs.put(file),
    blobs.put(proofsFile(input.requests)),
    keepKeyFile(blobs, input),
  ])
  const certificates = requestedCertificates(asked)
  const isPart = proven.length < requestsFor(code.record.codeFor).length
  const data: Requested = {
    ...{ code: code.hash, request, certificates, proofs, keyFile },
    ...(isPart && { part: true }),
  }
  const { holder } = code
  await journal.commit({
    entries: [
      {
        type: 'enrolment.requested',
        actor: { holder, certificate: null },
        subject: holder,
        files: [request, proofs, ...(keyFile === null ? [] : [keyFile])],
        data,
      },
    ],
    expect: [...code.expect, { key: keys.request(request), version: null }],
  })
}

/** That somebody else tried the code is told once a request: the officer sees it, and strangers fill nothing. */
async function noteContest({ journal }: RedeemParts, code: OpenCode): Promise<void> {
  const request = code.record.request
  const found = request && (await journal.views.get(keys.request(request)))
  if (!found || (found.value as unknown as RequestRecord).contested !== undefined) return
  const { holder } = code
  const data: Contested = { request }
  const actor = { holder: 'anonymous', certificate: null }
  await journal
    .commit({
      entries: [{ type: 'enrolment.contested', actor, subject: holder, data }],
      expect: [{ key: keys.request(request), version: found.version }],
    })
    .catch((error: unknown) => {
      // It was noted, or decided, in the same moment.
      if (!(error instanceof CaError && error.code === 'JOURNAL_CONFLICT')) throw error
    })
}

/**
 * The answer of before, for who lost it on the way or polled: the same code with proof of the very keys that it certified.
 * undefined if the code was not redeemed, or for other keys.
 */
async function answerAgain(
  { journal, authority }: RedeemParts,
  input: RedeemInput,
): Promise<IssuedCertificate[] | undefined> {
  const found = await journal.views.get(keys.code(enrolmentCodeHash(input.code)))
  const record = found?.value as unknown as CodeRecord | undefined
  if (record?.state !== 'redeemed') return undefined
  const { codeFor } = record
  return certifiedBefore(authority, codeFor, await proveAll(codeFor, input.requests, input))
}

async function keepKeyFile(blobs: Blobs, { keyFile }: RedeemInput): Promise<Sha256 | null> {
  return keyFile === undefined ? null : blobs.put(keyFile)
}

/** The requests as they came, to be proven again when an officer approves. */
function proofsFile(requests: readonly CertificateRequest[]): Uint8Array {
  return canonicalJson(requests.map((one) => ({ ...one, request: toBase64(one.request) })))
}

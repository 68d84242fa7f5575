/**
 * Redeeming a one-time code: the unit's (or administrator's) requests are issued and the code is spent, in one commit. The
 * box sees public keys and proofs of possession only; the wrapped key file, if handed over, is kept as it is.
 */
import {
  equal,
  readRequest,
  toHex,
  type Authority,
  type Blobs,
  type Clock,
  type EntryDraft,
  type Expectation,
  type Journal,
  type ProvenPublicKey,
  type Subject,
} from '../../ca/index.ts'
import { readCertificate } from '../../ca/path/index.ts'
import type { Directory } from '../../exchange/index.ts'
import { enrolmentCodeHash } from '../kit/index.ts'
import {
  holderOf,
  openCode,
  requestsFor,
  wholeHolder,
  wrongRequests,
  type Wanted,
} from './codes.ts'
import {
  keys,
  type CertificateRequest,
  type CodeFor,
  type CodeRecord,
  type IssuedCertificate,
} from './types.ts'

export interface RedeemParts {
  readonly journal: Journal
  readonly blobs: Blobs
  readonly authority: Authority
  readonly directory: Directory
  readonly clock: Clock
  readonly districtName: string
}

/**
 * Throws `ENROLMENT_CODE_UNKNOWN`, `ENROLMENT_CODE_EXPIRED`, `ENROLMENT_CODE_USED`, `ENROLMENT_REQUESTS_WRONG`, and what
 * the authority throws of a request.
 */
export async function redeemCode(
  parts: RedeemParts,
  input: RedeemInput,
): Promise<IssuedCertificate[]> {
  const again = await answerAgain(parts, input)
  if (again !== undefined) return again
  const { journal, blobs } = parts
  const hash = enrolmentCodeHash(input.code)
  const { record, version } = await openCode(parts, hash)
  const prepared = await prepareAll(parts, record.codeFor, input.requests)
  const holder = wholeHolder(record.codeFor)
  const keyFile = input.keyFile === undefined ? null : await blobs.put(input.keyFile)
  const spent: EntryDraft = {
    type: 'enrolment.redeemed',
    actor: { holder, certificate: null },
    subject: holder,
    files: keyFile === null ? [] : [keyFile],
    data: { code: hash, holder, keyFile },
  }
  await journal.commit({
    entries: [spent, ...prepared.entries],
    expect: [
      { key: keys.code(hash), version },
      { key: keys.enrolled(holder), version: null },
      ...prepared.expect,
    ],
  })
  return prepared.issued
}

interface RedeemInput {
  readonly code: string
  readonly requests: readonly CertificateRequest[]
  /** The unit's wrapped keys, opaque to the box. */
  readonly keyFile?: Uint8Array
}

/** A public key whose possession was proven, and what its certificate is to be. */
interface Proven extends Wanted {
  readonly publicKey: ProvenPublicKey
}

/** Exactly the requests that the code stands for, each key once. Throws `ENROLMENT_REQUESTS_WRONG`. */
async function proveAll(
  codeFor: CodeFor,
  requests: readonly CertificateRequest[],
): Promise<Proven[]> {
  const wanted = requestsFor(codeFor)
  if (requests.length !== wanted.length) throw wrongRequests(wanted)
  const proven: Proven[] = []
  for (const one of wanted) {
    const asked = requests.find(({ profile, seat }) => profile === one.profile && seat === one.seat)
    if (asked === undefined) throw wrongRequests(wanted)
    proven.push({ ...one, publicKey: await readRequest(asked.request) })
  }
  // One key, one purpose: the authority refuses what it knows, and these it does not know yet.
  const distinct = new Set(proven.map(({ publicKey }) => toHex(publicKey)))
  if (distinct.size !== proven.length) throw wrongRequests(wanted)
  return proven
}

async function prepareAll(
  parts: RedeemParts,
  codeFor: CodeFor,
  requests: readonly CertificateRequest[],
): Promise<{ issued: IssuedCertificate[]; entries: EntryDraft[]; expect: Expectation[] }> {
  const names = await namesFor(parts, codeFor)
  const issued: IssuedCertificate[] = []
  const entries: EntryDraft[] = []
  const expect: Expectation[] = []
  for (const { profile, seat, publicKey } of await proveAll(codeFor, requests)) {
    const holder = holderOf(codeFor, profile, seat)
    const prepared = await parts.authority.prepareIssue({
      profile,
      publicKey,
      subject: names(profile, seat),
      holder,
      actor: { holder, certificate: null },
    })
    issued.push({ profile, ...(seat !== undefined && { seat }), certificate: prepared.certificate })
    entries.push(...prepared.entries)
    expect.push(...prepared.expect)
  }
  return { issued, entries, expect }
}

/**
 * The answer of before, for who lost it on the way: the same code with proof of the very keys that it certified. undefined if
 * the code was not redeemed, or for other keys.
 */
async function answerAgain(
  { journal, authority }: RedeemParts,
  input: RedeemInput,
): Promise<IssuedCertificate[] | undefined> {
  const found = await journal.views.get(keys.code(enrolmentCodeHash(input.code)))
  const record = found?.value as unknown as CodeRecord | undefined
  if (record?.state !== 'redeemed') return undefined
  const issued: IssuedCertificate[] = []
  for (const { profile, seat, publicKey } of await proveAll(record.codeFor, input.requests)) {
    const held = await authority.certificatesOf(holderOf(record.codeFor, profile, seat))
    const certified = held.find(
      (state) =>
        state.profile === profile && equal(readCertificate(state.certificate).publicKey, publicKey),
    )
    if (certified === undefined) return undefined
    const { certificate } = certified
    issued.push({ profile, ...(seat !== undefined && { seat }), certificate })
  }
  return issued
}

/** Subjects are the box's words: the district, the organ's registered name and code, the seat. Never the request's. */
async function namesFor(
  { directory, districtName }: RedeemParts,
  codeFor: CodeFor,
): Promise<(profile: string, seat: string | undefined) => Subject> {
  if (codeFor.kind === 'person') {
    return () => ({
      organization: districtName,
      organizationalUnit: codeFor.role,
      commonName: codeFor.id,
    })
  }
  const unit = await directory.unit(codeFor.uscc)
  if (unit === undefined) throw new TypeError('a code without its unit')
  return (_profile, seat) => ({
    organization: districtName,
    organizationIdentifier: unit.uscc,
    commonName: seat === undefined ? unit.name : `${unit.shortName} ${seat}`,
  })
}

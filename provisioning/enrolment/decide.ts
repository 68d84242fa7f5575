/**
 * An officer decides a request that waits: approving issues its certificates and spends the code, refusing spends the code. Both
 * are signed statements that name the keys, so that nobody can hold them against other keys (ADR 14).
 */
import {
  fromBase64,
  sha256Hex,
  type EntryDraft,
  type Expectation,
  type Sha256,
} from '../../ca/index.ts'
import {
  bindingIn,
  statementBytes,
  statementSchemas,
  type Principal,
  type SignedStatement,
  type StatementDesk,
} from '../../exchange/index.ts'
import { ProvisioningError } from '../errors.ts'
import { requestId } from '../kit/index.ts'
import { nameOf, openCode, wholeHolder, type OpenCode } from './codes.ts'
import type { Decided } from './folds.ts'
import { prepareEnrolment } from './issue.ts'
import { proveAll, requestedKeys, type Proven } from './proven.ts'
import type { RedeemParts } from './redeem.ts'
import { keys, type CertificateRequest, type CodeRecord, type RequestRecord } from './types.ts'

export interface DecideParts extends RedeemParts {
  readonly desk: StatementDesk
}

export interface DecideInput {
  readonly actor: Principal
  /** The name of the request. */
  readonly request: Sha256
  readonly signed: SignedStatement
}

/** What an officer did with a request. */
export interface DecidedRequest {
  readonly request: Sha256
  readonly state: 'approved' | 'refused'
}

/**
 * Issues what the request asks for. Throws `ENROLMENT_REQUEST_UNKNOWN`, `_DECIDED`, `_OWN`, what `openCode` throws, and what the
 * statement desk and the authority throw. The same signed approval again is answered as before and issues nothing.
 */
export async function approveRequest(
  parts: DecideParts,
  input: DecideInput,
): Promise<DecidedRequest> {
  const found = await decidable(parts, input, 'approved')
  if (found === undefined) return { request: input.request, state: 'approved' }
  const { code, record, who } = found
  const proven = await provenAgain(parts, input.request, found)
  const accepted = await parts.desk.accept('sealbox.enrolment-approval', input.signed, {
    signer: input.actor.holder,
    request: input.request,
    who,
    certificates: [...record.certificates],
  })
  const actor = actorOf(input)
  const { codeFor } = code.record
  const prepared = await prepareEnrolment(parts, { codeFor, proven, actor }).catch(
    async (error: unknown) => {
      // Decided in the same moment, the keys are certified by now: then that is what there is to say.
      if ((await decidable(parts, input, 'approved')) !== undefined) throw error
      return undefined
    },
  )
  if (prepared === undefined) return { request: input.request, state: 'approved' }
  const entry = decidedEntry('enrolment.approved', { input, found, accepted })
  // Certificates and spent code stand together or not at all; the unit asks again and is answered from what stands.
  await parts.journal.commit({
    entries: [entry, ...prepared.entries],
    expect: [...found.expect, ...prepared.expect],
  })
  return { request: input.request, state: 'approved' }
}

/** Spends the code without issuing anything; the reason stands in the statement. Throws as `approveRequest`. */
export async function refuseRequest(
  parts: Pick<DecideParts, 'journal' | 'clock' | 'desk' | 'directory'>,
  input: DecideInput,
): Promise<DecidedRequest> {
  const found = await decidable(parts, input, 'refused')
  if (found === undefined) return { request: input.request, state: 'refused' }
  const accepted = await parts.desk.accept('sealbox.enrolment-refusal', input.signed, {
    signer: input.actor.holder,
    request: input.request,
    who: found.who,
  })
  const entry = decidedEntry('enrolment.refused', { input, found, accepted })
  await parts.journal.commit({ entries: [entry], expect: found.expect })
  return { request: input.request, state: 'refused' }
}

interface Decidable {
  readonly record: RequestRecord
  readonly code: OpenCode
  readonly who: string
  readonly expect: readonly Expectation[]
}

/** The request as it waits; undefined if this officer decided it by this very statement before. */
async function decidable(
  parts: Pick<DecideParts, 'journal' | 'clock' | 'directory'>,
  input: DecideInput,
  state: DecidedRequest['state'],
): Promise<Decidable | undefined> {
  const { journal, directory } = parts
  const found = await journal.views.get(keys.request(input.request))
  if (found === undefined) {
    throw new ProvisioningError('ENROLMENT_REQUEST_UNKNOWN', 'there is no such request')
  }
  const record = found.value as unknown as RequestRecord
  if (record.state !== 'waiting') {
    if (record.state === state && isSameDecision(record, input)) return undefined
    throw new ProvisioningError('ENROLMENT_REQUEST_DECIDED', 'this request was decided before', {
      details: { state: record.state, by: record.decision?.by ?? null },
    })
  }
  await refuseOwn(parts, record, input.actor)
  const code = await openCode(parts, record.code)
  const { who } = await nameOf(directory, code.record.codeFor)
  const expect = [...code.expect, { key: keys.request(input.request), version: found.version }]
  return { record, code, who, expect }
}

/** Whoever asked, the officer behind it is another (design 8). */
async function refuseOwn(
  { journal }: Pick<DecideParts, 'journal'>,
  record: RequestRecord,
  actor: Principal,
): Promise<void> {
  const found = await journal.views.get(keys.code(record.code))
  const code = found?.value as unknown as CodeRecord | undefined
  if (code === undefined || wholeHolder(code.codeFor) === actor.holder) {
    throw new ProvisioningError('ENROLMENT_REQUEST_OWN', 'nobody decides their own request')
  }
}

function isSameDecision({ decision }: RequestRecord, { actor, signed }: DecideInput): boolean {
  if (decision?.by !== actor.holder) return false
  const type = (signed.statement as { type?: unknown } | null)?.type
  const parsed =
    type === 'sealbox.enrolment-approval' || type === 'sealbox.enrolment-refusal'
      ? statementSchemas[type].safeParse(signed.statement)
      : undefined
  return parsed?.success === true && sha256Hex(statementBytes(parsed.data)) === decision.statement
}

/** The requests are proven once more from what was kept, and are those that the name stands for. */
async function provenAgain(
  { blobs }: DecideParts,
  request: Sha256,
  { record, code }: Decidable,
): Promise<Proven[]> {
  const kept = JSON.parse(new TextDecoder().decode(await blobs.get(record.proofs))) as {
    readonly profile: string
    readonly seat?: string
    readonly request: string
  }[]
  const requests = kept.map((one): CertificateRequest => ({
    ...one,
    request: fromBase64(one.request),
  }))
  const proven = await proveAll(code.record.codeFor, requests)
  if (requestId(requestedKeys(proven)) === request) return proven
  throw new TypeError('the kept proofs are of other keys')
}

function decidedEntry(
  type: 'enrolment.approved' | 'enrolment.refused',
  of: {
    readonly input: DecideInput
    readonly found: Decidable
    readonly accepted: Parameters<typeof bindingIn>[0]
  },
): EntryDraft {
  const { input, found, accepted } = of
  const { holder, hash } = found.code
  const { keyFile } = found.record
  const data: Decided = {
    code: hash,
    request: input.request,
    holder,
    keyFile,
    ...bindingIn(accepted),
  }
  const files = [accepted.statementHash, accepted.signatureHash]
  return { type, actor: actorOf(input), subject: holder, files, data }
}

function actorOf({ actor }: DecideInput): EntryDraft['actor'] {
  return { holder: actor.holder, certificate: actor.certificate }
}

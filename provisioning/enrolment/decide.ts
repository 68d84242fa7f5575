/**
 * An officer decides a request that waits: approving issues its certificates and spends the code, refusing spends the code. Both
 * are signed statements that name the keys, so that nobody can hold them against other keys (ADR 14).
 */
import {
  fromBase64,
  type BoxMode,
  type CertificateState,
  type EntryDraft,
  type Expectation,
  type Sha256,
} from '../../ca/index.ts'
import {
  bindingIn,
  readOrder,
  type Principal,
  type SignedStatement,
  type StatementDesk,
} from '../../exchange/index.ts'
import { ProvisioningError } from '../errors.ts'
import { requestId } from '../kit/at_the_box.ts'
import { holderOf, nameOf, openCode, requestsFor, wholeHolder, type OpenCode } from './codes.ts'
import type { Decided } from './folds.ts'
import { liveOfCode, prepareEnding, prepareEnrolment } from './issue.ts'
import { proveAll, requestedKeys, type Proven } from './proven.ts'
import type { RedeemParts } from './redeem.ts'
import {
  keys,
  type CertificateRequest,
  type CodeFor,
  type CodeRecord,
  type RequestRecord,
} from './types.ts'

export interface DecideParts extends RedeemParts {
  readonly desk: StatementDesk
  readonly box: { readonly mode: BoxMode }
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
 * Issues what the request asks for. Throws `ENROLMENT_REQUEST_UNKNOWN`, `_DECIDED`, `_OWN`, `ENROLMENT_CODE_OWN`, what `openCode`
 * throws, and what the statement desk and the authority throw. The same signed approval again is answered as before and issues nothing.
 */
export async function approveRequest(
  parts: DecideParts,
  input: DecideInput,
): Promise<DecidedRequest> {
  const found = await decidable(parts, input, 'approved')
  if (found === undefined) return { request: input.request, state: 'approved' }
  const { record, who } = found
  const accepted = await parts.desk.accept('sealbox.enrolment-approval', input.signed, {
    signer: input.actor.holder,
    request: input.request,
    who,
    certificates: [...record.certificates],
  })
  await issueApproved(parts, { input, found, accepted })
  return { request: input.request, state: 'approved' }
}

/** What an officer's signature stands behind. */
export interface Approved {
  readonly input: DecideInput
  readonly found: Decidable
  readonly accepted: Parameters<typeof bindingIn>[0]
}

/** Issues what was approved, in one commit with the code that it spends. Throws what the authority and the journal throw. */
export async function issueApproved(parts: DecideParts, approved: Approved): Promise<void> {
  const { input, found } = approved
  const { codeFor, again } = found.code.record
  const proven = await provenAgain(parts, input.request, found)
  const actor = actorOf(input)
  const live = await liveOfCode(parts, codeFor)
  // What is not asked for anew has no successor: it stays.
  const isFollowed = ({ holder, profile }: CertificateState): boolean =>
    proven.some((one) => one.profile === profile && holderOf(codeFor, profile, one.seat) === holder)
  const ended = again === 'superseded' ? live.filter(isFollowed) : []
  const prepared = await prepareEnrolment(parts, { codeFor, proven, actor, ended }).catch(
    async (error: unknown) => {
      // Decided in the same moment, the keys are certified by now: then that is what there is to say.
      if ((await decidable(parts, input, 'approved')) !== undefined) throw error
      return undefined
    },
  )
  if (prepared === undefined) return
  const ending = await prepareEnding(parts.authority, ended, { reason: 'superseded', actor })
  const part = isWhole(codeFor, { proven, live }) ? {} : { part: true as const }
  const entry = decidedEntry('enrolment.approved', { ...approved, part })
  // Certificates and spent code stand together or not at all; the unit asks again and is answered from what stands.
  await parts.journal.commit({
    entries: [entry, ...prepared.entries, ...ending.entries],
    expect: [...found.expect, ...prepared.expect, ...ending.expect],
  })
}

/** Whether the holder then has everything that its code stands for. */
function isWhole(
  codeFor: CodeFor,
  has: { readonly proven: readonly Proven[]; readonly live: readonly CertificateState[] },
): boolean {
  return requestsFor(codeFor).every(({ profile, seat }) => {
    const holder = holderOf(codeFor, profile, seat)
    return (
      has.proven.some((one) => one.profile === profile && one.seat === seat) ||
      has.live.some((one) => one.profile === profile && one.holder === holder)
    )
  })
}

/** Spends the code without issuing anything; the reason stands in the statement. Throws as `approveRequest`. */
export async function refuseRequest(
  parts: Pick<DecideParts, 'journal' | 'clock' | 'desk' | 'directory' | 'box'>,
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

export interface Decidable {
  readonly record: RequestRecord
  readonly code: OpenCode
  readonly who: string
  readonly expect: readonly Expectation[]
}

/** The request as it waits; undefined if this officer decided it by this very statement before. */
export async function decidable(
  parts: Pick<DecideParts, 'journal' | 'clock' | 'directory' | 'box'>,
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
  if (state === 'approved') refuseOwnCode(parts.box, code.record, input.actor)
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

/**
 * On a production box an officer is let in by two others: one gives out the code, another one approves. Whoever did both would be two
 * officers, and carry out grave acts alone.
 */
function refuseOwnCode(
  { mode }: DecideParts['box'],
  { codeFor, by }: CodeRecord,
  { holder }: Principal,
): void {
  const isOfficer = codeFor.kind === 'person' && codeFor.role === 'officer'
  if (mode !== 'production' || !isOfficer || by !== holder) return
  throw new ProvisioningError('ENROLMENT_CODE_OWN', 'who gave out the code lets nobody in by it')
}

const decisions = [
  'sealbox.enrolment-approval',
  'sealbox.enrolment-approvals',
  'sealbox.enrolment-refusal',
] as const

function isSameDecision({ decision }: RequestRecord, { actor, signed }: DecideInput): boolean {
  if (decision?.by !== actor.holder) return false
  return decisions.some((type) => readOrder(type, signed.statement)?.hash === decision.statement)
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
  const proven = await proveAll(code.record.codeFor, requests, { part: record.part === true })
  if (requestId(requestedKeys(proven)) === request) return proven
  throw new TypeError('the kept proofs are of other keys')
}

function decidedEntry(
  type: 'enrolment.approved' | 'enrolment.refused',
  of: Approved & { readonly part?: Pick<Decided, 'part'> },
): EntryDraft {
  const { input, found, accepted, part } = of
  const { holder, hash } = found.code
  const { keyFile } = found.record
  const data: Decided = {
    code: hash,
    request: input.request,
    holder,
    keyFile,
    ...bindingIn(accepted),
    ...part,
  }
  const files = [accepted.statementHash, accepted.signatureHash]
  return { type, actor: actorOf(input), subject: holder, files, data }
}

function actorOf({ actor }: DecideInput): EntryDraft['actor'] {
  return { holder: actor.holder, certificate: actor.certificate }
}

/** Appointing an officer, auditor or administrator, and giving out a further code: each by an officer's signed statement. */
import type { Authority, EntryDraft, Expectation } from '../../ca/index.ts'
import {
  bindingIn,
  holders,
  readOrder,
  type Directory,
  type Principal,
  type Role,
  type SignedStatement,
} from '../../exchange/index.ts'
import { ProvisioningError } from '../errors.ts'
import { isEnrolmentCodeExpired } from '../kit/at_the_box.ts'
import { wholeHolder } from './codes.ts'
import { codeEntry, drawCode, type IssuedCode } from './given_code.ts'
import { liveOfCode, prepareEnding } from './issue.ts'
import type { RegistrationParts } from './register.ts'
import { keys, type CodeFor, type CodeRecord } from './types.ts'

/** Entries that make a person known, with the code to enrol by. Without approval for the first officer at first boot only. */
export function appointment(
  parts: Pick<RegistrationParts, 'clock' | 'random'>,
  input: {
    readonly actor: EntryDraft['actor']
    readonly id: string
    readonly role: Role
    readonly approval: CodeRecord['approval']
  },
): { readonly issued: IssuedCode; readonly entries: EntryDraft[] } {
  const { actor, id, role, approval } = input
  const issued = drawCode(parts, { kind: 'person', id, role })
  const person: EntryDraft = {
    type: 'person.registered',
    actor,
    subject: holders.person(id),
    data: { id, role, active: true },
  }
  return { issued, entries: [person, codeEntry(actor, issued, { approval })] }
}

/** Appoints a person; the code is answered once. Throws `PERSON_KNOWN`, and what the statement desk throws. */
export async function appointPerson(
  parts: RegistrationParts,
  input: {
    readonly actor: Principal
    readonly id: string
    readonly role: Role
    readonly signed: SignedStatement
  },
): Promise<IssuedCode> {
  const { id, role, signed } = input
  const person = `x/person/${id}`
  if ((await parts.journal.views.get(person)) !== undefined) {
    throw new ProvisioningError('PERSON_KNOWN', 'there is a person of this identifier')
  }
  const signer = input.actor.holder
  const accepted = await parts.desk.accept('sealbox.appointment', signed, { signer, id, role })
  const actor = actorOf(input.actor)
  const { issued, entries } = appointment(parts, { actor, id, role, approval: 'officer' })
  const order: EntryDraft = {
    type: 'person.appointed',
    actor,
    subject: holders.person(id),
    files: [accepted.statementHash, accepted.signatureHash],
    data: { id, role, ...bindingIn(accepted) },
  }
  await parts.journal.commit({
    entries: [order, ...entries],
    expect: [{ key: person, version: null }],
  })
  return issued
}

/** A unit by its credit code, or a person. */
export type Whom = { readonly uscc: string } | { readonly id: string }

interface CodeParts extends RegistrationParts {
  readonly directory: Directory
  readonly authority: Authority
}

/**
 * A new code for who has not enrolled, or, where the statement says what becomes of the old certificates, for who has and is to
 * enrol anew (ADR 25); earlier codes are void from then on. Of compromised keys the certificates are revoked in the same commit.
 * Throws `HOLDER_UNKNOWN`, `ENROLMENT_DONE`, `ENROLMENT_NOT_DONE`, `ENROLMENT_REQUEST_UNDECIDED` (a request waits),
 * `ENROLMENT_ORDER_DONE` (the very same order again, whose code was answered then), and what the statement desk throws.
 */
export async function issueFurtherCode(
  parts: CodeParts,
  input: { readonly actor: Principal; readonly whom: Whom; readonly signed: SignedStatement },
): Promise<IssuedCode> {
  const { actor, whom, signed } = input
  const codeFor = await codeForWhom(parts.directory, whom)
  const again = readOrder('sealbox.code', signed.statement)?.order.old
  const expect = await mayHaveAnother(parts, codeFor, again)
  const accepted = await parts.desk.accept('sealbox.code', signed, {
    signer: actor.holder,
    who: codeFor.kind === 'unit' ? codeFor.uscc : codeFor.id,
  })
  const once = { key: keys.order(accepted.statementHash), version: null }
  if ((await parts.journal.views.get(once.key)) !== undefined) {
    throw new ProvisioningError('ENROLMENT_ORDER_DONE', 'this order was carried out before')
  }
  const issued = drawCode(parts, codeFor)
  const order = bindingIn(accepted)
  const by = actorOf(actor)
  const ended = again === 'keyCompromise' ? await liveOfCode(parts, codeFor) : []
  const ending = await prepareEnding(parts.authority, ended, { reason: 'keyCompromise', actor: by })
  const how = { approval: 'officer', order, ...(again && { again }) } as const
  await parts.journal.commit({
    entries: [codeEntry(by, issued, how), ...ending.entries],
    expect: [...expect, once, ...ending.expect],
  })
  return issued
}

async function codeForWhom(directory: Directory, whom: Whom): Promise<CodeFor> {
  const found = 'uscc' in whom ? await directory.unit(whom.uscc) : await directory.person(whom.id)
  if (found?.active !== true) {
    throw new ProvisioningError('HOLDER_UNKNOWN', 'there is no such unit or person')
  }
  return 'uscc' in found
    ? { kind: 'unit', uscc: found.uscc }
    : { kind: 'person', id: found.id, role: found.role }
}

/** Not enrolled, or about to enrol anew, and no request of it waits: what the commit expects to be so still. */
async function mayHaveAnother(
  { journal, clock }: RegistrationParts,
  codeFor: CodeFor,
  again: CodeRecord['again'],
): Promise<Expectation[]> {
  const holder = wholeHolder(codeFor)
  const [enrolled, newest] = await journal.views.getMany([
    keys.enrolled(holder),
    keys.codeOf(holder),
  ])
  if (enrolled !== undefined && again === undefined) {
    throw new ProvisioningError('ENROLMENT_DONE', 'enrolled already')
  }
  if (enrolled === undefined && again !== undefined) {
    throw new ProvisioningError('ENROLMENT_NOT_DONE', 'not enrolled yet')
  }
  const last = newest && keys.code(newest.value as IssuedCode['hash'])
  const found = last === undefined ? undefined : await journal.views.get(last)
  const code = found?.value as unknown as CodeRecord | undefined
  if (code?.state === 'waiting' && !isEnrolmentCodeExpired(code.expires, clock.now())) {
    throw new ProvisioningError('ENROLMENT_REQUEST_UNDECIDED', 'its request waits')
  }
  return [
    { key: keys.enrolled(holder), version: enrolled?.version ?? null },
    { key: keys.codeOf(holder), version: newest?.version ?? null },
    ...(last === undefined ? [] : [{ key: last, version: found?.version ?? null }]),
  ]
}

function actorOf({ holder, certificate }: Principal): EntryDraft['actor'] {
  return { holder, certificate }
}

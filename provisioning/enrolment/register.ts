/**
 * Registration: an officer's signed list of units becomes units, their first seats and a one-time code each, in one commit;
 * and an administrator's appointment likewise. Codes are answered once and kept by hash only.
 */
import {
  sha256Hex,
  type Clock,
  type EntryDraft,
  type Journal,
  type JsonObject,
  type Random,
  type Sha256,
} from '../../ca/index.ts'
import {
  firstSeats,
  type Principal,
  type Role,
  type SignedStatement,
  type StatementDesk,
} from '../../exchange/index.ts'
import { ProvisioningError } from '../errors.ts'
import { enrolmentCodeExpiry, enrolmentCodeHash, newEnrolmentCode } from '../kit/index.ts'
import { readRoster, type RosterUnit } from '../roster/index.ts'
import type { CodeFor, CodeRecord } from './types.ts'

export interface RegistrationParts {
  readonly journal: Journal
  readonly desk: StatementDesk
  readonly clock: Clock
  readonly random: Random
}

export interface IssuedCode {
  readonly codeFor: CodeFor
  readonly code: string
  /** SHA-256 of the code: all that the box keeps of it. */
  readonly hash: Sha256
  readonly expires: string
}

/** A code may be redeemed this long: a district's units do not all come in one week. */
export const codeValidForDays = 30

/** Registers every unit of a roster file; throws `ROSTER_REFUSED` with the rows, and then changes nothing. */
export async function registerRoster(
  parts: RegistrationParts,
  input: {
    readonly actor: Principal
    readonly roster: Uint8Array
    readonly signed: SignedStatement
  },
): Promise<IssuedCode[]> {
  const { journal, desk } = parts
  const { units, refused } = readRoster(input.roster)
  if (refused.length > 0 || units.length === 0) {
    throw new ProvisioningError('ROSTER_REFUSED', 'the roster is refused', { details: { refused } })
  }
  const accepted = await desk.accept('sealbox.registration', input.signed, {
    signer: input.actor.holder,
    roster: sha256Hex(input.roster),
    units: units.map(({ uscc }) => uscc),
  })
  const codes = units.map(({ uscc }) => issueCode(parts, { kind: 'unit', uscc }))
  const actor = { holder: input.actor.holder, certificate: input.actor.certificate }
  const binding = { statement: accepted.statementHash, signature: accepted.signatureHash }
  const entries: EntryDraft[] = [
    {
      type: 'roster.registered',
      actor,
      subject: 'units',
      files: [accepted.statementHash, accepted.signatureHash],
      data: { ...binding, units: units.length },
    },
    ...units.flatMap((unit) => unitEntries(actor, unit)),
    ...codes.map((issued) => codeEntry(actor, issued)),
  ]
  const taken = units.map(({ uscc }) => ({ key: `x/unit/${uscc}`, version: null }))
  await journal.commit({ entries, expect: taken })
  return codes
}

/** Entries that make a first officer, or any administrator, known, with the code to enrol by. */
export function appointment(
  parts: Pick<RegistrationParts, 'clock' | 'random'>,
  input: { readonly actor: EntryDraft['actor']; readonly id: string; readonly role: Role },
): { readonly issued: IssuedCode; readonly entries: EntryDraft[] } {
  const { actor, id, role } = input
  const issued = issueCode(parts, { kind: 'person', id, role })
  const person: EntryDraft = {
    type: 'person.registered',
    actor,
    subject: `person:${id}`,
    data: { id, role, active: true },
  }
  return { issued, entries: [person, codeEntry(actor, issued)] }
}

function issueCode(
  { clock, random }: Pick<RegistrationParts, 'clock' | 'random'>,
  codeFor: CodeFor,
): IssuedCode {
  const code = newEnrolmentCode(random)
  const expires = enrolmentCodeExpiry(clock.now(), codeValidForDays * 24)
  return { codeFor, code, hash: enrolmentCodeHash(code), expires }
}

function codeEntry(actor: EntryDraft['actor'], issued: IssuedCode): EntryDraft {
  const { codeFor, hash, expires } = issued
  const record: CodeRecord = { codeFor, expires, state: 'open' }
  const subject = codeFor.kind === 'unit' ? `unit:${codeFor.uscc}` : `person:${codeFor.id}`
  return { type: 'enrolment.code-issued', actor, subject, data: { code: hash, record } }
}

function unitEntries(actor: EntryDraft['actor'], unit: RosterUnit): EntryDraft[] {
  const { uscc, unitCode, name, shortName, agencyCode, series } = unit
  const facts: JsonObject = { uscc, unitCode, name, shortName, agencyCode, series, active: true }
  return [
    { type: 'unit.registered', actor, subject: `unit:${uscc}`, data: facts },
    ...Object.entries(firstSeats).map(([seat, duties]) => ({
      type: 'seat.created',
      actor,
      subject: `seat:${uscc}/${seat}`,
      data: { unit: uscc, seat, duties, active: true },
    })),
  ]
}

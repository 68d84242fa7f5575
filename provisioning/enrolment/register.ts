/**
 * Registration: an officer's signed list of units becomes units, their first seats and a one-time code each, in one commit.
 */
import {
  sha256Hex,
  type Clock,
  type EntryDraft,
  type Journal,
  type JsonObject,
  type Random,
} from '../../ca/index.ts'
import {
  bindingIn,
  firstSeats,
  type Principal,
  type SignedStatement,
  type StatementDesk,
} from '../../exchange/index.ts'
import { ProvisioningError } from '../errors.ts'
import { readRoster, type RosterUnit } from '../roster/index.ts'
import { codeEntry, drawCode, type IssuedCode } from './given_code.ts'

export interface RegistrationParts {
  readonly journal: Journal
  readonly desk: StatementDesk
  readonly clock: Clock
  readonly random: Random
}

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
  const codes = units.map(({ uscc }) => drawCode(parts, { kind: 'unit', uscc }))
  const actor = { holder: input.actor.holder, certificate: input.actor.certificate }
  const binding = bindingIn(accepted)
  const entries: EntryDraft[] = [
    {
      type: 'roster.registered',
      actor,
      subject: 'units',
      files: [accepted.statementHash, accepted.signatureHash],
      data: { ...binding, units: units.length },
    },
    ...units.flatMap((unit) => unitEntries(actor, unit)),
    ...codes.map((issued) => codeEntry(actor, issued, { approval: 'officer' })),
  ]
  const taken = units.map(({ uscc }) => ({ key: `x/unit/${uscc}`, version: null }))
  await journal.commit({ entries, expect: taken })
  return codes
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

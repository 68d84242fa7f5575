/**
 * An officer at work over the API: fetches what is to be decided, checks it, signs a statement with the officer's own key, and
 * hands over the signature alone. The command line and the demo are both this.
 */
import { sha256Hex, toBase64 } from '../../ca/index.ts'
import type { Role } from '../../exchange/index.ts'
import {
  readRequestFile,
  requestedCertificates,
  type ListedRequest,
  type RosterUnit,
  type WholeRequest,
} from '../../provisioning/index.ts'
import { ApplianceError } from '../errors.ts'
import { signStatement, type SeatOptions } from './seat.ts'

/** Who an officer is at this box. */
export type OfficerOptions = Omit<SeatOptions, 'unit' | 'seal'>

/** A one-time code as the box answers it, once. */
export interface GivenCode {
  readonly codeFor: { readonly uscc?: string; readonly id?: string; readonly role?: Role }
  readonly code: string
  /** RFC 3339. */
  readonly expires: string
}

/** Registers the units of a roster file. */
export async function register(
  officer: OfficerOptions,
  roster: Uint8Array,
  units: readonly RosterUnit[],
): Promise<readonly GivenCode[]> {
  const signed = await signStatement(officer, {
    type: 'sealbox.registration',
    roster: sha256Hex(roster),
    units: units.map(({ uscc }) => uscc),
  })
  const { codes } = await officer.client.act<{ codes: readonly GivenCode[] }>(
    '/api/v1/units/acts/register',
    { ...signed, roster: toBase64(roster) },
  )
  return codes
}

/** Whom codes were given out for, and what waits. */
export async function requests({ client }: OfficerOptions): Promise<readonly ListedRequest[]> {
  const { items } = await client.get<{ items: readonly ListedRequest[] }>('/api/v1/requests')
  return items
}

/**
 * Approves a request by its name, which was compared with what the unit read out. The keys are fetched and hashed here: what is
 * signed are the keys behind that very name.
 */
export async function approveEnrolment(officer: OfficerOptions, id: string): Promise<WholeRequest> {
  const { client } = officer
  const path = `/api/v1/requests/${id}`
  const [whole, file] = await Promise.all([
    client.get<WholeRequest>(path),
    client.bytes(`${path}/file`),
  ])
  const request = sha256Hex(file)
  if (request !== id) throw otherRequest()
  const signed = await signStatement(officer, {
    type: 'sealbox.enrolment-approval',
    request,
    who: whole.who,
    certificates: requestedCertificates(readRequestFile(file)),
  })
  await client.act(`${path}/acts/approve`, signed)
  return whole
}

/** Refuses a request; its code is spent, and another one has to be given out. */
export async function refuseEnrolment(
  officer: OfficerOptions,
  id: string,
  reason: string,
): Promise<WholeRequest> {
  const { client } = officer
  const path = `/api/v1/requests/${id}`
  const whole = await client.get<WholeRequest>(path)
  if (whole.id !== id) throw otherRequest()
  const signed = await signStatement(officer, {
    type: 'sealbox.enrolment-refusal',
    request: whole.id,
    who: whole.who,
    reason,
  })
  await client.act(`${path}/acts/refuse`, signed)
  return whole
}

/** Appoints an officer, auditor or administrator. */
export async function appoint(
  officer: OfficerOptions,
  person: { readonly id: string; readonly role: Role },
): Promise<GivenCode> {
  const { id, role } = person
  const signed = await signStatement(officer, { type: 'sealbox.appointment', id, role })
  return officer.client.act('/api/v1/people/acts/appoint', { ...signed, id, role })
}

/** A further code for a unit (by its credit code) or a person; earlier ones are void from then on. */
export async function issueCode(officer: OfficerOptions, who: string): Promise<GivenCode> {
  const signed = await signStatement(officer, { type: 'sealbox.code', who })
  const list = /^[a-z]/.test(who) ? 'people' : 'units'
  return officer.client.act(`/api/v1/${list}/${encodeURIComponent(who)}/acts/issue-code`, signed)
}

function otherRequest(): ApplianceError {
  return new ApplianceError(
    'BOX_REFUSED',
    'the box gave another request than it names; nothing was signed',
  )
}

/**
 * An officer at work over the API: each act is a sign request, checked and signed here with the officer's own key. The command
 * line and the demo are both this.
 */
import { sha256Hex, toBase64, type Json } from '../../ca/index.ts'
import type { OldCertificates, Order, OrderAct, Role, WholeOrder } from '../../exchange/index.ts'
import { requestsText } from '../../exchange/unit/index.ts'
import type { ListedRequest, WholeRequest } from '../../provisioning/index.ts'
import type { SeatOptions } from './seat.ts'
import { signAct } from './signing.ts'

/** Who an officer is at this box. */
export type OfficerOptions = Omit<SeatOptions, 'unit' | 'seal'>

/** A one-time code as the box answers it, once. */
export interface GivenCode {
  readonly codeFor: { readonly uscc?: string; readonly id?: string; readonly role?: Role }
  readonly code: string
  /** RFC 3339. */
  readonly expires: string
}

/** Registers the units of a roster file: it is handed in first, then signed for by its hash. */
export async function register(
  officer: OfficerOptions,
  roster: Uint8Array,
): Promise<readonly GivenCode[]> {
  await officer.client.act('/api/v1/units/acts/check', { roster: toBase64(roster) })
  const { codes } = await signAct<{ codes: readonly GivenCode[] }>(officer, {
    act: 'register',
    roster: sha256Hex(roster),
  })
  return codes
}

/** How long an act on a certificate took to be seen, in milliseconds (`web/effects.ts`). */
export interface MeasuredEffects {
  readonly committedMs: number
  readonly crlMs: number
  readonly ocspMs: number
  readonly connectionsClosed: number
}

/** Revokes a certificate by its SHA-256; `invalidityDate` is since when its key is doubtful. */
export async function revoke(
  officer: OfficerOptions,
  certificate: string,
  { reason, invalidityDate }: { readonly reason: string; readonly invalidityDate?: Date },
): Promise<MeasuredEffects | null> {
  const date = invalidityDate && { invalidityDate: invalidityDate.toISOString() }
  const asked = { act: 'revoke', certificate, reason, ...date } as const
  return (await signAct<{ measured: MeasuredEffects | null }>(officer, asked)).measured
}

/** A certificate as the box lists it. */
export interface ListedCertificate {
  readonly sha256: string
  /** RFC 3339. */
  readonly notAfter: string
  readonly revoked?: { readonly reason: string }
}

/** All certificates that a holder was ever given. */
export async function certificatesOf(
  { client }: OfficerOptions,
  holder: string,
): Promise<readonly ListedCertificate[]> {
  const query = new URLSearchParams({ holder }).toString()
  const path = `/api/v1/certificates?${query}`
  return (await client.get<{ items: readonly ListedCertificate[] }>(path)).items
}

/** Releases a certificate on hold by its SHA-256. */
export async function release(
  officer: OfficerOptions,
  certificate: string,
): Promise<MeasuredEffects | null> {
  const asked = { act: 'release', certificate } as const
  return (await signAct<{ measured: MeasuredEffects | null }>(officer, asked)).measured
}

/** An order as the box lists it. */
export interface ListedOrder {
  readonly order: string
  readonly act: OrderAct
  readonly state: WholeOrder['state']
  readonly expires: string
  readonly proposed: { readonly holder: string; readonly at: string }
  readonly countersigned: { readonly holder: string; readonly at: string } | null
  readonly ordered: Order
  readonly reason: string
}

/** Orders of two officers, the newest first. */
export async function orders({ client }: OfficerOptions): Promise<readonly ListedOrder[]> {
  const { items } = await client.get<{ items: readonly ListedOrder[] }>('/api/v1/orders')
  return items
}

/** Proposes a grave act; what the box knows and the asker left out it adds. Gives the order's name. */
export async function proposeOrder(
  officer: OfficerOptions,
  order: { readonly act: OrderAct } & Readonly<Record<string, Json>>,
  reason: string,
): Promise<string> {
  const asking = { act: 'propose-order', order: JSON.stringify(order), reason } as const
  return (await signAct<{ order: string }>(officer, asking)).order
}

/** Signs another officer's order: with that it is carried out. */
export function countersignOrder(
  officer: OfficerOptions,
  order: string,
): Promise<Readonly<Record<string, Json>>> {
  return signAct(officer, { act: 'countersign', order })
}

/** Takes one's own order back. */
export async function withdrawOrder(officer: OfficerOptions, order: string): Promise<void> {
  await signAct(officer, { act: 'withdraw-order', order })
}

/** Whom codes were given out for, and what waits. */
export async function requests({ client }: OfficerOptions): Promise<readonly ListedRequest[]> {
  const { items } = await client.get<{ items: readonly ListedRequest[] }>('/api/v1/requests')
  return items
}

/**
 * Approves a request by its name, which was compared with what the unit read out. What is signed are the keys behind that very
 * name: the file of keys is hashed at the signing.
 */
export async function approveEnrolment(officer: OfficerOptions, id: string): Promise<WholeRequest> {
  const whole = await officer.client.get<WholeRequest>(`/api/v1/requests/${id}`)
  await signAct(officer, { act: 'approve-request', request: id })
  return whole
}

/** What became of several requests. */
export interface ManyApproved {
  readonly approved: readonly string[]
  readonly refused: readonly { readonly request: string; readonly code: string }[]
}

/** Approves several requests by one signature; each was compared like a single one. At most `maxApprovals`. */
export function approveEnrolments(
  officer: OfficerOptions,
  ids: readonly string[],
): Promise<ManyApproved> {
  return signAct(officer, { act: 'approve-requests', requests: requestsText(ids) })
}

/** Refuses a request; its code is spent, and another one has to be given out. */
export async function refuseEnrolment(
  officer: OfficerOptions,
  id: string,
  reason: string,
): Promise<WholeRequest> {
  const whole = await officer.client.get<WholeRequest>(`/api/v1/requests/${id}`)
  await signAct(officer, { act: 'refuse-request', request: id, reason })
  return whole
}

/** Appoints an officer, auditor or administrator. */
export function appoint(
  officer: OfficerOptions,
  { id, role }: { readonly id: string; readonly role: Role },
): Promise<GivenCode> {
  return signAct(officer, { act: 'appoint', id, role })
}

/**
 * A further code for a unit (by its credit code) or a person; earlier ones are void from then on. `old` says of whom enrolled before
 * what becomes of the certificates.
 */
export function issueCode(
  officer: OfficerOptions,
  who: string,
  old?: OldCertificates,
): Promise<GivenCode> {
  const whom = /^[a-z]/.test(who) ? { id: who } : { uscc: who }
  return signAct(officer, { act: 'issue-code', ...whom, ...(old && { old }) })
}

/**
 * Who is asking, and whether this row of the table lets them. Decided on each request from the bytes of the certificate on
 * the socket (design 5), never from `socket.authorized`: that stays true on resumed sessions and after expiry.
 */
import { hash } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import type { Sha256 } from '../ca/index.ts'
import { holders, type Principal } from '../exchange/index.ts'
import { WebError } from './errors.ts'
import type { Parts, Route } from './types.ts'

const loginProfiles: ReadonlySet<string> = new Set([
  'seat-client',
  'officer-client',
  'auditor-client',
  'administrator-client',
])

/** Who logged in, and until when their certificate is good. */
export interface LogIn {
  readonly actor: Principal
  readonly notAfter: Date
}

/** The seat or administrator behind the socket's certificate if it is live now, else undefined. One view read and a seat. */
export async function logInOf(parts: Parts, socket: TLSSocket): Promise<LogIn | undefined> {
  const shown = socket.getPeerX509Certificate()?.raw
  if (shown === undefined) return undefined
  const name = hash('sha256', shown) as Sha256
  const live = await parts.authority.liveCertificate(name, parts.clock.now())
  if (live === undefined || !loginProfiles.has(live.profile)) return undefined
  const actor = await parts.directory.principal(live.holder, name)
  return actor && { actor, notAfter: live.notAfter }
}

/** Throws `CERTIFICATE_REQUIRED` or `ROLE_WRONG` unless the row is for this actor. */
export function requireAccess(route: Route, actor: Principal | undefined): void {
  if (route.who === 'anyone') return
  if (actor === undefined) {
    throw new WebError('CERTIFICATE_REQUIRED', 'this needs a live certificate of this box')
  }
  if (route.who === 'certified') return
  if (route.who === 'person' && actor.kind === 'person') return
  const is = actor.kind === 'seat' ? 'seat' : actor.role
  if (is !== route.who) throw new WebError('ROLE_WRONG', `this is for ${route.who}`, { is })
}

/** Holders whose certificates are the actor's own: themselves, and for a seat its unit's seal. */
export function ownHolders(actor: Principal): string[] {
  return actor.kind === 'seat' ? [actor.holder, holders.unit(actor.unit)] : [actor.holder]
}

/** Whether the actor sees certificates of this holder: officers all, everybody else their own. */
export function seesCertificatesOf(actor: Principal, holder: string): boolean {
  return isOfficer(actor) || ownHolders(actor).includes(holder)
}

export function isOfficer(actor: Principal): boolean {
  return actor.kind === 'person' && actor.role === 'officer'
}

/**
 * What a production box does before two officers have enrolled: the one list of rows that are open then. Whatever is not in it is
 * refused, so that a new row is shut until somebody thinks of it.
 */
import type { Opening } from '../provisioning/index.ts'
import { WebError } from './errors.ts'
import type { Route } from './types.ts'

const openBefore: ReadonlySet<string> = new Set([
  // The way in, and what explains it
  'GET /',
  'GET /assets/:name',
  'GET /root.crt',
  'GET /signer.html',
  'GET /verifier.html',
  'GET /help',
  'GET /preferences',
  'POST /preferences',
  'GET /events',
  // The second officer asks
  'POST /api/v1/requests/acts/look-up',
  'POST /api/v1/requests/acts/redeem',
  // The first one compares and decides, by a signature that a head witnesses
  'GET /api/v1/me',
  'GET /api/v1/key-file',
  'GET /api/v1/journal/checkpoint',
  'GET /api/v1/journal/proof',
  'GET /api/v1/sign-request',
  'GET /people',
  'GET /api/v1/people',
  'GET /requests',
  'GET /requests/:id',
  'POST /requests/:id/refuse',
  'GET /api/v1/requests',
  'GET /api/v1/requests/:id',
  'GET /api/v1/requests/:id/file',
  'POST /api/v1/requests/:id/acts/approve',
  'POST /api/v1/requests/:id/acts/refuse',
])

/** Whether a row is open before the box is. */
export function isOpenBefore({ method, path }: Pick<Route, 'method' | 'path'>): boolean {
  return openBefore.has(`${method} ${path}`)
}

/** Throws `BOX_NEEDS_OFFICERS` unless the box is open, or the row is for enrolling its officers. */
export async function requireOpen(route: Route, opening: Opening): Promise<void> {
  if (!isOpenBefore(route)) await requireOfficers(opening)
}

/** Throws `BOX_NEEDS_OFFICERS` unless the box is open. */
export async function requireOfficers(opening: Opening): Promise<void> {
  if (await opening.isOpen()) return
  throw new WebError('BOX_NEEDS_OFFICERS', 'this box waits for its second officer')
}

/** Upgrades over the API: what runs, and bringing a bundle in pieces (ADR 37). Installing it is an order of two officers. */
import * as z from 'zod'
import { maxPieceBytes, readBody } from '../body.ts'
import { route, type Route } from '../types.ts'
import { actorOf, numberFrom } from './common.ts'

/** As large as a bundle may be, and so an offset. */
const maxOffset = 4 * 1024 ** 3

export const upgradeRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/v1/upgrade',
    who: 'person',
    summary:
      'Which version runs, which bundle lies on the box, how the last upgrade went: for those who keep the box',
    handle: async (request) => ({ json: await request.parts.upgrade.state() }),
  }),
  route({
    method: 'POST',
    path: '/api/v1/upgrade/acts/append',
    who: 'administrator',
    summary:
      'Takes the next octets of a bundle (`?offset=…`, at most 8 MiB as a raw body); offset 0 begins anew; the answer says how many are here',
    handle: async (request) => {
      const { parts, query, room, koa } = request
      const actor = actorOf(request)
      const offset = numberFrom(query, 'offset', { min: 0, max: maxOffset, or: 0 })
      const leave = room.take(actor.holder, maxPieceBytes)
      try {
        const bytes = await readBody(koa.req, maxPieceBytes)
        return { json: await parts.upgrade.append({ actor, offset, bytes }) }
      } finally {
        leave()
      }
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/upgrade/acts/read-stick',
    who: 'administrator',
    summary: 'Takes a bundle from the stick in the box',
    body: z.strictObject({ name: z.string().max(120) }),
    handle: async (request) => {
      const { parts, body } = request
      return {
        json: await parts.upgrade.fromStick({ actor: actorOf(request), name: body.name }),
      }
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/upgrade/acts/discard',
    who: 'administrator',
    summary: 'Takes the bundle away that lies on the box or was begun',
    body: z.strictObject({}),
    handle: async ({ parts }) => ({ json: await parts.upgrade.discard() }),
  }),
]

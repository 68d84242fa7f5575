/** Grave acts over the API: an officer proposes, another one countersigns, and it is done (design 5). */
import * as z from 'zod'
import { isSha256, type Sha256 } from '../../ca/index.ts'
import { ExchangeError, type WholeOrder } from '../../exchange/index.ts'
import { route, type Request, type Route } from '../types.ts'
import { actorOf, bytes, sha256, signedFields, signedStatement } from './common.ts'

/** As `signedFields` has it. */
const signature = bytes(1024)

export const orderRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/v1/orders',
    who: 'officer',
    summary:
      'Orders of two officers, the newest first: what is ordered, by whom, and how far it is',
    handle: async ({ parts }) => ({ json: { items: (await parts.orders.list()).map(shown) } }),
  }),
  route({
    method: 'GET',
    path: '/api/v1/orders/:id',
    who: 'officer',
    summary: 'An order: its statement, who signed it and when',
    handle: async (request) => ({ json: shown(await request.parts.orders.get(idOf(request))) }),
  }),
  route({
    method: 'GET',
    path: '/api/v1/orders/:id/statement',
    who: 'officer',
    summary: 'The exact bytes that both officers sign: the file whose SHA-256 is its name',
    handle: async (request) => {
      const file = await request.parts.orders.statement(idOf(request))
      return { type: 'application/json', bytes: file }
    },
  }),
  route({
    method: 'GET',
    path: '/api/v1/orders/:id/signatures/:place',
    who: 'officer',
    summary: 'Detached CMS over the statement: `1` of the proposer, `2` of the second officer',
    handle: async (request) => {
      const { parts, params } = request
      const { proposed, countersigned } = await parts.orders.get(idOf(request))
      const found = { 1: proposed, 2: countersigned }[params['place'] ?? '']
      if (!found) throw new ExchangeError('NOT_FOUND', 'there is no such signature')
      const cms = await parts.blobs.get(found.signature)
      return { type: 'application/pkcs7-signature', bytes: cms }
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/orders/acts/propose',
    who: 'officer',
    summary: 'Proposes a grave act; nothing is done until another officer has countersigned it',
    body: z.strictObject(signedFields),
    handle: async (request) => {
      const { parts, body } = request
      const signed = signedStatement(body)
      const order = await parts.orders.propose({ actor: actorOf(request), signed })
      return { status: 201, json: { order } }
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/orders/:id/acts/countersign',
    who: 'officer',
    summary: 'Signs the very bytes of an order as the second officer: with that it is carried out',
    body: z.strictObject({ signature, certificate: sha256 }),
    handle: async (request) => {
      const { parts, body } = request
      const input = { actor: actorOf(request), order: idOf(request), ...body }
      return { json: await parts.orders.countersign(input) }
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/orders/:id/acts/withdraw',
    who: 'officer',
    summary: 'Takes an order back that nobody countersigned; its proposer alone may',
    body: z.strictObject(signedFields),
    handle: async (request) => {
      const { parts, body } = request
      const order = idOf(request)
      const signed = signedStatement(body)
      await parts.orders.withdraw({ actor: actorOf(request), order, signed })
      return { json: { order, state: 'withdrawn' } }
    },
  }),
]

/** The order that the path names; one that is no SHA-256 is not there. */
function idOf({ params }: Pick<Request, 'params'>): Sha256 {
  const { id = '' } = params
  if (isSha256(id)) return id
  throw new ExchangeError('ORDER_UNKNOWN', 'there is no such order')
}

/** As it is answered: the statement as it was signed is a file of its own. */
function shown({ statement, ...record }: WholeOrder): object {
  return { ...record, ordered: statement.order, reason: statement.reason }
}

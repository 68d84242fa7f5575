/** That this box was restored from a backup, for those whose signer has seen a longer journal: the officers' statement, to be held against its name. */
import { isSha256 } from '../../ca/index.ts'
import { ExchangeError } from '../../exchange/index.ts'
import { route, type Route } from '../types.ts'

export const restoreRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/v1/restores',
    who: 'certified',
    summary: 'Orders of two officers by which this box went on from a backup, the newest first',
    handle: async ({ parts }) => {
      const all = await parts.orders.list()
      const items = all
        .filter(({ act, state }) => act === 'restore-backup' && state === 'carried-out')
        .map(({ order, countersigned }) => ({
          ...{ order, at: countersigned?.at ?? null },
          href: `/api/v1/restores/${order}`,
        }))
      return { json: { items } }
    },
  }),
  route({
    method: 'GET',
    path: '/api/v1/restores/:order',
    who: 'certified',
    summary: 'The statement of one of them: its SHA-256 is the name that officers read out',
    handle: async ({ parts, params }) => {
      const { order = '' } = params
      const found = isSha256(order) ? await parts.orders.get(order) : undefined
      if (found?.act !== 'restore-backup' || found.state !== 'carried-out') {
        throw new ExchangeError('ORDER_UNKNOWN', 'no such order')
      }
      return { type: 'application/json', bytes: await parts.orders.statement(found.order) }
    },
  }),
]

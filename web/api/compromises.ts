/** Statements of compromise over the API: whoever verifies anything of this box is to have them. */
import { ExchangeError, statedFiles } from '../../exchange/index.ts'
import { route, type Route } from '../types.ts'

export const compromiseRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/v1/compromises',
    who: 'certified',
    summary:
      'Statements of two officers that a key is compromised, as files for `verify --statements`',
    handle: async ({ parts }) => {
      const files = await statedFiles({ views: parts.journal.views, blobs: parts.blobs })
      const items = files.map(({ name, order }) => ({
        ...{ name, order },
        href: `/api/v1/compromises/${order}`,
      }))
      return { json: { items } }
    },
  }),
  route({
    method: 'GET',
    path: '/api/v1/compromises/:order',
    who: 'certified',
    summary: 'One of these files',
    handle: async ({ parts, params }) => {
      const files = await statedFiles({ views: parts.journal.views, blobs: parts.blobs })
      const found = files.find(({ order }) => order === params['order'])
      if (found === undefined) throw new ExchangeError('ORDER_UNKNOWN', 'no such statement')
      return { type: 'application/json', bytes: found.bytes, fileName: found.name }
    },
  }),
]

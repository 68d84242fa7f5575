/** Search over the API. The rights are in the query: a unit is told of nothing it may not see. */
import { parseQuery, unitOf } from '../../exchange/index.ts'
import { WebError } from '../errors.ts'
import { route, type Route } from '../types.ts'
import { actorOf, numberFrom } from './common.ts'

export const searchRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/v1/search',
    who: 'seat',
    summary: 'Finds documents by words, "phrase", number or issuer (`?q=…`)',
    handle: async (request) => {
      const actor = actorOf(request)
      const parsed = parseQuery(request.query.get('q') ?? '')
      if (!parsed.ok) {
        const { problem, at } = parsed
        throw new WebError('QUERY_MALFORMED', 'the query cannot be read', { problem, at })
      }
      const page = {
        offset: numberFrom(request.query, 'offset', { min: 0, max: 10_000, or: 0 }),
        limit: numberFrom(request.query, 'limit', { min: 1, max: 100, or: 20 }),
      }
      const unit = unitOf(actor)
      return { json: await request.parts.search.query(parsed.ast, { unit }, page) }
    },
  }),
]

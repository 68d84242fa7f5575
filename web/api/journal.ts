/** The record over the API: who I am here, entries for auditors, proofs for everyone with a certificate. */
import { toBase64, toHex, type Entry } from '../../ca/index.ts'
import { WebError } from '../errors.ts'
import { route, type Route } from '../types.ts'
import { actorOf, numberFrom } from './common.ts'

export const journalRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/v1/me',
    who: 'certified',
    summary: 'Who the certificate stands for, and which box this is',
    handle: (request) => {
      const { id, mode, districtName, zone, version } = request.parts.box
      const journalCertificate = toBase64(request.parts.box.journalCertificate)
      const box = { id, mode, districtName, zone, version, journalCertificate }
      return Promise.resolve({ json: { actor: actorOf(request), box } })
    },
  }),
  route({
    method: 'GET',
    path: '/api/v1/journal/entries',
    who: 'auditor',
    summary: 'Entries from an index on (`?from=&limit=`)',
    handle: async ({ parts, query }) => {
      const from = numberFrom(query, 'from', { min: 0, max: parts.journal.size, or: 0 })
      const limit = numberFrom(query, 'limit', { min: 1, max: 1000, or: 100 })
      const items: Entry[] = []
      for await (const entry of parts.journal.read(from, from + limit)) items.push(entry)
      return { json: { items, size: parts.journal.size } }
    },
  }),
  route({
    method: 'GET',
    path: '/api/v1/journal/proof',
    who: 'certified',
    summary: 'A consistency proof (`?first=&second=`) or an inclusion proof (`?index=&size=`)',
    handle: async ({ parts, query }) => {
      const bounds = { min: 0, max: parts.journal.size, or: parts.journal.size }
      const size = numberFrom(query, query.has('index') ? 'size' : 'second', bounds)
      const from = numberFrom(query, query.has('index') ? 'index' : 'first', bounds)
      if (from > size || (query.has('index') && from === size)) {
        throw new WebError('QUERY_MALFORMED', 'the first number is beyond the second')
      }
      const proof = query.has('index')
        ? await parts.journal.inclusionProof(from, size)
        : await parts.journal.consistencyProof(from, size)
      const { rootHash } = await parts.journal.head(size)
      return { json: { size, root: toBase64(rootHash), proof: proof.map(toHex) } }
    },
  }),
  route({
    method: 'GET',
    path: '/api/v1/journal/checkpoint',
    who: 'certified',
    summary: 'The signed checkpoint of the head now',
    handle: async ({ parts }) => ({ type: 'text/plain', bytes: await parts.box.checkpoint() }),
  }),
]

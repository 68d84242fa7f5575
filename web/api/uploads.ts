/** Uploads over the API: a raw body, inspected and scanned before it is kept; and where one stands that waits for the scanner. */
import { isSha256 } from '../../ca/index.ts'
import { ExchangeError, unitOf } from '../../exchange/index.ts'
import { bodyBytes, maxUploadBytes, readBody } from '../body.ts'
import { WebError } from '../errors.ts'
import { route, type Route } from '../types.ts'
import { actorOf } from './common.ts'

const purposes = ['document', 'attachment'] as const

export const uploadRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/api/v1/uploads/acts/upload',
    who: 'seat',
    summary: 'Takes a file of at most 100 MB in (`?purpose=document|attachment&name=…`)',
    handle: async (request) => {
      const purpose = purposes.find((known) => known === request.query.get('purpose'))
      const fileName = request.query.get('name') ?? ''
      if (purpose === undefined || !/^[^/\\\p{Cc}]{1,200}$/u.test(fileName)) {
        throw new WebError('QUERY_MALFORMED', 'purpose or name is missing')
      }
      const actor = actorOf(request)
      const unit = unitOf(actor)
      const { req } = request.koa
      const leave = request.room.take(unit, bodyBytes(req, maxUploadBytes))
      try {
        const bytes = await readBody(req, maxUploadBytes)
        const upload = await request.parts.intake.take({ unit, purpose, fileName, bytes })
        if (upload.state === 'accepted') return { status: 201, json: upload }
        // RFC 9110 15.3.3: kept, and not yet decided.
        if (upload.state === 'waiting') return { status: 202, json: upload }
        const { findings } = upload
        throw new ExchangeError('UPLOAD_REFUSED', 'the file was refused', { details: { findings } })
      } finally {
        leave()
      }
    },
  }),
  route({
    method: 'GET',
    path: '/api/v1/uploads/:sha256',
    who: 'seat',
    summary:
      'Where an upload of the own unit stands: accepted, waiting for the virus check, or refused after it',
    handle: async ({ parts, params, actor }) => {
      const name = params['sha256'] ?? ''
      const unit = unitOf(actorOf({ actor }))
      const found = isSha256(name) ? await parts.intake.look(unit, name) : undefined
      if (found === undefined) throw new ExchangeError('NOT_FOUND', 'no such upload')
      return { json: { sha256: name, ...found } }
    },
  }),
]

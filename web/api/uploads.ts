/** Uploads over the API: a raw body, inspected before it is kept. */
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
        const { findings } = upload
        throw new ExchangeError('UPLOAD_REFUSED', 'the file was refused', { details: { findings } })
      } finally {
        leave()
      }
    },
  }),
]

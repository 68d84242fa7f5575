/** Uploads over the API: a raw body, inspected before it is kept. */
import { ExchangeError } from '../../exchange/index.ts'
import { maxUploadBytes, readBody } from '../body.ts'
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
      const body = await readBody(request.koa.req, maxUploadBytes)
      const unit = actor.kind === 'seat' ? actor.unit : ''
      const upload = await request.parts.intake.take({ unit, purpose, fileName, bytes: body })
      if (upload.state === 'refused') {
        throw new ExchangeError('UPLOAD_REFUSED', 'the file was refused', {
          details: { findings: upload.findings },
        })
      }
      return { status: 201, json: upload }
    },
  }),
]

/** The stream of news for open pages, and what they say to it. */
import { TLSSocket } from 'node:tls'
import { actorOf } from '../api/common.ts'
import { WebError } from '../errors.ts'
import { route, type Route } from '../types.ts'

export const eventRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/events',
    who: 'certified',
    summary: 'Server-sent events: that there is news, and how much is to be done',
    handle: (request) => {
      const { hub, koa } = request
      const { socket } = koa.req
      if (!(socket instanceof TLSSocket))
        throw new WebError('CERTIFICATE_REQUIRED', 'no certificate')
      return Promise.resolve({ events: hub.open(socket, actorOf(request)) })
    },
  }),
  route({
    method: 'POST',
    path: '/events/pong',
    who: 'certified',
    summary:
      'An open page answers the word that its stream sent: so the box knows how long the line takes',
    form: 'fields',
    handle: (request) => {
      request.hub.pong(actorOf(request), request.form.fields.get('word') ?? '')
      return Promise.resolve({ status: 200, json: {} })
    },
  }),
]

/** The stream of news for open pages. */
import { TLSSocket } from 'node:tls'
import { actorOf } from '../api/common.ts'
import { WebError } from '../errors.ts'
import { route, type Route } from '../types.ts'

export const eventsRoute: Route = route({
  method: 'GET',
  path: '/events',
  who: 'certified',
  summary: 'Server-sent events: that there is news, and how much is to be done',
  handle: (request) => {
    const { hub, koa } = request
    const { socket } = koa.req
    if (!(socket instanceof TLSSocket)) throw new WebError('CERTIFICATE_REQUIRED', 'no certificate')
    return Promise.resolve({ events: hub.open(socket, actorOf(request)) })
  },
})

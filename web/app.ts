/**
 * The Koa application over the one table of routes: who is asking, may they, what did they send, the handler, one error
 * boundary. It listens nowhere: `appliance` gives it a server.
 */
import { TLSSocket } from 'node:tls'
import Router from '@koa/router'
import Koa, { type Context } from 'koa'
import helmet from 'koa-helmet'
import { principalOf, requireAccess } from './access.ts'
import { readJson } from './body.ts'
import { WebError } from './errors.ts'
import { createRefusals } from './refusals.ts'
import { sendProblem } from './problem.ts'
import { routes } from './routes.ts'
import type { Answer, Parts, Route } from './types.ts'

/** The application for the TLS port. */
export function createApp(parts: Parts): Koa {
  const app = new Koa()
  const router = new Router()
  const refusals = createRefusals(parts)
  for (const route of routes) {
    const register = route.method === 'GET' ? router.get.bind(router) : router.post.bind(router)
    register(route.path, (koa: Context) => serve(parts, route, koa))
  }
  app.use(async (koa, next) => {
    try {
      await next()
      if (koa.status === 404 && koa.body === undefined) {
        throw new WebError('ROUTE_UNKNOWN', 'there is nothing here')
      }
    } catch (error) {
      await refusals.note(koa, error)
      sendProblem(parts, koa, error)
    }
  })
  app.use(helmet(headers))
  app.use(router.routes())
  app.on('error', (error: Error) => {
    parts.log.error({ err: error.message }, 'request failed')
  })
  return app
}

const headers = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      styleSrc: ["'unsafe-inline'"],
      frameAncestors: ["'none'"],
    },
  },
  // The box's certificate is the district's own and may be replaced: no HSTS (design 6).
  strictTransportSecurity: false,
  referrerPolicy: { policy: 'no-referrer' as const },
}

async function serve(parts: Parts, route: Route, koa: Context): Promise<void> {
  const { socket } = koa.req
  const actor = socket instanceof TLSSocket ? await principalOf(parts, socket) : undefined
  koa.state['actor'] = actor
  requireAccess(route, actor)
  const body = route.body === undefined ? undefined : parse(route, await readJson(koa.req))
  const answer = await route.handle({
    parts,
    actor,
    params: koa['params'] as Record<string, string>,
    query: new URLSearchParams(koa.querystring),
    body,
    once: route.path.includes('/acts/') ? idempotencyKey(koa) : '',
    koa,
  })
  send(koa, answer)
}

function parse(route: Route, json: unknown): unknown {
  const parsed = route.body?.safeParse(json)
  if (parsed?.success === true) return parsed.data
  const issues = parsed?.error.issues.slice(0, 10) ?? []
  throw new WebError('BODY_MALFORMED', 'the body does not fit', {
    fields: issues.map(({ path, message }) => ({ field: path.join('.'), message })),
  })
}

function idempotencyKey(koa: Context): string {
  const key = koa.get('Idempotency-Key')
  if (!/^[\x21-\x7e]{8,64}$/.test(key)) {
    throw new WebError(
      'IDEMPOTENCY_KEY_MISSING',
      'acts need an Idempotency-Key of 8 to 64 printable characters',
    )
  }
  return key
}

function send(koa: Context, answer: Answer): void {
  koa.status = answer.status ?? 200
  koa.set('Cache-Control', 'no-store')
  if ('json' in answer) {
    koa.type = 'application/json'
    koa.body = JSON.stringify(answer.json)
  } else {
    koa.type = answer.type
    koa.body = typeof answer.bytes === 'string' ? answer.bytes : Buffer.from(answer.bytes)
  }
}

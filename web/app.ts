/**
 * The Koa application over the one table of routes: who is asking, may they, what did they send, the handler, one error
 * boundary. It listens nowhere: `appliance` gives it a server.
 */
import { TLSSocket } from 'node:tls'
import Router from '@koa/router'
import Koa, { type Context } from 'koa'
import helmet from 'koa-helmet'
import type { Principal } from '../exchange/index.ts'
import { principalOf, requireAccess } from './access.ts'
import { createAttempts, defaultRefusedPerMinute, type Attempts } from './attempts.ts'
import { maxAnonymousJsonBytes, maxJsonBytes, readJson } from './body.ts'
import { WebError } from './errors.ts'
import { messages } from './messages.ts'
import { createRefusals } from './refusals.ts'
import { codeOf, sendProblem } from './problem.ts'
import { createRoom, defaultRoomBytes, type Room } from './room.ts'
import { routes } from './routes.ts'
import { sourceOf } from './source.ts'
import type { Answer, Parts, Route } from './types.ts'

/** Paths with their query; a search field of 400 characters is 3,600 octets encoded. */
const maxUrlLength = 6000

/** The application for the TLS port. */
export function createApp(parts: Parts): Koa {
  const app = new Koa()
  const router = new Router({ sensitive: true, strict: true })
  const refusals = createRefusals(parts)
  const { refusedPerMinute = defaultRefusedPerMinute, uploadBytes = defaultRoomBytes } =
    parts.limits ?? {}
  const limits: Limited = {
    attempts: createAttempts({ clock: parts.clock, perMinute: refusedPerMinute }),
    room: createRoom(uploadBytes),
  }
  for (const route of routes) {
    const register = route.method === 'GET' ? router.get.bind(router) : router.post.bind(router)
    register(route.path, (koa: Context) => serve({ parts, limits, route, koa }))
  }
  app.use(async (koa, next) => {
    try {
      if (koa.url.length > maxUrlLength)
        throw new WebError('QUERY_MALFORMED', 'the address is too long')
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
  app.on('error', (error: NodeJS.ErrnoException) => {
    // What the other side broke off or wrote wrongly is no failure of the box.
    const theirs = /^(HPE_|ECONNRESET$|EPIPE$|ERR_STREAM_PREMATURE_CLOSE$)/.test(error.code ?? '')
    if (!theirs) parts.log.error({ err: error.message }, 'request failed')
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

/** What this process has patience and room for. */
interface Limited {
  readonly attempts: Attempts
  readonly room: Room
}

interface Served {
  readonly parts: Parts
  readonly limits: Limited
  readonly route: Route
  readonly koa: Context
}

async function serve(served: Served): Promise<void> {
  const { parts, limits, route, koa } = served
  koa.state['route'] = route
  const { socket } = koa.req
  const actor = socket instanceof TLSSocket ? await principalOf(parts, socket) : undefined
  koa.state['actor'] = actor
  requireAccess(route, actor)
  if (route.who !== 'anyone' || route.method === 'GET') {
    await handle(served, actor)
    return
  }
  const { name } = sourceOf(koa)
  limits.attempts.requireFew(name)
  try {
    await handle(served, actor)
  } catch (error) {
    if (messages[codeOf(error)].status < 500) limits.attempts.refused(name)
    throw error
  }
}

async function handle(
  { parts, limits, route, koa }: Served,
  actor: Principal | undefined,
): Promise<void> {
  const maxBytes = actor === undefined ? maxAnonymousJsonBytes : maxJsonBytes
  const body =
    route.body === undefined ? undefined : parse(route, await readJson(koa.req, maxBytes))
  const answer = await route.handle({
    parts,
    actor,
    params: koa['params'] as Record<string, string>,
    query: new URLSearchParams(koa.querystring),
    body,
    once: route.path.includes('/acts/') ? idempotencyKey(koa) : '',
    room: limits.room,
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

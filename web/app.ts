/**
 * The Koa application over the one table of routes: who is asking, may they, what did they send, the handler, one error
 * boundary. It listens nowhere: `appliance` gives it a server.
 */
import { TLSSocket } from 'node:tls'
import { gzipSync } from 'node:zlib'
import Router from '@koa/router'
import Koa, { type Context } from 'koa'
import helmet from 'koa-helmet'
import { concernedUnits, type Principal } from '../exchange/index.ts'
import { createOpening, type Opening } from '../provisioning/index.ts'
import { logInOf, requireAccess, type LogIn } from './access.ts'
import { createAttempts, defaultRefusedPerMinute, type Attempts } from './attempts.ts'
import {
  bodyBytes,
  maxAnonymousJsonBytes,
  maxJsonBytes,
  maxUploadBytes,
  parseBody,
  readJson,
} from './body.ts'
import { isOwnRequest } from './cross_site.ts'
import { WebError } from './errors.ts'
import { createEffects, type Effects } from './effects.ts'
import { createEventHub, type EventHub } from './events.ts'
import { readForm, type Form } from './form.ts'
import { createGate, drawnAtOnce, type Gate } from './gate.ts'
import type { Answered } from './health/watch.ts'
import { messages } from './messages.ts'
import { requireOpen } from './opening.ts'
import { countsFor } from './pages/counts.ts'
import { preferencesOf } from './preferences.ts'
import { createRefusals, type Refusals } from './refusals.ts'
import { codeOf, sendProblem } from './problem.ts'
import {
  createRoom,
  defaultAnswerBytes,
  defaultRoomBytes,
  shareOfReader,
  type Room,
} from './room.ts'
import { routes } from './routes.ts'
import { sourceOf } from './source.ts'
import { createStampQuota, defaultStampsPerMinute, type StampQuota } from './stamp_quota.ts'
import type { Answer, Parts, Route } from './types.ts'
import { createView, type View } from './view.ts'

/** Paths with their query; a search field of 400 characters is 3,600 octets encoded. */
const maxUrlLength = 6000

/** The application for the TLS port, and the end of what it keeps open. */
export interface WebApp {
  callback: Koa['callback']
  /** Ends the streams of news, so that the server can stop. */
  close(): void
}

export function createApp(parts: Parts): WebApp {
  const app = new Koa()
  const router = new Router({ sensitive: true, strict: true })
  const refusals = createRefusals(parts)
  const {
    stampsPerMinute = defaultStampsPerMinute,
    refusedPerMinute = defaultRefusedPerMinute,
    uploadBytes = defaultRoomBytes,
    answerBytes = defaultAnswerBytes,
  } = parts.limits ?? {}
  const limits: Limited = {
    attempts: createAttempts({ clock: parts.clock, perMinute: refusedPerMinute }),
    room: createRoom(uploadBytes),
    outgoing: createRoom(answerBytes, shareOfReader),
    drawing: createGate(drawnAtOnce),
    stampQuota: createStampQuota({ clock: parts.clock, perMinute: stampsPerMinute }),
    hub: hubFor(parts),
    opening: createOpening({ ...parts, mode: parts.box.mode }),
    effects: createEffects(),
    refusals,
  }
  for (const route of routes) {
    const register = route.method === 'GET' ? router.get.bind(router) : router.post.bind(router)
    register(route.path, (koa: Context) => serve({ parts, limits, route, koa }))
  }
  // First, so that refusals have them too.
  app.use(helmet(headers))
  app.use(async (koa, next) => {
    const began = performance.now()
    await next()
    parts.watch.answered(answeredOf(koa, performance.now() - began))
  })
  app.use(async (koa, next) => {
    try {
      if (koa.url.length > maxUrlLength)
        throw new WebError('QUERY_MALFORMED', 'the address is too long')
      if (!isOwnRequest(askingOf(koa))) throw new WebError('CROSS_SITE', 'another site asks')
      await next()
      if (koa.status === 404 && koa.body === undefined) {
        throw new WebError('ROUTE_UNKNOWN', 'there is nothing here')
      }
    } catch (error) {
      await refusals.note(koa, error)
      sendProblem(parts, koa, { error, view: viewOf(parts, koa) })
    }
  })
  app.use(router.routes())
  app.on('error', (error: NodeJS.ErrnoException) => {
    // What the other side broke off or wrote wrongly is no failure of the box.
    const theirs = /^(HPE_|ECONNRESET$|EPIPE$|ERR_STREAM_PREMATURE_CLOSE$)/.test(error.code ?? '')
    if (!theirs) parts.log.error({ err: error.message }, 'request failed')
  })
  return {
    callback: () => app.callback(),
    close: () => {
      limits.hub.close()
    },
  }
}

function hubFor(parts: Parts): EventHub {
  const { journal, log } = parts
  return createEventHub({
    journal,
    log,
    whoIs: async (socket) => (await logInOf(parts, socket))?.actor,
    concerns: async (entry) =>
      entry.type === 'enrolment.requested' || entry.type === 'enrolment.renewed'
        ? new Set(['officer'])
        : concernedUnits(journal.views, entry),
    tasksOf: async (actor) => (await countsFor(parts, actor)).tasks ?? 0,
    roundTrip: (actor, ms) => {
      parts.watch.roundTrip(actor, ms)
    },
  })
}

const headers = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      fontSrc: ["'self'"],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
    },
  },
  // The box's certificate is the district's own and may be replaced: no HSTS (design 6).
  strictTransportSecurity: false,
  // With `no-referrer` browsers send `Origin: null` with our own forms (Fetch 3.1, "append a request Origin header").
  referrerPolicy: { policy: 'same-origin' as const },
}

function answeredOf(koa: Context, ms: number): Answered {
  const route = koa.state['route'] as Route | undefined
  return {
    route: route && `${route.method} ${route.path}`,
    status: koa.status,
    ms,
    actor: koa.state['actor'] as Principal | undefined,
  }
}

/** What this process has patience and room for. */
interface Limited {
  readonly attempts: Attempts
  readonly room: Room
  /** Of answers that wait for their readers. */
  readonly outgoing: Room
  /** Pictures of pages, one after the other for all. */
  readonly drawing: Gate
  readonly stampQuota: StampQuota
  readonly hub: EventHub
  /** Whether a production box has its two officers. */
  readonly opening: Opening
  readonly effects: Effects
  readonly refusals: Refusals
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
  const logIn = socket instanceof TLSSocket ? await logInOf(parts, socket) : undefined
  const actor = logIn?.actor
  const { certificate } = actor ?? {}
  if (certificate && socket instanceof TLSSocket) limits.effects.note(socket, certificate)
  koa.state['actor'] = actor
  koa.state['logIn'] = logIn
  requireAccess(route, actor)
  await requireOpen(route, limits.opening)
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
    route.body === undefined ? undefined : parseBody(route, await readJson(koa.req, maxBytes))
  const request = {
    parts,
    actor,
    params: koa['params'] as Record<string, string>,
    query: new URLSearchParams(koa.querystring),
    body,
    view: viewOf(parts, koa),
    once: route.path.includes('/acts/') ? idempotencyKey(koa) : '',
    room: limits.room,
    drawing: limits.drawing,
    stampQuota: limits.stampQuota,
    hub: limits.hub,
    effects: limits.effects,
    noteRefusal: (error: unknown) => limits.refusals.note(koa, error),
    koa,
  }
  const answer = await withForm(route, request, (form) => route.handle({ ...request, form }))
  send(koa, answer, limits.outgoing)
}

const noForm: Form = { fields: new URLSearchParams(), files: new Map() }

/** Reads the form that the row takes; files have their room in memory until the answer is made. */
async function withForm(
  { form }: Route,
  { koa, room }: { readonly koa: Context; readonly room: Room },
  handle: (form: Form) => Promise<Answer>,
): Promise<Answer> {
  if (form === undefined) return handle(noForm)
  if (form === 'fields') return handle(await readForm(koa.req, form))
  const leave = room.take(sourceOf(koa).name, bodyBytes(koa.req, maxUploadBytes))
  try {
    return await handle(await readForm(koa.req, form))
  } finally {
    leave()
  }
}

function viewOf(parts: Parts, koa: Context): View {
  return createView({
    preferences: preferencesOf(koa.headers),
    box: parts.box,
    ...(koa.state['logIn'] as LogIn | undefined),
    path: koa.path,
    isPosted: koa.method === 'POST',
    now: parts.clock.now(),
    isTimeHeld: parts.clock.state === 'held',
  })
}

function askingOf(koa: Context): Parameters<typeof isOwnRequest>[0] {
  return {
    method: koa.method,
    site: koa.get('Sec-Fetch-Site'),
    mode: koa.get('Sec-Fetch-Mode'),
    destination: koa.get('Sec-Fetch-Dest'),
    origin: koa.get('Origin'),
    host: koa.get('Host'),
  }
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

function send(koa: Context, answer: Answer, outgoing: Room): void {
  if ('redirect' in answer) {
    koa.status = 303
    koa.set('Location', answer.redirect)
    if (answer.cookies) koa.set('Set-Cookie', [...answer.cookies])
    koa.set('Cache-Control', 'no-store')
    return
  }
  if ('events' in answer) {
    koa.status = 200
    koa.type = 'text/event-stream'
    koa.set('Cache-Control', 'no-store')
    koa.body = answer.events
    return
  }
  if ('stream' in answer) {
    koa.status = 200
    koa.type = answer.type
    koa.length = answer.length
    koa.set('Cache-Control', 'no-store')
    koa.set('Content-Disposition', attachmentNamed(answer.fileName))
    koa.body = answer.stream
    return
  }
  koa.status = answer.status ?? 200
  koa.set('Cache-Control', (koa.state['cache'] as string | undefined) ?? 'no-store')
  if ('json' in answer) {
    koa.type = 'application/json'
    koa.body = held(koa, pack(koa, JSON.stringify(answer.json)), outgoing)
    return
  }
  koa.type = answer.type
  if (answer.fileName !== undefined) {
    koa.set('Content-Disposition', attachmentNamed(answer.fileName))
  }
  koa.body = held(koa, pack(koa, answer.bytes), outgoing)
}

/** Pages and their pictures are not counted. */
const largeBytes = 1024 * 1024

/** A large answer has its room until its reader took it or went away. */
function held(koa: Context, bytes: Buffer, outgoing: Room): Buffer {
  // Faces of type are in memory once, for all.
  const isShared = String(koa.state['cache'] ?? '').startsWith('public')
  if (bytes.length < largeBytes || isShared) return bytes
  koa.res.once('close', outgoing.take(sourceOf(koa).name, bytes.length))
  return bytes
}

/** RFC 6266, with the name in UTF-8 (RFC 8187) and a plain one for old programs. */
function attachmentNamed(fileName: string): string {
  const plain = fileName.replace(/[^\x20-\x7e]|["\\%]/g, '_')
  const encoded = encodeURIComponent(fileName).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}

/** Smaller answers gain nothing. */
const worthPackingBytes = 1400
/** Packing a megabyte holds everybody else up for some 15 ms; a sign request with its files inside may have 300. */
const maxPackedBytes = 4 * 1024 * 1024

/**
 * Text is packed for slow lines. Nothing secret of ours stands beside what a stranger chose (no token, no cookie), so its length tells
 * nobody anything.
 */
function pack(koa: Context, bytes: Uint8Array | string): Buffer {
  const isText = /^(text\/|application\/json|image\/svg)/.test(koa.response.get('Content-Type'))
  // Of bytes no copy: it would be twice the memory of a large file.
  const whole =
    typeof bytes === 'string'
      ? Buffer.from(bytes)
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const isWorth = whole.length >= worthPackingBytes && whole.length <= maxPackedBytes
  if (!isText || !isWorth || !koa.acceptsEncodings('gzip')) return whole
  koa.set('Content-Encoding', 'gzip')
  koa.vary('Accept-Encoding')
  return gzipSync(whole, { level: 4 })
}

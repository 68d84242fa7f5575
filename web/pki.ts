/**
 * The plain HTTP port (design 6): only what verifies by itself. Certificates, CRLs, OCSP (RFC 6960 POST, RFC 5019 GET),
 * time-stamping (RFC 3161), the journal's checkpoint, and whether the box is well.
 */
import Router from '@koa/router'
import Koa, { type Context } from 'koa'
import { createOpening, type Opening } from '../provisioning/index.ts'
import { readBody } from './body.ts'
import { WebError } from './errors.ts'
import { requireOfficers } from './opening.ts'
import { sendProblem } from './problem.ts'
import { listRoutes } from './pki_lists.ts'
import { createOcspHttp, ocspPrefix, type OcspHttp } from './pki_ocsp.ts'
import { quickFirst, type Handler, type QuickFailures, type QuickPost } from './quick_posts.ts'
import { networkOf, sourceOf } from './source.ts'
import { createStampQuota, defaultStampsPerMinute, type StampQuota } from './stamp_quota.ts'
import { route, type Parts, type Route } from './types.ts'

/** RFC 6960 and 3161 requests are small. */
const maxRequestBytes = 16 * 1024

interface PkiOptions {
  /** Whether strangers may have time-stamps here. */
  readonly openTimeStamping: boolean
  readonly quota?: StampQuota
  /** Whether a production box has its two officers: until then nothing is stamped. */
  readonly opening: Opening
  /** What the path before this application failed with. */
  readonly failures?: QuickFailures
  readonly ocsp?: OcspHttp
}

const timeStampReply = 'application/timestamp-reply'

/** What answers on the PKI port: time-stamps and certificate status by a path of their own, all else by the application. */
export function createPkiHandler(
  parts: Parts,
  options: Pick<PkiOptions, 'openTimeStamping'>,
): Handler {
  const { clock, limits } = parts
  const perMinute = limits?.stampsPerMinute ?? defaultStampsPerMinute
  const quota = createStampQuota({ clock, perMinute })
  const failures: QuickFailures = new WeakMap()
  const ocsp = createOcspHttp(parts)
  const opening = createOpening({ ...parts, mode: parts.box.mode })
  const handle = createPkiApp(parts, { ...options, quota, opening, failures, ocsp }).callback()
  const stampQuickly: QuickPost = async (body, request) => {
    await requireOfficers(opening)
    quota.take(`anonymous:${networkOf(request.socket.remoteAddress ?? '')}`)
    const { response: bytes } = await parts.timeStamping.respond(body)
    return { headers: ['Content-Type', timeStampReply], bytes }
  }
  return quickFirst(
    {
      posts: {
        '/ocsp': (body) => ocsp.post(body),
        ...(options.openTimeStamping && { '/tsa': stampQuickly }),
      },
      get: { prefix: ocspPrefix, answer: (path, { headers }) => ocsp.get(path, headers) },
    },
    { otherwise: (request, response) => void handle(request, response), failures },
  )
}

/** The application for the PKI port; `/tsa` only where it is opened. */
export function createPkiApp(parts: Parts, options: PkiOptions): Koa {
  const app = new Koa()
  const router = new Router({ sensitive: true, strict: true })
  const { ocsp = createOcspHttp(parts) } = options
  // Of bodies that do not say how long they are; GETs never come here.
  router.post('/ocsp', async (koa: Context) => {
    const { headers, bytes } = await ocsp.post(await readBody(koa.req, maxRequestBytes))
    for (let at = 0; at < headers.length; at += 2) {
      koa.set(headers[at] ?? '', headers[at + 1] ?? '')
    }
    koa.body = Buffer.from(bytes ?? [])
  })
  if (options.openTimeStamping) {
    router.post('/tsa', async (koa: Context) => {
      await requireOfficers(options.opening)
      options.quota?.take(sourceOf(koa).name)
      koa.type = timeStampReply
      koa.body = Buffer.from(await stamp(parts, koa))
    })
  }
  router.get('/journal/checkpoint', async (koa: Context) => {
    koa.type = 'text/plain'
    koa.body = await parts.box.checkpoint()
  })
  router.get('/healthz', (koa: Context) => {
    const { size } = parts.journal
    const state = parts.blobs.state === 'stopped' ? 'stopped' : parts.journal.state
    koa.status = state === 'running' ? 200 : 503
    const isHeld = parts.clock.state === 'held'
    koa.body = { state, size, mode: parts.box.mode, ...(isHeld && { clock: 'held' }) }
  })
  app.use(async (koa, next) => {
    koa.set('X-Content-Type-Options', 'nosniff')
    try {
      if (options.failures?.has(koa.req) === true) throw options.failures.get(koa.req)
      await next()
      if (koa.status === 404) throw new WebError('ROUTE_UNKNOWN', 'there is nothing here')
    } catch (error) {
      sendProblem(parts, koa, { error })
    }
  })
  app.use(listRoutes(parts.authority).routes())
  app.use(router.routes())
  return app
}

/** `/tsa` on the TLS port, for whoever the table lets in. */
export function timeStampRoute(who: Route['who']): Route {
  return route({
    method: 'POST',
    path: '/tsa',
    who,
    summary: 'Time-stamps a hash (RFC 3161)',
    handle: async ({ parts, koa, stampQuota }) => {
      stampQuota.take(sourceOf(koa).name)
      return { type: timeStampReply, bytes: await stamp(parts, koa) }
    },
  })
}

async function stamp(parts: Parts, koa: Context): Promise<Uint8Array> {
  const { response } = await parts.timeStamping.respond(await readBody(koa.req, maxRequestBytes))
  return response
}

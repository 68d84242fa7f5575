/**
 * The plain HTTP port (design 6): only what verifies by itself. Certificates, CRLs, OCSP (RFC 6960 POST, RFC 5019 GET),
 * time-stamping (RFC 3161), the journal's checkpoint, and whether the box is well.
 */
import Router from '@koa/router'
import Koa, { type Context } from 'koa'
import { toHex, sha256, decodeOcspPath, type OcspAnswer } from '../ca/index.ts'
import { readBody } from './body.ts'
import { WebError } from './errors.ts'
import { sendProblem } from './problem.ts'
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
  /** What the path before this application failed with. */
  readonly failures?: QuickFailures
}

const timeStampReply = 'application/timestamp-reply'

/** What answers on the PKI port: time-stamps by a path of their own, all else by the application. */
export function createPkiHandler(
  parts: Parts,
  options: Pick<PkiOptions, 'openTimeStamping'>,
): Handler {
  const { clock, limits } = parts
  const perMinute = limits?.stampsPerMinute ?? defaultStampsPerMinute
  const quota = createStampQuota({ clock, perMinute })
  const failures: QuickFailures = new WeakMap()
  const handle = createPkiApp(parts, { ...options, quota, failures }).callback()
  const stampQuickly: QuickPost = {
    type: timeStampReply,
    answer: async (body, request) => {
      quota.take(`anonymous:${networkOf(request.socket.remoteAddress ?? '')}`)
      return (await parts.timeStamping.respond(body)).response
    },
  }
  return quickFirst(options.openTimeStamping ? { '/tsa': stampQuickly } : {}, {
    otherwise: (request, response) => void handle(request, response),
    failures,
  })
}

/** The application for the PKI port; `/tsa` only where it is opened. */
export function createPkiApp(parts: Parts, options: PkiOptions): Koa {
  const app = new Koa()
  const router = new Router({ sensitive: true, strict: true })
  const { authority } = parts
  for (const { key, certificate } of authority.authorities) {
    router.get(`/ca/${key}.crt`, (koa: Context) => {
      file(koa, 'application/pkix-cert', certificate)
    })
    router.get(`/ca/${key}.crl`, async (koa: Context) => {
      const { crl, thisUpdate, nextUpdate } = await authority.crl(key)
      koa.set('Last-Modified', thisUpdate.toUTCString())
      koa.set('Expires', nextUpdate.toUTCString())
      koa.set('Cache-Control', 'no-cache')
      file(koa, 'application/pkix-crl', crl)
    })
  }
  router.post('/ocsp', async (koa: Context) => {
    const request = await readBody(koa.req, maxRequestBytes)
    answerOcsp(koa, await authority.ocsp.respond(request, parts.clock.now()))
  })
  // Some clients leave the slashes of base64 as they are (RFC 6960 A.1 has them encoded).
  router.get('/ocsp/{*request}', async (koa: Context) => {
    const request = ocspRequestIn(koa.path.slice('/ocsp/'.length))
    answerOcsp(koa, await authority.ocsp.respond(request, parts.clock.now()))
  })
  if (options.openTimeStamping) {
    router.post('/tsa', async (koa: Context) => {
      options.quota?.take(sourceOf(koa).name)
      file(koa, timeStampReply, await stamp(parts, koa))
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

function file(koa: Context, type: string, bytes: Uint8Array | undefined): void {
  if (bytes === undefined) throw new WebError('ROUTE_UNKNOWN', 'there is nothing here')
  koa.type = type
  koa.set('ETag', `"${toHex(sha256(bytes))}"`)
  koa.body = Buffer.from(bytes)
}

/** What cannot be decoded is answered by the responder, `malformedRequest`, as clients of OCSP expect. */
function ocspRequestIn(path: string): Uint8Array {
  try {
    return decodeOcspPath(path)
  } catch {
    return new Uint8Array()
  }
}

/** Headers of RFC 5019 6.2; an answer to a nonce is for its asker alone. */
function answerOcsp(koa: Context, answer: OcspAnswer): void {
  file(koa, 'application/ocsp-response', answer.response)
  if (!answer.signed || answer.hasNonce) {
    koa.set('Cache-Control', 'no-store')
    return
  }
  const { thisUpdate, nextUpdate } = answer
  koa.set('Last-Modified', thisUpdate.toUTCString())
  koa.set('Expires', nextUpdate.toUTCString())
  // Caches would hide a revocation: they must ask again each time.
  koa.set('Cache-Control', 'max-age=0, public, no-transform, must-revalidate')
}

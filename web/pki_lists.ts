/** Certificates and CRLs of the authorities on the plain port: each with what lets a client keep it and ask whether it is the same. */
import Router from '@koa/router'
import type { Context } from 'koa'
import { sha256Hex, type Authority } from '../ca/index.ts'
import { hasItAlready, type Validators } from './conditional.ts'

/** `/ca/KEY.crt` and `/ca/KEY.crl` of every generation. */
export function listRoutes(authority: Pick<Authority, 'authorities' | 'crl'>): Router {
  const router = new Router({ sensitive: true, strict: true })
  for (const { key, certificate } of authority.authorities) {
    const tag = sha256Hex(certificate)
    router.get(`/ca/${key}.crt`, (koa: Context) => {
      koa.type = 'application/pkix-cert'
      sendUnlessHad(koa, certificate, { tag, lastModified: undefined })
    })
    router.get(`/ca/${key}.crl`, async (koa: Context) => {
      const { crl, thisUpdate, nextUpdate, tag: ofList, sharesSecond } = await authority.crl(key)
      koa.type = 'application/pkix-crl'
      koa.set('Last-Modified', thisUpdate.toUTCString())
      koa.set('Expires', nextUpdate.toUTCString())
      // Kept, but asked for each time: no cache hides a revocation.
      koa.set('Cache-Control', 'no-cache')
      sendUnlessHad(koa, crl, { tag: ofList, lastModified: thisUpdate, sharesSecond })
    })
  }
  return router
}

/** Bytes that stay in memory are sent as they lie there. */
function sendUnlessHad(
  koa: Context,
  bytes: Uint8Array,
  of: { readonly tag: string; readonly lastModified: Date | undefined } & Partial<
    Pick<Validators, 'sharesSecond'>
  >,
): void {
  const { tag, lastModified, sharesSecond = lastModified === undefined } = of
  koa.set('ETag', `"${tag}"`)
  const validators = { tag, lastModified: lastModified ?? new Date(0), sharesSecond }
  if (hasItAlready(koa.req.headers, validators)) koa.status = 304
  else koa.body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

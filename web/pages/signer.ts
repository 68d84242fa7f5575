/** The signer's page, served and as a download to be opened from disk, and the root certificate that enrolment compares. */
import { signer } from '../signer/page.ts'
import { route, type Answer, type Request, type Route } from '../types.ts'

export const signerRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/signer.html',
    who: 'anyone',
    summary: 'The signer; `?download` gives it as a file to be opened from disk',
    handle: signerPage,
  }),
  route({
    method: 'GET',
    path: '/root.crt',
    who: 'anyone',
    summary: 'The root certificate, DER: to be compared with the sheet and imported',
    handle: ({ parts }) => {
      const bytes = parts.authority.chain.at(-1) ?? new Uint8Array()
      const type = 'application/x-x509-ca-cert'
      return Promise.resolve({ type, bytes, fileName: 'sealbox-root.crt' })
    },
  }),
]

/** Makes the page some seconds after a start, so that the first who opens it does not wait; `ending` calls it off. */
export function warmSigner(ending: AbortSignal): void {
  signer.warm(ending)
}

/** SHA-256 of the page as this version serves it, for the minutes of a ceremony. Makes the page. */
export async function signerSha256(): Promise<string> {
  return (await signer.page()).sha256
}

async function signerPage({ koa, query }: Request): Promise<Answer> {
  const { html, sha256, csp } = await signer.page()
  const type = 'text/html; charset=utf-8'
  koa.set('Content-Security-Policy', csp)
  if (query.has('download')) return { type, bytes: html, fileName: 'signer.html' }
  // Asked for anew each time, sent anew only after an upgrade: slow lines wait once.
  koa.state['cache'] = 'no-cache'
  koa.set('ETag', `"${sha256}"`)
  const isKnown = koa.get('If-None-Match').includes(sha256)
  return isKnown ? { status: 304, type, bytes: '' } : { type, bytes: html }
}

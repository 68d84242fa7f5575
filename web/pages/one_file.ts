/** Pages of one file as answers: once an upgrade over slow lines, and as downloads to be opened from disk. */
import type { KeptPage } from '../one_file/bundle.ts'
import type { Answer, Request } from '../types.ts'

/** The page to be opened where it is; asked for anew each time, sent anew only after an upgrade. */
export async function servedPage({ koa }: Request, kept: KeptPage): Promise<Answer> {
  const { html, sha256, csp } = await kept.page()
  koa.set('Content-Security-Policy', csp)
  koa.state['cache'] = 'no-cache'
  koa.set('ETag', `"${sha256}"`)
  const isKnown = koa.get('If-None-Match').includes(sha256)
  return isKnown ? { status: 304, type, bytes: '' } : { type, bytes: html }
}

/** The same bytes as a file. */
export async function downloadedPage(kept: KeptPage, fileName: string): Promise<Answer> {
  return { type, bytes: (await kept.page()).html, fileName }
}

const type = 'text/html; charset=utf-8'

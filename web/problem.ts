/** The error boundary's answer: RFC 9457 problem documents with our code and a sentence in the reader's language. */
import { randomUUID } from 'node:crypto'
import type { Context } from 'koa'
import { CaError } from '../ca/index.ts'
import { ExchangeError } from '../exchange/index.ts'
import { ProvisioningError } from '../provisioning/index.ts'
import { WebError } from './errors.ts'
import { htmlText } from './html.ts'
import { messages, type ErrorCode } from './messages.ts'
import { errorPage } from './pages/error.ts'
import type { Parts } from './types.ts'
import type { View } from './view.ts'

/** The closed code behind whatever was thrown; `INTERNAL` for what nobody expected. */
export function codeOf(error: unknown): ErrorCode {
  const known =
    error instanceof WebError ||
    error instanceof ExchangeError ||
    error instanceof ProvisioningError ||
    error instanceof CaError
  return known ? error.code : 'INTERNAL'
}

/** Seconds, where who refused knows them. */
function retryAfter(details: unknown): number {
  const { retryAfterSeconds } = details as { retryAfterSeconds?: unknown }
  return typeof retryAfterSeconds === 'number' ? retryAfterSeconds : 60
}

/**
 * Answers with the problem, to a person as a page. What is our fault is logged under a reference that the reader is shown; what a page
 * refused, too, but as no failure.
 */
export function sendProblem(
  parts: Parts,
  koa: Context,
  of: { readonly error: unknown; readonly view?: View },
): void {
  const { error, view } = of
  const code = codeOf(error)
  const { status } = messages[code]
  const reference = randomUUID()
  const isPage =
    view !== undefined && !koa.path.startsWith('/api/') && koa.accepts('json', 'html') === 'html'
  if (status >= 500) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
    parts.log.error({ reference, code, path: koa.path, err: stack }, 'request failed')
  } else if (isPage) {
    parts.log.info({ reference, code, method: koa.method }, 'page refused')
  }
  const details = status < 500 && error instanceof Error && 'details' in error ? error.details : {}
  const language = isPage ? view.language : koa.acceptsLanguages('zh', 'en') === 'en' ? 'en' : 'zh'
  koa.status = status
  koa.set('Content-Language', language)
  koa.set('Cache-Control', 'no-store')
  // What was said of the answer that did not come about.
  for (const name of ['Content-Disposition', 'Content-Encoding', 'ETag']) koa.remove(name)
  // A body that is refused half-way must not be read to its end.
  if (!koa.req.complete) koa.set('Connection', 'close')
  if (status === 429) koa.set('Retry-After', String(retryAfter(details)))
  if (isPage) {
    koa.type = 'text/html; charset=utf-8'
    koa.body = htmlText(errorPage({ view, code, reference, details: details as object }))
    return
  }
  koa.type = 'application/problem+json'
  koa.body = JSON.stringify({
    ...(details as object),
    type: `urn:sealbox:error:${code}`,
    title: messages[code][language],
    status,
    code,
    instance: `urn:uuid:${reference}`,
  })
}

/** The error boundary's answer: RFC 9457 problem documents with our code and a sentence in the reader's language. */
import { randomUUID } from 'node:crypto'
import type { Context } from 'koa'
import { CaError } from '../ca/index.ts'
import { ExchangeError } from '../exchange/index.ts'
import { ProvisioningError } from '../provisioning/index.ts'
import { WebError } from './errors.ts'
import { messages, type ErrorCode } from './messages.ts'
import type { Parts } from './types.ts'

/** The closed code behind whatever was thrown; `INTERNAL` for what nobody expected. */
export function codeOf(error: unknown): ErrorCode {
  const known =
    error instanceof WebError ||
    error instanceof ExchangeError ||
    error instanceof ProvisioningError ||
    error instanceof CaError
  return known ? error.code : 'INTERNAL'
}

/** Answers with the problem; what is our fault is logged under a reference that the reader is shown. */
export function sendProblem(parts: Parts, koa: Context, error: unknown): void {
  const code = codeOf(error)
  const { status, zh, en } = messages[code]
  const reference = randomUUID()
  if (status >= 500) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
    parts.log.error({ reference, code, path: koa.path, err: stack }, 'request failed')
  }
  const language = koa.acceptsLanguages('zh', 'en') === 'en' ? 'en' : 'zh'
  const details = status < 500 && error instanceof Error && 'details' in error ? error.details : {}
  koa.status = status
  koa.type = 'application/problem+json'
  koa.set('Content-Language', language)
  koa.set('Cache-Control', 'no-store')
  // A body that is refused half-way must not be read to its end.
  if (!koa.req.complete) koa.set('Connection', 'close')
  if (status === 429) koa.set('Retry-After', '60')
  koa.body = JSON.stringify({
    ...(details as object),
    type: `urn:sealbox:error:${code}`,
    title: language === 'en' ? en : zh,
    status,
    code,
    instance: `urn:uuid:${reference}`,
  })
}

/** Reads request bodies within limits of size, time and shape. A body that declares too much is refused before a byte of it is read. */
import type { IncomingMessage } from 'node:http'
import { WebError } from './errors.ts'
import type { Route } from './types.ts'

/** JSON bodies: a draft of 200,000 characters, a roster, a statement with 500 recipients. */
export const maxJsonBytes = 4 * 1024 * 1024
/** Of whoever has no certificate: five requests and a wrapped key file. */
export const maxAnonymousJsonBytes = 1024 * 1024
/** Uploaded files (issue: over 100 MB is refused). */
export const maxUploadBytes = 100 * 1024 * 1024
/** A piece of an upgrade bundle: a few seconds on a slow line, and little to send again. */
export const maxPieceBytes = 8 * 1024 * 1024
/** Drafts and statements are nested five deep; deeper ones are made to exhaust a stack. */
export const maxJsonDepth = 32
/** 4 MB over 512 kbit/s take a minute. */
const soonMs = 120_000

/** How many bytes the body may turn out to have: as declared, or `maxBytes` of one that does not say. */
export function bodyBytes(message: IncomingMessage, maxBytes: number): number {
  const declared = message.headers['content-length']
  const bytes = declared === undefined ? undefined : Number(declared)
  if (bytes !== undefined && bytes > maxBytes) throw tooLarge(maxBytes)
  if (bytes !== undefined) return bytes
  return message.headers['transfer-encoding'] === undefined ? 0 : maxBytes
}

/** The whole body; `BODY_TOO_LARGE`, or `BODY_MALFORMED` where it ends early. */
export async function readBody(message: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const expected = bodyBytes(message, maxBytes)
  const chunked = message.headers['transfer-encoding'] !== undefined
  // As much as was declared, once: the pages behind it are the system's until they are written to.
  const whole = chunked ? undefined : Buffer.allocUnsafeSlow(expected)
  const parts: Buffer[] = []
  let length = 0
  try {
    for await (const part of message as AsyncIterable<Buffer>) {
      if (length + part.length > maxBytes) throw tooLarge(maxBytes)
      if (whole) part.copy(whole, length)
      else parts.push(part)
      length += part.length
    }
  } catch (error) {
    if (error instanceof WebError) throw error
    throw new WebError('BODY_MALFORMED', 'the body ended early')
  }
  return whole ?? Buffer.concat(parts, length)
}

/** Likewise, of a body that a slow line carries in two minutes: whoever takes longer holds a connection and means to. */
export async function readBodySoon(message: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const timer = setTimeout(() => message.destroy(new Error('too slow')), soonMs)
  try {
    return await readBody(message, maxBytes)
  } finally {
    clearTimeout(timer)
  }
}

/** The body as JSON that RFC 8785 can write, or `BODY_MALFORMED`. */
export async function readJson(message: IncomingMessage, maxBytes: number): Promise<unknown> {
  if (!/^application\/json\s*(;|$)/i.test(message.headers['content-type'] ?? '')) {
    throw new WebError('BODY_MALFORMED', 'the body is not declared as application/json')
  }
  return parseJson(await readBodySoon(message, maxBytes))
}

/** A body by the schema of its row; `BODY_MALFORMED` with the first fields that do not fit. */
export function parseBody(route: Pick<Route, 'body'>, json: unknown): unknown {
  const parsed = route.body?.safeParse(json)
  if (parsed?.success === true) return parsed.data
  const issues = parsed?.error.issues.slice(0, 10) ?? []
  throw new WebError('BODY_MALFORMED', 'the body does not fit', {
    fields: issues.map(({ path, message }) => ({ field: path.join('.'), message })),
  })
}

/** JSON in UTF-8 of a shape that RFC 8785 can write, or `BODY_MALFORMED`. */
export function parseJson(bytes: Uint8Array): unknown {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new WebError('BODY_MALFORMED', 'the body is not JSON in UTF-8')
  }
  if (!isPlain(value)) throw new WebError('BODY_MALFORMED', 'the body is JSON of a forbidden shape')
  return value
}

/** Not nested too deeply, no number beyond a double, no half of a surrogate pair, no key that means something to JavaScript. */
function isPlain(whole: unknown): boolean {
  const waiting: { readonly value: unknown; readonly depth: number }[] = [
    { value: whole, depth: 0 },
  ]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, depth } = next
    if (typeof value === 'number' && !Number.isFinite(value)) return false
    if (typeof value === 'string' && !value.isWellFormed()) return false
    if (typeof value !== 'object' || value === null) continue
    if (depth === maxJsonDepth) return false
    for (const [key, inner] of Object.entries(value)) {
      if (key === '__proto__' || !key.isWellFormed()) return false
      waiting.push({ value: inner, depth: depth + 1 })
    }
  }
  return true
}

function tooLarge(maxBytes: number): WebError {
  return new WebError('BODY_TOO_LARGE', 'the body is too large', { maxBytes })
}

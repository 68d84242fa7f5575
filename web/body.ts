/** Reads request bodies within limits. A body that declares too much is refused before a byte of it is read. */
import type { IncomingMessage } from 'node:http'
import { WebError } from './errors.ts'

/** JSON bodies: a draft of 200,000 characters, a roster, a statement with 500 recipients. */
export const maxJsonBytes = 4 * 1024 * 1024
/** Uploaded files (issue: over 100 MB is refused). */
export const maxUploadBytes = 100 * 1024 * 1024

/** The whole body, or `BODY_TOO_LARGE`. */
export async function readBody(message: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const declared = Number(message.headers['content-length'] ?? 0)
  if (declared > maxBytes) throw tooLarge(maxBytes)
  const parts: Buffer[] = []
  let length = 0
  for await (const part of message as AsyncIterable<Buffer>) {
    length += part.length
    if (length > maxBytes) throw tooLarge(maxBytes)
    parts.push(part)
  }
  return Buffer.concat(parts, length)
}

/** The body as JSON, or `BODY_MALFORMED`. */
export async function readJson(message: IncomingMessage): Promise<unknown> {
  const bytes = await readBody(message, maxJsonBytes)
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown
  } catch {
    throw new WebError('BODY_MALFORMED', 'the body is not JSON in UTF-8')
  }
}

function tooLarge(maxBytes: number): WebError {
  return new WebError('BODY_TOO_LARGE', 'the body is too large', { maxBytes })
}

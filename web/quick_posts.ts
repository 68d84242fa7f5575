/**
 * Small POSTs that machines send by the thousand (time-stamps): answered before Koa and its router, whose work would be more than
 * that of the answer. Whatever is not plain sailing is left to Koa, which knows how to say what is wrong.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'

/** Requests of RFC 3161 and 6960 are small; what declares more is for Koa to refuse. */
const maxQuickBytes = 16 * 1024

/** Answers a whole body; what it throws becomes a problem document. */
export interface QuickPost {
  readonly type: string
  readonly answer: (body: Uint8Array, request: IncomingMessage) => Promise<Uint8Array>
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** What an answer by the quick path failed with, for Koa to say; the body is read by then. */
export type QuickFailures = WeakMap<IncomingMessage, unknown>

/** Puts the quick rows, by path, before a handler. */
export function quickFirst(
  rows: Readonly<Record<string, QuickPost>>,
  { otherwise, failures }: { readonly otherwise: Handler; readonly failures: QuickFailures },
): Handler {
  return (request, response) => {
    const row = request.method === 'POST' ? rows[request.url ?? ''] : undefined
    const length = Number(request.headers['content-length'])
    if (row === undefined || !(length > 0 && length <= maxQuickBytes)) {
      otherwise(request, response)
      return
    }
    const fail = (error: unknown): void => {
      failures.set(request, error)
      otherwise(request, response)
    }
    readDeclared(request, length, (body) => {
      row.answer(body, request).then((bytes) => {
        response.writeHead(200, [
          ...['Content-Type', row.type],
          ...['Content-Length', String(bytes.length)],
          ...['X-Content-Type-Options', 'nosniff'],
        ])
        response.end(bytes)
      }, fail)
    })
  }
}

/** The body, of as many bytes as were declared; of one that ends early nothing comes. */
function readDeclared(
  request: IncomingMessage,
  length: number,
  then: (body: Uint8Array) => void,
): void {
  const chunks: Buffer[] = []
  let had = 0
  request.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    had += chunk.length
  })
  request.on('end', () => {
    const [only] = chunks
    if (had === length && only) then(chunks.length === 1 ? only : Buffer.concat(chunks, length))
  })
}

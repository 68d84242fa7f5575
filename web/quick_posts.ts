/**
 * Small requests that machines send by the thousand (time-stamps, certificate status): answered before Koa and its router, whose work would
 * be more than that of the answer. Whatever is not plain sailing is left to Koa, which knows how to say what is wrong.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'

/** Requests of RFC 3161 and 6960 are small; what declares more is for Koa to refuse. */
const maxQuickBytes = 16 * 1024

export interface QuickAnswer {
  readonly status?: 200 | 304
  /** Names and values in turn. */
  readonly headers: readonly string[]
  readonly bytes: Uint8Array | undefined
}

/** Answers a whole body; what it throws becomes a problem document. */
export type QuickPost = (body: Uint8Array, request: IncomingMessage) => Promise<QuickAnswer>

/** Likewise a GET of any path below `prefix`. */
export interface QuickGet {
  readonly prefix: string
  readonly answer: (path: string, request: IncomingMessage) => Promise<QuickAnswer>
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** What an answer by the quick path failed with, for Koa to say; the body is read by then. */
export type QuickFailures = WeakMap<IncomingMessage, unknown>

/** Puts the quick rows, POSTs by path, before a handler. */
export function quickFirst(
  { posts, get }: { readonly posts: Readonly<Record<string, QuickPost>>; readonly get?: QuickGet },
  { otherwise, failures }: { readonly otherwise: Handler; readonly failures: QuickFailures },
): Handler {
  return (request, response) => {
    const { method, url = '' } = request
    if (method === 'GET' && get && url.startsWith(get.prefix)) {
      get.answer(url, request).then(
        (answer) => {
          send(response, answer)
        },
        (error: unknown) => {
          failures.set(request, error)
          otherwise(request, response)
        },
      )
      return
    }
    const row = method === 'POST' ? posts[url] : undefined
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
      row(body, request).then((answer) => {
        send(response, answer)
      }, fail)
    })
  }
}

function send(response: ServerResponse, { status = 200, headers, bytes }: QuickAnswer): void {
  const length = bytes ? ['Content-Length', String(bytes.length)] : []
  response.writeHead(status, [...headers, ...length, 'X-Content-Type-Options', 'nosniff'])
  response.end(bytes)
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

/**
 * OCSP over HTTP (RFC 6960 A.1, RFC 5019 4 and 5): POST, and GET with the request in the path. Answered before Koa and its router, whose work
 * would be more than handing out an answer that is kept.
 *
 * Caching: Last-Modified, Expires, ETag as RFC 5019 6.2 has them. Its max-age must end before nextUpdate; here it is 0 with must-revalidate:
 * caches may keep an answer, and ask each time whether it still holds, which costs a 304. So nothing between us and a client hides a
 * revocation for even a second.
 */
import type { IncomingHttpHeaders } from 'node:http'
import { decodeOcspPath, type OcspAnswer } from '../ca/index.ts'
import { hasItAlready } from './conditional.ts'
import type { QuickAnswer } from './quick_posts.ts'
import type { Parts } from './types.ts'

const type = ['Content-Type', 'application/ocsp-response']
const uncached = [...type, 'Cache-Control', 'no-store']

/** Where a GET has its request. */
export const ocspPrefix = '/ocsp/'

type OcspParts = Pick<Parts, 'authority' | 'clock' | 'log'>

export interface OcspHttp {
  /** The answer to the DER of a POST. */
  post(request: Uint8Array): Promise<QuickAnswer>
  /** The answer to a GET whose path is `/ocsp/` and base64, percent-encoded or not. */
  get(path: string, headers: IncomingHttpHeaders): Promise<QuickAnswer>
}

export function createOcspHttp(parts: OcspParts): OcspHttp {
  // Kept with the answer itself: they are the same for all who ask.
  const known = new WeakMap<OcspAnswer, readonly string[]>()
  const headersOf = (answer: OcspAnswer): readonly string[] => {
    if (!answer.signed || answer.hasNonce) return uncached
    const headers = known.get(answer) ?? cachingHeaders(answer)
    known.set(answer, headers)
    return headers
  }
  return {
    async post(request) {
      const answer = await respond(parts, request)
      return { headers: headersOf(answer), bytes: answer.response }
    },
    async get(path, asked) {
      const answer = await respond(parts, requestIn(path.slice(ocspPrefix.length)))
      const headers = headersOf(answer)
      if (answer.signed && !answer.hasNonce) {
        const { tag, thisUpdate: lastModified, sharesSecond } = answer
        if (hasItAlready(asked, { tag, lastModified, sharesSecond })) {
          return { status: 304, headers, bytes: undefined }
        }
      }
      return { headers, bytes: answer.response }
    },
  }
}

async function respond(parts: OcspParts, request: Uint8Array): Promise<OcspAnswer> {
  const answer = await parts.authority.ocsp.respond(request, parts.clock.now())
  if (!answer.signed && answer.cause !== undefined) {
    parts.log.error({ err: answer.cause }, 'an OCSP request could not be answered')
  }
  return answer
}

function cachingHeaders(answer: Extract<OcspAnswer, { signed: true }>): readonly string[] {
  return [
    ...type,
    ...['Last-Modified', answer.thisUpdate.toUTCString()],
    ...['Expires', answer.nextUpdate.toUTCString()],
    ...['ETag', `"${answer.tag}"`],
    ...['Cache-Control', 'max-age=0, public, no-transform, must-revalidate'],
  ]
}

/** What cannot be decoded is answered by the responder, `malformedRequest`, as clients of OCSP expect. */
function requestIn(path: string): Uint8Array {
  try {
    return decodeOcspPath(path)
  } catch {
    return new Uint8Array()
  }
}

/** Conditional requests (RFC 9110 13) of what this port publishes: whether the client has these very bytes already. Pure. */
import type { IncomingHttpHeaders } from 'node:http'

/** What names the bytes to be sent. */
export interface Validators {
  /** Opaque tag, without quotes. */
  readonly tag: string
  readonly lastModified: Date
  /** Other bytes were sent with the same second: then only the tag tells them apart. */
  readonly sharesSecond: boolean
}

/** Whether a GET is answered 304. If-None-Match decides where there is one (RFC 9110 13.2.2). */
export function hasItAlready(headers: IncomingHttpHeaders, is: Validators): boolean {
  const tags = headers['if-none-match']
  if (tags !== undefined) {
    return tags.split(',').some((tag) => isTag(tag.trim(), is.tag))
  }
  const since = Date.parse(headers['if-modified-since'] ?? '')
  if (Number.isNaN(since) || is.sharesSecond) return false
  return Math.floor(is.lastModified.getTime() / 1000) * 1000 <= since
}

/** By weak comparison (RFC 9110 8.8.3.2). */
function isTag(given: string, tag: string): boolean {
  return given === '*' || given.replace(/^W\//, '') === `"${tag}"`
}

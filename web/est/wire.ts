/**
 * EST on the wire (RFC 7030 4, RFC 8951 3): bodies and answers are base64 whatever the headers say; credentials are HTTP Basic. Pure but
 * for reading the body.
 */
import type { Context } from 'koa'
import { fromBase64, maxRequestBytes, toBase64 } from '../../ca/index.ts'
import { readBodySoon } from '../body.ts'
import { WebError } from '../errors.ts'
import type { Answer } from '../types.ts'

/** A request in base64, with line breaks. */
const maxBodyBytes = Math.ceil((maxRequestBytes * 4) / 3) + 1024

/** The certification request (DER) of a body; throws `BODY_MALFORMED`, `BODY_TOO_LARGE`. */
export async function readPkcs10(koa: Context): Promise<Uint8Array> {
  // RFC 7030 4.2.1; parameters and Content-Transfer-Encoding say nothing (RFC 8951 3.1).
  if (!/^application\/pkcs10\s*(;|$)/i.test(koa.get('Content-Type'))) {
    throw new WebError('BODY_MALFORMED', 'the body is not declared as application/pkcs10')
  }
  const body = await readBodySoon(koa.req, maxBodyBytes)
  const text = body.toString('latin1').replace(/[\s]+/g, '')
  if (text === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.length % 4 !== 0) {
    throw new WebError('BODY_MALFORMED', 'the body is no base64 of a certification request')
  }
  return fromBase64(text)
}

/** An answer in base64 (RFC 4648 4), of a type with its parameters. In one line: there are clients that stumble over line breaks. */
export function base64Answer(koa: Context, type: string, bytes: Uint8Array): Answer {
  koa.set('Content-Transfer-Encoding', 'base64')
  return { type, bytes: toBase64(bytes) }
}

/** A code, and for which certificate: HTTP Basic (RFC 7617) with the code as the password. */
export interface Credentials {
  readonly user: string
  readonly code: string
}

/** Longer credentials are none of ours. */
const maxCredentials = 300

/** What `Authorization` says; undefined where it is absent or no Basic. */
export function readCredentials(header: string): Credentials | undefined {
  const encoded = /^basic +([A-Za-z0-9+/=]+)$/i.exec(header.trim())?.[1]
  if (encoded === undefined || encoded.length > maxCredentials) return undefined
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon === -1 ? undefined : { user: text.slice(0, colon), code: text.slice(colon + 1) }
}

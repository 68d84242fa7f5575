/** Shapes that several acts share, parsed at the edge. */
import * as z from 'zod'
import { fromBase64, isSha256, type Sha256 } from '../../ca/index.ts'
import type { Principal, SignedStatement } from '../../exchange/index.ts'
import type { IssuedCode } from '../../provisioning/index.ts'
import { WebError } from '../errors.ts'

/** SHA-256 as 64 lower-case hexadecimal digits. */
export const sha256 = z.string().refine(isSha256, { error: 'is no SHA-256' })
/** Bytes in base64, at most `maxBytes` decoded. */
export const bytes = (maxBytes: number): z.ZodType<Uint8Array> =>
  z
    .base64()
    .max(Math.ceil((maxBytes * 4) / 3) + 4)
    .transform((text) => fromBase64(text))

/** A signature of any suite fits; RSA-4096 has 512 bytes. */
const signature = bytes(1024)

/** What a binding act carries beside what it is about. */
export const signedFields = {
  statement: z.record(z.string(), z.unknown()),
  signature,
  certificate: sha256,
}

export function signedStatement(body: {
  readonly statement: unknown
  readonly signature: Uint8Array
  readonly certificate: Sha256
}): SignedStatement {
  const { statement, signature: made, certificate } = body
  return { statement, signature: made, certificate }
}

/** The actor of a row that needs one. */
export function actorOf(request: { readonly actor: Principal | undefined }): Principal {
  if (request.actor === undefined) throw new WebError('CERTIFICATE_REQUIRED', 'no certificate')
  return request.actor
}

/** A one-time code as it is answered, once. */
export function givenCode({ codeFor, code, expires }: IssuedCode): object {
  return { codeFor, code, expires }
}

/** A whole number from the query, within bounds, or the default. */
export function numberFrom(
  query: URLSearchParams,
  name: string,
  bounds: { readonly min: number; readonly max: number; readonly or: number },
): number {
  const text = query.get(name)
  if (text === null) return bounds.or
  const value = Number(text)
  if (!/^\d{1,15}$/.test(text) || value < bounds.min || value > bounds.max) {
    throw new WebError('QUERY_MALFORMED', `${name} is out of bounds`, { name, ...bounds })
  }
  return value
}

/** RFC 8785 canonical JSON: one encoding of a value, so that its hash and signature mean something. Pure. */
import canonicalize from 'canonicalize'
import { utf8 } from './bytes.ts'

/** UTF-8 bytes of the canonical encoding; throws a `TypeError` on what is no JSON. */
export function canonicalJson(value: unknown): Uint8Array {
  return utf8(canonicalText(value))
}

/** The canonical encoding as a string, to be put into a larger one; throws as above. */
export function canonicalText(value: unknown): string {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('not a JSON value')
  return text
}

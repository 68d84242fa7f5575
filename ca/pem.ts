/** PEM, the textual form of DER (RFC 7468). Pure, for server and browser alike. Whether the bytes inside are DER is for who reads them. */
import { fromBase64, toBase64 } from './bytes.ts'

/** One block in 64-column lines, ending with a newline; the label is for example `CERTIFICATE`. */
export function toPem(label: string, der: Uint8Array): string {
  const lines = toBase64(der).match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}

/** The bytes of every block with this label, in order, whatever text stands between; throws a `DOMException` on wrong base64. */
export function fromPem(label: string, text: string): Uint8Array[] {
  const block = new RegExp(
    `-----BEGIN ${label}-----([A-Za-z0-9+/=\\s]+)-----END ${label}-----`,
    'g',
  )
  return [...text.matchAll(block)].map(([, body = '']) => fromBase64(body.replace(/\s/g, '')))
}

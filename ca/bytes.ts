/**
 * Bytes: joining, comparing, hexadecimal, base64, SHA-256. Pure, for server and browser alike.
 * The only file that imports @noble/hashes; on the server's hot paths `node:crypto` hashes instead.
 */
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js'

const encoder = new TextEncoder()

/** SHA-256 of some bytes, 64 lower-case hexadecimal digits: the name of a file, a leaf, a certificate. */
export type Sha256 = string & { readonly brand: 'Sha256' }

/** Joins byte strings. */
export const concat = concatBytes
/** Lower-case hexadecimal. */
export const toHex = bytesToHex
/** Reads hexadecimal of either case; throws on anything else. */
export const fromHex = hexToBytes
/** UTF-8 bytes of a string. */
export const utf8 = (text: string): Uint8Array<ArrayBuffer> => encoder.encode(text)

/** SHA-256, 32 bytes. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return nobleSha256(bytes)
}

/** SHA-256 as the name of a file, leaf or certificate. */
export function sha256Hex(bytes: Uint8Array): Sha256 {
  return bytesToHex(nobleSha256(bytes)) as Sha256
}

/** Whether `text` is a SHA-256 name. */
export function isSha256(text: string): text is Sha256 {
  return /^[0-9a-f]{64}$/.test(text)
}

/** Compares two public byte strings; not for secrets. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a === b) return true
  if (a.length !== b.length) return false
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false
  return true
}

/** Base64 (RFC 4648 4), padded. */
export function toBase64(bytes: Uint8Array): string {
  let binary = ''
  for (let at = 0; at < bytes.length; at += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  }
  return btoa(binary)
}

/** Reads base64; throws a `DOMException` on anything else. */
export function fromBase64(text: string): Uint8Array {
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at)
  return bytes
}

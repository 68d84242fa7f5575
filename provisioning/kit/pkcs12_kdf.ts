/**
 * The key derivation of PKCS#12 files' MAC (RFC 7292 appendix B.2), with SHA-256: older than PBKDF2 and unlike it, but the
 * one that every program expects there. Pure. Only the MAC key is derived; encryption uses PBKDF2.
 */
import { concat, sha256 } from '../../ca/path/index.ts'

/** Block and output of SHA-256 in bytes: `v` and `u` of the appendix. */
const blockBytes = 64
/** The identifier byte of MAC keys (B.3). */
const macKeyId = 3

/** The MAC key, 32 bytes: just one output of SHA-256, so that B.2's steps 6B and 6C are never needed. */
export function pkcs12MacKey(options: {
  passphrase: string
  salt: Uint8Array
  iterations: number
}): Uint8Array<ArrayBuffer> {
  const { passphrase, salt, iterations } = options
  const diversifier = new Uint8Array(blockBytes).fill(macKeyId)
  let key = sha256(concat(diversifier, fillBlocks(salt), fillBlocks(bmp(passphrase))))
  for (let round = 1; round < iterations; round++) key = sha256(key)
  return new Uint8Array(key)
}

/** The passphrase in UTF-16, high byte first, with two zero bytes after it (B.1). */
function bmp(passphrase: string): Uint8Array {
  const bytes = new Uint8Array(2 * passphrase.length + 2)
  const view = new DataView(bytes.buffer)
  for (let at = 0; at < passphrase.length; at++) view.setUint16(2 * at, passphrase.charCodeAt(at))
  return bytes
}

/** Repeats bytes up to whole blocks (steps 2 and 3). */
function fillBlocks(bytes: Uint8Array): Uint8Array {
  const length = Math.ceil(bytes.length / blockBytes) * blockBytes
  return Uint8Array.from({ length }, (_, at) => bytes[at % bytes.length] ?? 0)
}

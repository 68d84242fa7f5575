/**
 * The key derivation of PKCS#12 files (RFC 7292 appendix B.2): older than PBKDF2 and unlike it, but the one that every program expects
 * for the MAC, and that the legacy encryption uses as well. Pure; the hash is handed in.
 */
import { concat, sha256 } from '../../ca/path/index.ts'

/** A hash with the sizes that the appendix calls `u` and `v`, in bytes. */
export interface Pkcs12Hash {
  readonly digest: (bytes: Uint8Array) => Uint8Array
  readonly outputBytes: number
  readonly blockBytes: number
}

export const pkcs12Sha256: Pkcs12Hash = { digest: sha256, outputBytes: 32, blockBytes: 64 }

/** What a derived key is for (B.3): the identifier byte. */
export const pkcs12KeyUse = { encryption: 1, iv: 2, mac: 3 } as const

export interface Pkcs12KeyOptions {
  readonly hash: Pkcs12Hash
  readonly use: keyof typeof pkcs12KeyUse
  /** Bytes wanted. */
  readonly length: number
  readonly passphrase: string
  readonly salt: Uint8Array
  readonly iterations: number
}

/** Key, initialisation vector or MAC key, of `length` bytes. */
export function pkcs12Key(options: Pkcs12KeyOptions): Uint8Array<ArrayBuffer> {
  const { hash, use, length, passphrase, salt, iterations } = options
  const { digest, outputBytes, blockBytes } = hash
  const diversifier = new Uint8Array(blockBytes).fill(pkcs12KeyUse[use])
  let input: Uint8Array = concat(
    fillBlocks(salt, blockBytes),
    fillBlocks(bmp(passphrase), blockBytes),
  )
  const parts: Uint8Array[] = []
  for (let have = 0; have < length; have += outputBytes) {
    let part: Uint8Array = digest(concat(diversifier, input))
    for (let round = 1; round < iterations; round++) part = digest(part)
    parts.push(part)
    input = stepped(input, fillBlock(part, blockBytes))
  }
  return new Uint8Array(concat(...parts).subarray(0, length))
}

/** The MAC key with SHA-256, 32 bytes. */
export function pkcs12MacKey(options: {
  readonly passphrase: string
  readonly salt: Uint8Array
  readonly iterations: number
}): Uint8Array<ArrayBuffer> {
  return pkcs12Key({ ...options, hash: pkcs12Sha256, use: 'mac', length: 32 })
}

/** The passphrase in UTF-16, high byte first, with two zero bytes after it (B.1). */
function bmp(passphrase: string): Uint8Array {
  const bytes = new Uint8Array(2 * passphrase.length + 2)
  const view = new DataView(bytes.buffer)
  for (let at = 0; at < passphrase.length; at++) view.setUint16(2 * at, passphrase.charCodeAt(at))
  return bytes
}

/** Repeats bytes up to whole blocks (steps 2 and 3). */
function fillBlocks(bytes: Uint8Array, blockBytes: number): Uint8Array {
  const length = Math.ceil(bytes.length / blockBytes) * blockBytes
  return Uint8Array.from({ length }, (_, at) => bytes[at % bytes.length] ?? 0)
}

/** Step 6B: as many copies as make one block, the last one cut. */
function fillBlock(bytes: Uint8Array, blockBytes: number): Uint8Array {
  return Uint8Array.from({ length: blockBytes }, (_, at) => bytes[at % bytes.length] ?? 0)
}

/** Step 6C: each block of the input plus `add` plus 1, as numbers of a block's size. */
function stepped(input: Uint8Array, add: Uint8Array): Uint8Array {
  const next = new Uint8Array(input)
  for (let start = 0; start < next.length; start += add.length) {
    let carry = 1
    for (let at = add.length - 1; at >= 0; at--) {
      carry += (next[start + at] ?? 0) + (add[at] ?? 0)
      next[start + at] = carry & 0xff
      carry >>= 8
    }
  }
  return next
}

/** Identifiers: 16 random bytes in lower-case base32 (RFC 4648 6) without padding, 26 characters. */
import type { Random } from '../../ca/index.ts'

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'

/** A new identifier of a document; says nothing of its unit or order. */
export function newDocumentId(random: Random): string {
  let bits = 0n
  for (const byte of random(16)) bits = (bits << 8n) | BigInt(byte)
  bits <<= 2n // 128 bits fill 26 characters of 5 bits but for the last two
  let text = ''
  for (let shift = 125n; shift >= 0n; shift -= 5n)
    text += alphabet[Number((bits >> shift) & 31n)] ?? ''
  return text
}

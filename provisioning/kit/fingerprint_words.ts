/**
 * A root's fingerprint as people compare it: hexadecimal in groups, and a word for each byte, so that two people can read it
 * to each other over the telephone. Pure. All 32 bytes are always given: a part that fits proves less than it seems to.
 */
import { fromHex } from '../../ca/path/index.ts'
import { ProvisioningError } from '../errors.ts'
import { chineseWords, englishWords } from './fingerprint_word_list.ts'

export interface Fingerprint {
  /** 16 groups of 4 capital hexadecimal digits, joined by spaces. */
  hex: string
  /** 32 words in 8 rows of 4. */
  chinese: string[][]
  english: string[][]
}

/** The fingerprint of a SHA-256, given as 32 bytes or 64 hexadecimal digits; anything else throws `FINGERPRINT_MALFORMED`. */
export function fingerprintWords(sha256: Uint8Array | string): Fingerprint {
  if (typeof sha256 === 'string' && !/^[0-9a-f]{64}$/i.test(sha256)) throw malformed()
  const bytes = typeof sha256 === 'string' ? fromHex(sha256) : sha256
  if (bytes.length !== 32) throw malformed()
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0').toUpperCase())
  return {
    hex: rows(digits, 2)
      .map((pair) => pair.join(''))
      .join(' '),
    chinese: rows(wordsOf(bytes, chineseWords), 4),
    english: rows(wordsOf(bytes, englishWords), 4),
  }
}

const wordsOf = (bytes: Uint8Array, words: readonly string[]): string[] =>
  Array.from(bytes, (byte) => words[byte] ?? '')

function rows(items: readonly string[], size: number): string[][] {
  return Array.from({ length: items.length / size }, (_, at) =>
    items.slice(at * size, at * size + size),
  )
}

const malformed = () =>
  new ProvisioningError('FINGERPRINT_MALFORMED', 'a fingerprint is a SHA-256: 32 bytes')

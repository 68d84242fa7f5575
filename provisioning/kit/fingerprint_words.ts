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

/** What somebody typed or pasted of a fingerprint. */
export type TypedFingerprint =
  | { readonly state: 'empty' }
  /** So many of the 32 bytes; nothing is wrong so far. */
  | { readonly state: 'begun'; readonly bytes: number }
  | { readonly state: 'whole'; readonly sha256: Uint8Array }
  /** Neither hexadecimal nor words of the list, or too much. */
  | { readonly state: 'wrong'; readonly at: string }

/** Longer than 32 English words with their numbers. */
const maxTypedLength = 2000

/**
 * Reads a fingerprint as people type it: hexadecimal in any grouping, or the 32 words of either language in order; capitals, separators,
 * full-width characters and the numbers before words do not matter. `wrong` says which piece.
 */
export function readFingerprint(text: string): TypedFingerprint {
  const plain = text.slice(0, maxTypedLength).normalize('NFKC').toLowerCase()
  const bare = plain
    .replace(/^\s*sha-?256(\s+fingerprint)?\s*[:=]?/, '')
    .replace(/[\s:.,;、，。-]+/g, ' ')
  const digits = bare.replaceAll(' ', '')
  if (digits === '') return { state: 'empty' }
  if (/^[0-9a-f]+$/.test(digits)) return readDigits(digits)
  return readWords(bare.match(/\p{Script=Han}{1,2}|[a-z]+/gu) ?? [])
}

function readDigits(digits: string): TypedFingerprint {
  if (digits.length > 64) return { state: 'wrong', at: digits.slice(64) }
  if (digits.length < 64) return { state: 'begun', bytes: Math.floor(digits.length / 2) }
  return { state: 'whole', sha256: fromHex(digits) }
}

function readWords(words: readonly string[]): TypedFingerprint {
  const values = words.map((word) =>
    Math.max(chineseWords.indexOf(word), englishWords.indexOf(word)),
  )
  const unknown = values.indexOf(-1)
  // The last one may still be being typed.
  const isTyping = unknown === words.length - 1 && startsWord(words.at(-1) ?? '')
  if (unknown >= 0 && !isTyping) return { state: 'wrong', at: words[unknown] ?? '' }
  if (values.length > 32) return { state: 'wrong', at: words[32] ?? '' }
  if (isTyping || values.length < 32) {
    return { state: 'begun', bytes: values.length - (isTyping ? 1 : 0) }
  }
  return { state: 'whole', sha256: Uint8Array.from(values) }
}

const startsWord = (begun: string): boolean =>
  [...chineseWords, ...englishWords].some((word) => word.startsWith(begun))

const wordsOf = (bytes: Uint8Array, words: readonly string[]): string[] =>
  Array.from(bytes, (byte) => words[byte] ?? '')

function rows(items: readonly string[], size: number): string[][] {
  return Array.from({ length: items.length / size }, (_, at) =>
    items.slice(at * size, at * size + size),
  )
}

const malformed = () =>
  new ProvisioningError('FINGERPRINT_MALFORMED', 'a fingerprint is a SHA-256: 32 bytes')

/**
 * Characters and tokens of PDF syntax (ISO 32000-1 7.2 and 7.3): white space, comments, numbers, names, strings. Works on a cursor that the
 * caller owns. Strict: what the standard does not allow is `PDF_MALFORMED` with the place.
 */
import { ExchangeError } from '../errors.ts'
import type { PdfLimits } from './limits.ts'

/** A place in some bytes; `end` bounds what may be read. */
export interface Cursor {
  readonly bytes: Uint8Array
  readonly end: number
  readonly limits: PdfLimits
  at: number
  /** Objects read on this cursor so far, those inside others too. */
  values?: number
}

/** Kinds of characters (ISO 32000-1 7.2.2), by their code in `kinds`. */
export const [regular, white, delimiter] = [0, 1, 2] as const
export const kinds = new Uint8Array(256)
for (const code of [0, 9, 10, 12, 13, 32]) kinds[code] = white
for (const char of '()<>[]{}/%') kinds[char.charCodeAt(0)] = delimiter

/** Whether a byte is white space; the end of the input is not. */
export const isWhite = (byte: number | undefined): boolean =>
  byte !== undefined && kinds[byte] === white

/** Whether a byte ends a number, name or keyword; so does the end of the input. */
export const isBoundary = (byte: number | undefined): boolean =>
  byte === undefined || kinds[byte] !== regular

/** `PDF_MALFORMED` with what is wrong and at which byte. */
export function malformed(message: string, at: number): ExchangeError {
  return new ExchangeError('PDF_MALFORMED', `damaged PDF: ${message} at byte ${String(at)}`, {
    details: { at },
  })
}

/** The byte at the cursor, undefined at the end. */
export function peek(cursor: Cursor, ahead = 0): number | undefined {
  const at = cursor.at + ahead
  return at < cursor.end ? cursor.bytes[at] : undefined
}

/** Skips white space and comments. */
export function skipWhite(cursor: Cursor): void {
  const { bytes, end } = cursor
  let at = cursor.at
  while (at < end) {
    const byte = bytes[at] ?? 0
    if (kinds[byte] === white) at++
    else if (byte === 0x25) {
      while (at < end && bytes[at] !== 10 && bytes[at] !== 13) at++
    } else break
  }
  cursor.at = at
}

/** Where `word` stands in the bytes, ascending, at most `max` places. */
export function findWord(bytes: Uint8Array, word: string, max = Infinity): number[] {
  const found: number[] = []
  eachWord(bytes, word, (at) => found.push(at) < max)
  return found
}

/** How often `word` stands in the bytes with `follows` true of what comes after it; counting ends at `max`. */
export function countWord(
  bytes: Uint8Array,
  word: string,
  options: { readonly follows?: (after: number) => boolean; readonly max?: number } = {},
): number {
  const { follows = () => true, max = 10_000 } = options
  let count = 0
  eachWord(bytes, word, (at) => {
    if (follows(at + word.length)) count++
    return count < max
  })
  return count
}

/** Tells each place of a word until the answer is false (Boyer-Moore-Horspool: a file of 100 MB takes a fifth of a second). */
function eachWord(bytes: Uint8Array, word: string, on: (at: number) => boolean): void {
  const last = word.length - 1
  const skip = new Uint8Array(256).fill(word.length)
  for (let index = 0; index < last; index++) skip[word.charCodeAt(index)] = last - index
  for (let at = last; at < bytes.length; at += skip[bytes[at] ?? 0] ?? 1) {
    let same = 0
    while (same <= last && bytes[at - same] === word.charCodeAt(last - same)) same++
    if (same > last && !on(at - last)) return
  }
}

/** Whether `word` stands at the cursor. */
export function looksAt(cursor: Cursor, word: string): boolean {
  if (cursor.at + word.length > cursor.end) return false
  for (let index = 0; index < word.length; index++) {
    if (cursor.bytes[cursor.at + index] !== word.charCodeAt(index)) return false
  }
  return true
}

/** Takes `word` as a whole keyword if it stands at the cursor. */
export function takeKeyword(cursor: Cursor, word: string): boolean {
  if (!looksAt(cursor, word) || !isBoundary(peek(cursor, word.length))) return false
  cursor.at += word.length
  return true
}

/** Takes `word` after white space, or refuses. */
export function expectKeyword(cursor: Cursor, word: string): void {
  skipWhite(cursor)
  if (!takeKeyword(cursor, word)) throw malformed(`expected ${word}`, cursor.at)
}

/** An unsigned whole number at the cursor, or undefined without moving. */
export function takeDigits(cursor: Cursor): number | undefined {
  const { bytes, end } = cursor
  let at = cursor.at
  let value = 0
  for (; at < end; at++) {
    const digit = (bytes[at] ?? 0) - 48
    if (digit < 0 || digit > 9) break
    value = value * 10 + digit
  }
  if (at === cursor.at || at - cursor.at > 15) return undefined
  cursor.at = at
  return value
}

/** A whole number after white space, or refuses. */
export function expectDigits(cursor: Cursor, what: string): number {
  skipWhite(cursor)
  const value = takeDigits(cursor)
  if (value === undefined || !isBoundary(peek(cursor))) {
    throw malformed(`expected ${what}`, cursor.at)
  }
  return value
}

/** A number at the cursor (7.3.3): sign, digits, one point. */
export function readNumber(cursor: Cursor): { value: number; integer: boolean } {
  const start = cursor.at
  const whole = takeDigits(cursor)
  if (whole !== undefined && isBoundary(peek(cursor))) return { value: whole, integer: true }
  cursor.at = start
  const { bytes, end } = cursor
  let at = start
  let digits = 0
  let points = 0
  if (bytes[at] === 0x2b || bytes[at] === 0x2d) at++
  for (; at < end && kinds[bytes[at] ?? 0] === regular; at++) {
    const byte = bytes[at] ?? 0
    if (byte === 0x2e) points++
    else if (byte >= 48 && byte <= 57) digits++
    else throw malformed('not a number', start)
  }
  if (digits === 0 || digits > 40 || points > 1) throw malformed('not a number', start)
  let text = ''
  for (let index = start; index < at; index++) text += String.fromCharCode(bytes[index] ?? 0)
  cursor.at = at
  return { value: Number(text), integer: points === 0 }
}

/** A name at the cursor, which stands on its slash (7.3.5). */
export function readName(cursor: Cursor): string {
  const { bytes, end, limits } = cursor
  const start = cursor.at
  let at = start + 1
  let text = ''
  for (; at < end; at++) {
    const byte = bytes[at] ?? 0
    if (kinds[byte] !== regular) break
    if (at - start > limits.maxNameBytes) throw malformed('a name is too long', start)
    if (byte !== 0x23) {
      text += String.fromCharCode(byte)
      continue
    }
    const high = hexDigit(bytes[at + 1])
    const low = hexDigit(bytes[at + 2])
    if (high < 0 || low < 0 || at + 2 >= end) throw malformed('a broken # in a name', at)
    text += String.fromCharCode(high * 16 + low)
    at += 2
  }
  cursor.at = at
  return text
}

/** A hexadecimal string at the cursor, which stands on its `<` (7.3.4.3). */
export function readHexString(cursor: Cursor): Uint8Array {
  const { bytes, limits } = cursor
  const start = cursor.at
  const at = bytes.indexOf(0x3e, start)
  if (at < 0 || at >= cursor.end) throw endless(cursor)
  if (at - start > 2 * limits.maxStringBytes) throw tooLong(cursor, at)
  const out = new Uint8Array(at - start)
  let count = 0
  for (let index = start + 1; index < at; index++) {
    const byte = bytes[index] ?? 0
    const digit = hexValues[byte] ?? 0
    if (digit < 16) {
      if (count & 1) out[count >> 1] = (out[count >> 1] ?? 0) | digit
      else out[count >> 1] = digit << 4
      count++
    } else if (kinds[byte] !== white) throw malformed('not a hexadecimal digit', index)
  }
  cursor.at = at + 1
  return out.subarray(0, (count + 1) >> 1)
}

/** A string in parentheses at the cursor (7.3.4.2). */
export function readLiteralString(cursor: Cursor): Uint8Array {
  const { bytes } = cursor
  const start = cursor.at
  const length = literalLength(cursor)
  const out = new Uint8Array(length)
  const end = start + length - 1
  let count = 0
  for (let at = start + 1; at < end; at++) {
    const byte = bytes[at] ?? 0
    if (byte === 0x5c) {
      const escape = readEscape(bytes, at + 1)
      if (escape.value >= 0) out[count++] = escape.value
      at = escape.last
    } else if (byte === 13) {
      out[count++] = 10
      if (bytes[at + 1] === 10) at++
    } else out[count++] = byte
  }
  cursor.at = start + length
  return out.subarray(0, count)
}

/** Length of a literal string with its parentheses, which may nest. */
function literalLength(cursor: Cursor): number {
  const { bytes, end, limits } = cursor
  const stop = Math.min(end, cursor.at + limits.maxStringBytes)
  let open = 0
  for (let at = cursor.at; at < stop; at++) {
    const byte = bytes[at]
    if (byte === 0x5c) at++
    else if (byte === 0x28) open++
    else if (byte === 0x29 && --open === 0) return at + 1 - cursor.at
  }
  throw stop < end ? tooLong(cursor, stop) : endless(cursor)
}

/** A string beyond its bound; the cursor moves as for one without an end. */
function tooLong(cursor: Cursor, searchedTo: number): ExchangeError {
  const start = cursor.at
  cursor.at = searchedTo
  return malformed('a string is too long', start)
}

/** A string without an end. The cursor moves to where the search ended, so that its cost is counted. */
function endless(cursor: Cursor): ExchangeError {
  const start = cursor.at
  cursor.at = cursor.end
  return malformed('a string without an end', start)
}

const escapes: Readonly<Record<number, number>> = { 0x6e: 10, 0x72: 13, 0x74: 9, 0x62: 8, 0x66: 12 }

/** What an escape stands for (-1: nothing, a line continued), and its last byte; `at` is behind the reverse solidus. */
function readEscape(bytes: Uint8Array, at: number): { value: number; last: number } {
  const byte = bytes[at] ?? 0
  const known = escapes[byte]
  if (known !== undefined) return { value: known, last: at }
  if (byte === 13) return { value: -1, last: bytes[at + 1] === 10 ? at + 1 : at }
  if (byte === 10) return { value: -1, last: at }
  if (byte < 48 || byte > 55) return { value: byte, last: at }
  let value = 0
  let used = 0
  for (; used < 3; used++) {
    const digit = (bytes[at + used] ?? 0) - 48
    if (digit < 0 || digit > 7) break
    value = value * 8 + digit
  }
  return { value: value & 255, last: at + used - 1 }
}

// Values of hexadecimal digits by their codes; 255 for all others.
const hexValues = Uint8Array.from({ length: 256 }, (_, code) => hexDigit(code) & 255)

/** Value of a hexadecimal digit, or -1. */
export function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1
  if (byte >= 48 && byte <= 57) return byte - 48
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}

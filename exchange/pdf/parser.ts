/**
 * Parses objects from a cursor (ISO 32000-1 7.3): direct objects, numbered objects, streams. Knows no cross-reference; a stream's length is asked
 * of the caller when it is a reference. Strict: `PDF_MALFORMED` with the place.
 */
import { ExchangeError } from '../errors.ts'
import {
  expectDigits,
  expectKeyword,
  findWord,
  isBoundary,
  isWhite,
  looksAt,
  malformed,
  peek,
  readHexString,
  readLiteralString,
  readName,
  readNumber,
  skipWhite,
  takeDigits,
  takeKeyword,
  type Cursor,
} from './lexer.ts'
import type { PdfLimits } from './limits.ts'
import type {
  IndirectObject,
  PdfDictionary,
  PdfObject,
  PdfReference,
  PdfStream,
} from './objects.ts'

/** Answers the length of a stream whose /Length is this reference. */
export type LengthOf = (reference: PdfReference) => number

/** A cursor on `bytes` from `at` to their end. */
export function cursorOn(bytes: Uint8Array, at: number, limits: PdfLimits): Cursor {
  return { bytes, at, limits, end: bytes.length }
}

/** Reads the object at the cursor, after white space. */
export function parseObject(cursor: Cursor, depth = 0): PdfObject {
  if (depth > cursor.limits.maxDepth) throw malformed('nested too deeply', cursor.at)
  cursor.values = (cursor.values ?? 0) + 1
  if (cursor.values > cursor.limits.maxValues) throw malformed('too many values', cursor.at)
  skipWhite(cursor)
  const start = cursor.at
  const byte = peek(cursor)
  if (byte === 0x2f) return { kind: 'name', value: readName(cursor), start, end: cursor.at }
  if (byte === 0x3c) {
    if (peek(cursor, 1) === 0x3c) return parseDictionary(cursor, depth)
    return { kind: 'string', bytes: readHexString(cursor), hex: true, start, end: cursor.at }
  }
  if (byte === 0x28) {
    return { kind: 'string', bytes: readLiteralString(cursor), hex: false, start, end: cursor.at }
  }
  if (byte === 0x5b) return parseArray(cursor, depth)
  if (takeKeyword(cursor, 'true')) return { kind: 'boolean', value: true, start, end: cursor.at }
  if (takeKeyword(cursor, 'false')) return { kind: 'boolean', value: false, start, end: cursor.at }
  if (takeKeyword(cursor, 'null')) return { kind: 'null', start, end: cursor.at }
  return parseReference(cursor) ?? { kind: 'number', ...readNumber(cursor), start, end: cursor.at }
}

/** `12 0 R`, or undefined without moving. */
function parseReference(cursor: Cursor): PdfReference | undefined {
  const start = cursor.at
  const number = takeDigits(cursor)
  if (number !== undefined && isWhite(peek(cursor))) {
    skipWhite(cursor)
    const generation = takeDigits(cursor)
    if (generation !== undefined && isWhite(peek(cursor))) {
      skipWhite(cursor)
      if (takeKeyword(cursor, 'R')) {
        return { kind: 'reference', number, generation, start, end: cursor.at }
      }
    }
  }
  cursor.at = start
  return undefined
}

function parseArray(cursor: Cursor, depth: number): PdfObject {
  const start = cursor.at++
  const items: PdfObject[] = []
  for (;;) {
    skipWhite(cursor)
    if (peek(cursor) === 0x5d) break
    if (items.length >= cursor.limits.maxItems) throw malformed('an array is too long', start)
    items.push(parseObject(cursor, depth + 1))
  }
  cursor.at++
  return { kind: 'array', items, start, end: cursor.at }
}

/** Reads the dictionary at the cursor. A key that stands twice is refused: readers differ in which value they take. */
export function parseDictionary(cursor: Cursor, depth = 0): PdfDictionary {
  skipWhite(cursor)
  const start = cursor.at
  if (!looksAt(cursor, '<<')) throw malformed('expected a dictionary', start)
  cursor.at += 2
  const entries = new Map<string, PdfObject>()
  for (;;) {
    skipWhite(cursor)
    if (looksAt(cursor, '>>')) break
    if (peek(cursor) !== 0x2f) throw malformed('a key is not a name', cursor.at)
    if (entries.size >= cursor.limits.maxItems) throw malformed('a dictionary is too long', start)
    const key = readName(cursor)
    if (entries.has(key)) throw malformed(`the key /${key} stands twice`, cursor.at)
    entries.set(key, parseObject(cursor, depth + 1))
  }
  cursor.at += 2
  return { kind: 'dictionary', entries, start, end: cursor.at }
}

/**
 * Reads a numbered object with its `obj` and `endobj`. `lengthOf` is asked when a stream's length is a reference.
 * Leaves the cursor after `endobj`. With `expected`, an object of another number is refused before its body is read. `lenient` takes a stream
 * whose length is wrong and an object without its end: for saying what is in a damaged file, never for judging it.
 */
export function parseIndirect(
  cursor: Cursor,
  lengthOf: LengthOf,
  options: { readonly expected?: number; readonly lenient?: boolean | undefined } = {},
): IndirectObject {
  const { expected, lenient = false } = options
  skipWhite(cursor)
  const start = cursor.at
  const number = expectDigits(cursor, 'an object number')
  if (expected !== undefined && number !== expected) {
    throw malformed(`object ${String(expected)} is not where the table says`, start)
  }
  const generation = expectDigits(cursor, 'a generation number')
  skipWhite(cursor)
  // `obj` may touch what follows, as in `1 0 obj<<`; that is a boundary too.
  if (!takeKeyword(cursor, 'obj')) throw malformed('expected obj', cursor.at)
  const object = parseObject(cursor)
  skipWhite(cursor)
  const value =
    object.kind === 'dictionary' && looksAt(cursor, 'stream')
      ? lenient
        ? parseTornStream(cursor, object, lengthOf)
        : parseStream(cursor, object, lengthOf)
      : object
  if (lenient) skipWhite(cursor)
  if (!lenient || looksAt(cursor, 'endobj')) expectKeyword(cursor, 'endobj')
  return { number, generation, value, source: cursor.bytes, span: { start, end: cursor.at } }
}

/** ISO 32000-1 7.3.8.1: `stream`, CRLF or LF, exactly /Length bytes, an end of line, `endstream`. */
function parseStream(cursor: Cursor, dictionary: PdfDictionary, lengthOf: LengthOf): PdfStream {
  cursor.at += 'stream'.length
  if (looksAt(cursor, '\r\n')) cursor.at += 2
  else if (peek(cursor) === 10) cursor.at++
  else throw malformed('stream is not followed by an end of line', cursor.at)
  const length = dictionary.entries.get('Length')
  const count = length?.kind === 'reference' ? lengthOf(length) : wholeLength(length)
  const data = { start: cursor.at, end: cursor.at + (count ?? -1) }
  if (count === undefined) throw malformed('a stream has no usable /Length', dictionary.start)
  if (data.end > cursor.end) throw malformed('a stream ends beyond the file', dictionary.start)
  cursor.at = data.end
  if (looksAt(cursor, '\r\n')) cursor.at += 2
  else if (peek(cursor) === 10 || peek(cursor) === 13) cursor.at++
  if (!looksAt(cursor, 'endstream') || !isBoundary(peek(cursor, 9))) {
    throw malformed('a stream does not end where its /Length says', data.end)
  }
  cursor.at += 'endstream'.length
  return { kind: 'stream', dictionary, data, start: dictionary.start, end: cursor.at }
}

/** As `parseStream`; where it fails, the data ends before the next `endstream` or, without one, at the end of the file. */
function parseTornStream(cursor: Cursor, dictionary: PdfDictionary, lengthOf: LengthOf): PdfStream {
  const at = cursor.at
  try {
    return parseStream(cursor, dictionary, lengthOf)
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error
  }
  cursor.at = at + 'stream'.length
  if (peek(cursor) === 13) cursor.at++
  if (peek(cursor) === 10) cursor.at++
  const start = cursor.at
  const found = findWord(cursor.bytes.subarray(start, cursor.end), 'endstream', 1)[0]
  const end = found === undefined ? cursor.end : start + found
  cursor.at = found === undefined ? end : end + 'endstream'.length
  return {
    kind: 'stream',
    dictionary,
    data: { start, end },
    start: dictionary.start,
    end: cursor.at,
  }
}

function wholeLength(object: PdfObject | undefined): number | undefined {
  if (object?.kind !== 'number' || !object.integer || object.value < 0) return undefined
  return object.value
}

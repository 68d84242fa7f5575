/**
 * Decodes the streams that the structure itself is made of: FlateDecode with PNG predictors (ISO 32000-1 7.4.4), under a bound on what comes out.
 * No picture or page filters. The only file that imports pako.
 */
import { Inflate } from 'pako'
import { ExchangeError } from '../errors.ts'
import { malformed } from './lexer.ts'
import { integerOf, nameOf, type PdfDictionary, type PdfObject } from './objects.ts'

/** Chunks that inflated data comes in; the bound is overstepped by at most one. */
const chunkBytes = 64 * 1024

/**
 * Decoded bytes of a stream with at most one filter, FlateDecode.
 * Refuses with `PDF_MALFORMED`: other filters, bad data, a wrong checksum, more than `maxBytes`.
 */
export function decodeStream(options: {
  readonly raw: Uint8Array
  readonly dictionary: PdfDictionary
  readonly maxBytes: number
}): Uint8Array {
  const { raw, dictionary, maxBytes } = options
  const at = dictionary.start
  const other = otherKeys.find((key) => dictionary.entries.has(key))
  if (other !== undefined) throw malformed(`structure may not have a stream with /${other}`, at)
  const filter = onlyOne(dictionary.entries.get('Filter'))
  if (filter === undefined) {
    if (raw.length > maxBytes) throw malformed('a stream is too long', at)
    return raw
  }
  if (nameOf(filter) !== 'FlateDecode') throw malformed('a filter that structure may not use', at)
  const parameters = onlyOne(dictionary.entries.get('DecodeParms'))
  // A reference is followed by most programs, and what it leads to says how to read.
  if (parameters !== undefined && parameters.kind !== 'dictionary' && parameters.kind !== 'null') {
    throw malformed('parameters of a filter that are no dictionary', at)
  }
  const inflated = inflate(raw, maxBytes, at)
  return parameters?.kind === 'dictionary' ? unpredict(inflated, parameters) : inflated
}

/** Of inline images (8.9.7), which several programs also take for /Filter and /DecodeParms of streams; and of data outside the file (7.3.8.2). */
const otherKeys: readonly string[] = ['F', 'DP', 'FFilter', 'FDecodeParms']

/** The value, or the one element of its array; a longer list is refused. */
function onlyOne(object: PdfObject | undefined): PdfObject | undefined {
  if (object === undefined || object.kind === 'null') return undefined
  if (object.kind !== 'array') return object
  if (object.items.length > 1) throw malformed('filters in a row', object.start)
  return object.items[0]
}

/** Inflates zlib data (RFC 1950) with its checksum; octets after its end are an end of line at most and ignored. */
export function inflate(raw: Uint8Array, maxBytes: number, at: number): Uint8Array {
  const inflator = new Inflate({ windowBits: 15, chunkSize: chunkBytes })
  const chunks: Uint8Array[] = []
  let total = 0
  inflator.onData = (chunk) => {
    total += chunk.length
    if (total > maxBytes) throw tooMuch(at, maxBytes)
    chunks.push(chunk)
  }
  inflator.push(raw, true)
  if (inflator.err !== 0 || !inflator.ended) throw malformed('a stream does not unpack', at)
  const out = new Uint8Array(total)
  let filled = 0
  for (const chunk of chunks) {
    out.set(chunk, filled)
    filled += chunk.length
  }
  return out
}

/** Data that unpacks to more than `maxBytes`. */
export function tooMuch(at: number, maxBytes: number): ExchangeError {
  return new ExchangeError('PDF_MALFORMED', 'damaged PDF: a stream unpacks to too much', {
    details: { at, bound: maxBytes },
  })
}

/** Whether data was refused for its size alone. */
export function isTooMuch(error: ExchangeError): boolean {
  return error.details['bound'] !== undefined
}

/** Undoes PNG prediction row by row (7.4.4.4). */
export function unpredict(data: Uint8Array, parameters: PdfDictionary): Uint8Array {
  const number = (key: string, usual: number): number => {
    const value = parameters.entries.get(key)
    return value === undefined ? usual : (integerOf(value) ?? -1)
  }
  const predictor = number('Predictor', 1)
  if (predictor === 1) return data
  const columns = number('Columns', 1)
  const plain = number('Colors', 1) === 1 && number('BitsPerComponent', 8) === 8
  if (predictor < 10 || predictor > 15 || !plain || columns < 1 || columns > 65_536) {
    throw malformed('a predictor that structure may not use', parameters.start)
  }
  const rows = Math.floor(data.length / (columns + 1))
  if (rows * (columns + 1) !== data.length) throw malformed('a torn row', parameters.start)
  const out = new Uint8Array(rows * columns)
  for (let row = 0; row < rows; row++) {
    unpredictRow({ data, out, columns, row, at: parameters.start })
  }
  return out
}

/** One row; the pixel is one byte, so "left" is the byte before (PNG 9). */
function unpredictRow(options: {
  readonly data: Uint8Array
  readonly out: Uint8Array
  readonly columns: number
  readonly row: number
  readonly at: number
}): void {
  const { data, out, columns, row } = options
  const type = data[row * (columns + 1)] ?? 0
  if (type > 4) throw malformed('an unknown row filter', options.at)
  const from = row * (columns + 1) + 1
  const to = row * columns
  for (let column = 0; column < columns; column++) {
    const left = column > 0 ? (out[to + column - 1] ?? 0) : 0
    const up = row > 0 ? (out[to + column - columns] ?? 0) : 0
    const corner = row > 0 && column > 0 ? (out[to + column - columns - 1] ?? 0) : 0
    const guess = [0, left, up, (left + up) >> 1, type === 4 ? paeth(left, up, corner) : 0][type]
    out[to + column] = ((data[from + column] ?? 0) + (guess ?? 0)) & 255
  }
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)]
  if (a <= b && a <= c) return left
  return b <= c ? up : corner
}

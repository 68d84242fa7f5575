/**
 * Unpacks streams of contents, fonts and masks (ISO 32000-1 7.4): Flate, LZW, ASCII85, ASCIIHex and RunLength, in a row. Pictures' own filters are not unpacked.
 */
import { ExchangeError } from '../../errors.ts'
import { inflate, isTooMuch, unpredict } from '../decode.ts'
import type { PdfDocument } from '../document.ts'
import { nameOf, type PdfDictionary, type PdfStream, type PdfValue } from '../objects.ts'
import { spend, type Work } from './work.ts'

/** Decoded bytes; undefined where a filter is not known here, the data is broken, or `maxBytes` is not enough. Throws `WorkExhausted`. */
export function unpack(
  document: PdfDocument,
  stream: PdfStream,
  options: { readonly work: Work; readonly maxBytes?: number },
): Uint8Array | undefined {
  const { work, maxBytes = Infinity } = options
  const { entries } = stream.dictionary
  const filters = listOf(document, entries.get('Filter')).map((item) => nameOf(item) ?? '')
  const parameters = listOf(document, entries.get('DecodeParms'))
  let data = document.bytes.subarray(stream.data.start, stream.data.end)
  if (filters.length > maxFilters) return undefined
  for (const [index, filter] of filters.entries()) {
    const room = Math.min(maxBytes, work.decodedBytes)
    const unpacked = orNothing(
      () => applyFilter(filter, data, room),
      (error) => {
        // What was unpacked in vain was paid for too.
        spend(work, 'decodedBytes', isTooMuch(error) ? room + (room < maxBytes ? 1 : 0) : 0)
      },
    )
    spend(work, 'decodedBytes', unpacked?.length ?? Math.min(work.decodedBytes, data.length))
    const settings = parameters[index]
    if (unpacked === undefined) return undefined
    data = unpacked
    if (settings?.kind !== 'dictionary') continue
    const plain = orNothing(() => unpredict(unpacked, directOf(document, settings)))
    if (plain === undefined) return undefined
    data = plain
  }
  return data.length > maxBytes ? undefined : data
}

const maxFilters = 4

function listOf(document: PdfDocument, value: PdfValue | undefined): (PdfValue | undefined)[] {
  const found = document.resolve(value)
  if (found === undefined) return []
  return found.kind === 'array' ? found.items.map((item) => document.resolve(item)) : [found]
}

/** The dictionary with its values resolved. */
function directOf(document: PdfDocument, dictionary: PdfDictionary): PdfDictionary {
  const entries = new Map(
    [...dictionary.entries].flatMap(([key, value]) => {
      const direct = document.resolve(value)
      return direct === undefined || direct.kind === 'stream' ? [] : [[key, direct] as const]
    }),
  )
  return { ...dictionary, entries }
}

function orNothing<T>(
  step: () => T,
  failed: (error: ExchangeError) => void = () => undefined,
): T | undefined {
  try {
    return step()
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error
    failed(error)
    return undefined
  }
}

function applyFilter(filter: string, data: Uint8Array, maxBytes: number): Uint8Array | undefined {
  switch (filter) {
    case 'FlateDecode':
    case 'Fl':
      return inflate(data, maxBytes, 0)
    case 'LZWDecode':
    case 'LZW':
      return lzw(data, maxBytes)
    case 'ASCIIHexDecode':
    case 'AHx':
      return asciiHex(data)
    case 'ASCII85Decode':
    case 'A85':
      return ascii85(data)
    case 'RunLengthDecode':
    case 'RL':
      return runLength(data, maxBytes)
    default:
      return undefined
  }
}

/** 7.4.2. */
function asciiHex(data: Uint8Array): Uint8Array {
  const out: number[] = []
  let high = -1
  for (const byte of data) {
    if (byte === 0x3e) break
    const digit = Number.parseInt(String.fromCharCode(byte), 16)
    if (Number.isNaN(digit)) continue
    if (high < 0) high = digit
    else {
      out.push(high * 16 + digit)
      high = -1
    }
  }
  if (high >= 0) out.push(high * 16)
  return Uint8Array.from(out)
}

/** 7.4.3. */
function ascii85(data: Uint8Array): Uint8Array {
  const out: number[] = []
  let group = 0
  let count = 0
  const flush = (digits: number): void => {
    for (let index = digits; index < 5; index++) group = group * 85 + 84
    for (let index = 0; index < digits - 1; index++)
      out.push(Math.floor(group / 256 ** (3 - index)) & 255)
    group = 0
    count = 0
  }
  for (const byte of data) {
    if (byte === 0x7e) break
    if (byte === 0x7a && count === 0) out.push(0, 0, 0, 0)
    if (byte < 0x21 || byte > 0x75) continue
    group = group * 85 + byte - 0x21
    if (++count === 5) flush(5)
  }
  if (count > 1) flush(count)
  return Uint8Array.from(out)
}

/** 7.4.5. */
function runLength(data: Uint8Array, maxBytes: number): Uint8Array | undefined {
  const out: number[] = []
  for (let at = 0; at < data.length;) {
    const length = data[at] ?? 128
    if (length === 128) break
    if (length < 128) {
      for (const byte of data.subarray(at + 1, at + 2 + length)) out.push(byte)
      at += 2 + length
    } else {
      for (let index = 0; index < 257 - length; index++) out.push(data[at + 1] ?? 0)
      at += 2
    }
    if (out.length > maxBytes) return undefined
  }
  return Uint8Array.from(out)
}

/** 7.4.4, with early change, which is the default. */
function lzw(data: Uint8Array, maxBytes: number): Uint8Array | undefined {
  const out: number[] = []
  let table: number[][] = []
  const reset = (): void => {
    table = Array.from({ length: 258 }, (_, code) => (code < 256 ? [code] : []))
  }
  reset()
  let [bits, held, width] = [0, 0, 9]
  let previous: number[] | undefined
  for (const byte of data) {
    bits = bits * 256 + byte
    held += 8
    if (held < width) continue
    held -= width
    const code = Math.floor(bits / 2 ** held)
    bits %= 2 ** held
    if (code === 257) break
    if (code === 256) {
      reset()
      width = 9
      previous = undefined
      continue
    }
    const known: number[] | undefined = table[code] ?? (previous && [...previous, previous[0] ?? 0])
    if (known === undefined) return undefined
    if (previous !== undefined && table.length < 4096) table.push([...previous, known[0] ?? 0])
    for (const value of known) out.push(value)
    if (out.length > maxBytes) return undefined
    previous = known
    width = table.length >= 2047 ? 12 : table.length >= 1023 ? 11 : table.length >= 511 ? 10 : 9
  }
  return Uint8Array.from(out)
}

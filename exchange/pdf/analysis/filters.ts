/**
 * Unpacks streams of contents, fonts and masks (ISO 32000-1 7.4): Flate, LZW, ASCII85, ASCIIHex and RunLength, in a row. Pictures' own filters are not unpacked.
 */
import { ExchangeError } from '../../errors.ts'
import { inflate, isTooMuch, tooMuch, unpredict } from '../decode.ts'
import type { PdfDocument } from '../document.ts'
import { hexDigit } from '../lexer.ts'
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
  spend(work, 'decodedBytes', costOfStream)
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
/** Unpacking a small stream takes as long as some bytes of a large one. */
const costOfStream = 2048

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
  if (filter === 'FlateDecode' || filter === 'Fl') return inflate(data, maxBytes, 0)
  const decoder = Object.hasOwn(decoders, filter) ? decoders[filter] : undefined
  if (decoder === undefined) return undefined
  const sink = createSink(maxBytes)
  return decoder(data, sink) ? sink.taken() : undefined
}

/** Takes bytes up to a bound. */
interface Sink {
  put(byte: number): void
  taken(): Uint8Array
}

function createSink(maxBytes: number): Sink {
  let out = new Uint8Array(4096)
  let count = 0
  return {
    put: (byte) => {
      if (count >= maxBytes) throw tooMuch(0, maxBytes)
      if (count === out.length) {
        const more = new Uint8Array(2 * count)
        more.set(out)
        out = more
      }
      out[count++] = byte
    },
    taken: () => out.subarray(0, count),
  }
}

/** Decodes into the sink; false for broken data. */
type Decoder = (data: Uint8Array, sink: Sink) => boolean

/** 7.4.2. */
const asciiHex: Decoder = (data, sink) => {
  let high = -1
  for (const byte of data) {
    if (byte === 0x3e) break
    const digit = hexDigit(byte)
    if (digit < 0) continue
    if (high >= 0) sink.put(high * 16 + digit)
    high = high < 0 ? digit : -1
  }
  if (high >= 0) sink.put(high * 16)
  return true
}

/** 7.4.3. */
const ascii85: Decoder = (data, sink) => {
  let group = 0
  let count = 0
  const flush = (digits: number): void => {
    for (let index = digits; index < 5; index++) group = group * 85 + 84
    for (let index = 0; index < digits - 1; index++) {
      sink.put(Math.floor(group / 256 ** (3 - index)) & 255)
    }
    group = 0
    count = 0
  }
  for (const byte of data) {
    if (byte === 0x7e) break
    if (byte === 0x7a && count === 0) for (let zero = 0; zero < 4; zero++) sink.put(0)
    if (byte < 0x21 || byte > 0x75) continue
    group = group * 85 + byte - 0x21
    if (++count === 5) flush(5)
  }
  if (count > 1) flush(count)
  return true
}

/** 7.4.5. */
const runLength: Decoder = (data, sink) => {
  for (let at = 0; at < data.length;) {
    const length = data[at] ?? 128
    if (length === 128) break
    if (length < 128) {
      for (const byte of data.subarray(at + 1, at + 2 + length)) sink.put(byte)
      at += 2 + length
    } else {
      for (let index = 0; index < 257 - length; index++) sink.put(data[at + 1] ?? 0)
      at += 2
    }
  }
  return true
}

/** 7.4.4, with early change, which is the default. An entry of the table is an earlier one and one byte more. */
const lzw: Decoder = (data, sink) => {
  const prefix = new Int16Array(4097)
  const last = new Uint8Array(4097)
  const sequence = new Uint8Array(4097)
  for (let code = 0; code < 256; code++) last[code] = code
  let [bits, held, width, size, previous] = [0, 0, 9, 258, -1]
  /** Writes the sequence of a code backwards; answers its length. */
  const unfold = (code: number): number => {
    let length = 0
    for (let at = code; ; at = prefix[at] ?? 0) {
      sequence[length++] = last[at] ?? 0
      if (at < 256 || length > 4096) return length
    }
  }
  for (const byte of data) {
    bits = bits * 256 + byte
    held += 8
    if (held < width) continue
    held -= width
    const code = Math.floor(bits / 2 ** held)
    bits %= 2 ** held
    if (code === 257) break
    if (code === 256) {
      ;[width, size, previous] = [9, 258, -1]
      continue
    }
    if (code > size || (code === size && previous < 0)) return false
    // A code not yet in the table is the sequence before and its own first byte.
    const length = unfold(code === size ? previous : code)
    const first = sequence[length - 1] ?? 0
    for (let at = length - 1; at >= 0; at--) sink.put(sequence[at] ?? 0)
    if (code === size) sink.put(first)
    if (previous >= 0 && size < 4096) {
      prefix[size] = previous
      last[size++] = first
    }
    previous = code
    width = size >= 2047 ? 12 : size >= 1023 ? 11 : size >= 511 ? 10 : 9
  }
  return true
}

const decoders: Readonly<Record<string, Decoder>> = {
  LZWDecode: lzw,
  LZW: lzw,
  ASCIIHexDecode: asciiHex,
  AHx: asciiHex,
  ASCII85Decode: ascii85,
  A85: ascii85,
  RunLengthDecode: runLength,
  RL: runLength,
}

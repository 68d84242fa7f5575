/**
 * Appends an incremental update to a PDF (ISO 32000-1 7.5.6): the old bytes stay as they are in front, a section of the same kind as the newest one
 * follows (a table on a table or a hybrid, a stream on a stream: some readers silently break on a mix). Knows of one signature placeholder an update. What
 * to change inside objects is in `change.ts`; what a seal consists of, in `exchange/seal`.
 */
import { sha256 } from '../../ca/path/index.ts'
import { ExchangeError } from '../errors.ts'
import { extendDocument, type PdfDocument } from './document.ts'
import { malformed } from './lexer.ts'
import { latin1, latin1Bytes, putLatin1, type PdfDictionary, type Span } from './objects.ts'
import { cursorOn, parseDictionary } from './parser.ts'
import { hexText, nameText } from './write.ts'
import type { XrefEntry, XrefSection } from './xref.ts'

/** Where a signature goes in the finished file. */
export interface Placeholder {
  /** Offset of the `<` of /Contents. */
  readonly contentsAt: number
  /** Room for so many bytes; in the file twice as many digits between `<` and `>`. */
  readonly contentsBytes: number
}

/** An update being put together. Numbers given to `put…` must be in use already or come from `allocate`. */
export interface Update {
  readonly document: PdfDocument
  /** A new object number. */
  allocate(): number
  /** Writes an object that is no stream; twice with different bytes is refused. */
  put(number: number, body: string | Uint8Array): void
  /** Writes a stream; `dictionary` is the inside of its dictionary without /Length. */
  putStream(number: number, dictionary: string, data: Uint8Array): void
  /** Writes a signature dictionary: `dictionary` is its inside without /ByteRange and /Contents, which are added. Once an update. */
  putSignature(number: number, dictionary: string, contentsBytes: number): void
  /** Writes section and trailer and fills in /ByteRange. */
  finish(): FinishedUpdate
}

export interface FinishedUpdate {
  /** What follows the old bytes; of a signature with zeros in its /Contents. */
  readonly added: Uint8Array
  readonly placeholder?: Placeholder
  /** The whole file, put together when it is asked for. */
  readonly bytes: Uint8Array
  /** The document over `bytes`, without reading anything again. */
  readonly document: PdfDocument
  /** The same document over other bytes of the same length: with the /Contents filled. */
  over(bytes: Uint8Array): PdfDocument
}

/** Digits that offsets of `maxFileBytes` need, three of them, with blanks and brackets. */
const byteRangeWidth = 40

interface Signature {
  readonly contentsAt: number
  readonly contentsBytes: number
  readonly rangeAt: number
}

/** Starts an update of `document`. */
export function beginUpdate(document: PdfDocument): Update {
  const parts = createParts(document.bytes)
  const offsets = new Map<number, number>()
  const bodies = new Map<number, string>()
  let next = nextNumber(document)
  let signature: Signature | undefined

  const open = (number: number): void => {
    offsets.set(number, parts.length())
    parts.add(`${String(number)} ${String(generationOf(document, number))} obj\n`)
  }
  return {
    document,
    allocate: () => next++,
    put: (number, body) => {
      const text = typeof body === 'string' ? body : latin1(body)
      const known = bodies.get(number)
      if (known === text) return
      if (offsets.has(number)) {
        throw malformed(`object ${String(number)} serves two purposes`, document.startxref.value)
      }
      bodies.set(number, text)
      open(number)
      parts.add(`${text}\nendobj\n`)
    },
    putStream: (number, dictionary, data) => {
      open(number)
      parts.add(`<<${dictionary}/Length ${String(data.length)}>>\nstream\n`)
      parts.add(data)
      parts.add('\nendstream\nendobj\n')
    },
    putSignature: (number, dictionary, contentsBytes) => {
      open(number)
      parts.add(`<<${dictionary}/ByteRange `)
      const rangeAt = parts.add(' '.repeat(byteRangeWidth))
      parts.add('/Contents ')
      const contentsAt = parts.add('<')
      parts.addZeros(2 * contentsBytes)
      parts.add('>>>\nendobj\n')
      signature = { contentsAt, contentsBytes, rangeAt }
    },
    finish: () => {
      const section = writeSection({
        document,
        parts,
        offsets,
        allocate: () => next++,
        next: () => next,
      })
      const added = parts.join(document.limits.maxFileBytes)
      const base = document.bytes
      if (signature) fillByteRange(added, base.length, signature)
      return finished({ document, added, offsets, section, signature })
    },
  }
}

/** What came of an update; the whole file and its document are made when they are first asked for. */
function finished(update: {
  readonly document: PdfDocument
  readonly added: Uint8Array
  readonly offsets: ReadonlyMap<number, number>
  readonly section: WrittenSection
  readonly signature: Signature | undefined
}): FinishedUpdate {
  const { document, added, offsets, section, signature } = update
  let bytes: Uint8Array | undefined
  let after: PdfDocument | undefined
  const whole = (): Uint8Array => (bytes ??= joined(document.bytes, added))
  const over = (other: Uint8Array): PdfDocument =>
    stateAfter({ document, bytes: other, offsets, ...section })
  return {
    added,
    ...(signature && {
      placeholder: { contentsAt: signature.contentsAt, contentsBytes: signature.contentsBytes },
    }),
    get bytes() {
      return whole()
    },
    get document() {
      return (after ??= over(whole()))
    },
    over,
  }
}

function joined(base: Uint8Array, added: Uint8Array): Uint8Array {
  const out = new Uint8Array(base.length + added.length)
  out.set(base)
  out.set(added, base.length)
  return out
}

/** The first number that neither the trailer nor any section knows. */
function nextNumber(document: PdfDocument): number {
  const size = document.trailer.entries.get('Size')
  return Math.max(document.size, size?.kind === 'number' ? size.value : 0)
}

function generationOf(document: PdfDocument, number: number): number {
  const entry = document.entry(number)
  return entry?.type === 'offset' ? entry.generation : 0
}

interface Parts {
  /** Adds bytes and answers the offset they got. */
  add(part: string | Uint8Array): number
  /** Adds so many digits 0. */
  addZeros(count: number): void
  length(): number
  /** All that was added. */
  join(maxBytes: number): Uint8Array
}

/** Pieces of what is added behind the old bytes; text is kept as text until the end, and joined with its neighbours. */
function createParts(base: Uint8Array): Parts {
  const added: (string | Uint8Array | number)[] = []
  let text = ''
  let length = base.length
  const add = (part: string | Uint8Array): number => {
    const at = length
    length += part.length
    if (typeof part === 'string') text += part
    else keep(part)
    return at
  }
  const keep = (part: Uint8Array | number): void => {
    added.push(text, part)
    text = ''
  }
  if (base.at(-1) !== 10 && base.at(-1) !== 13) add('\n')
  const join = (maxBytes: number): Uint8Array => {
    if (length > maxBytes) {
      throw new ExchangeError('PDF_TOO_LARGE', 'the PDF would grow beyond what one may be here')
    }
    const out = new Uint8Array(length - base.length)
    let at = 0
    for (const part of [...added, text]) {
      if (typeof part === 'number') out.fill(0x30, at, at + part)
      else if (typeof part === 'string') putLatin1(out, part, at)
      else out.set(part, at)
      at += typeof part === 'number' ? part : part.length
    }
    return out
  }
  return {
    add,
    addZeros: (count) => {
      length += count
      keep(count)
    },
    length: () => length,
    join,
  }
}

interface SectionContext {
  readonly document: PdfDocument
  readonly parts: Parts
  readonly offsets: Map<number, number>
  readonly allocate: () => number
  readonly next: () => number
}

interface WrittenSection {
  readonly kind: 'table' | 'stream'
  readonly sectionAt: number
  readonly trailerAt: number
  /** End of the trailer or of `endobj`. */
  readonly sectionEnd: number
  readonly tail: Span
  readonly number?: number
}

/** Writes the section, its trailer, `startxref` and `%%EOF`. */
function writeSection(context: SectionContext): WrittenSection {
  const { document, parts } = context
  const written =
    document.sections.at(-1)?.kind === 'stream' ? writeStream(context) : writeTable(context)
  const sectionEnd = parts.length()
  const start = parts.add('\n') + 1
  parts.add(`startxref\n${String(written.sectionAt)}\n%%EOF\n`)
  return { ...written, sectionEnd, tail: { start, end: parts.length() } }
}

type Written = Omit<WrittenSection, 'sectionEnd' | 'tail'>

/** Entries of exactly twenty bytes (7.5.4). */
function writeTable(context: SectionContext): Written {
  const { document, parts, offsets } = context
  const sectionAt = parts.add('xref\n')
  for (const run of runsOf(offsets)) {
    parts.add(`${String(run[0]?.[0] ?? 0)} ${String(run.length)}\n`)
    for (const [number, offset] of run) {
      const generation = String(generationOf(document, number)).padStart(5, '0')
      parts.add(`${String(offset).padStart(10, '0')} ${generation} n\r\n`)
    }
  }
  parts.add('trailer\n')
  const trailerAt = parts.add(
    `<<${trailerKeys(document, offsets)}/Size ${String(context.next())}>>`,
  )
  return { kind: 'table', sectionAt, trailerAt }
}

/** A cross-reference stream (7.5.8), uncompressed: fields of one, four and two bytes. */
function writeStream(context: SectionContext): Written {
  const { document, parts, offsets } = context
  const number = context.allocate()
  const sectionAt = parts.length()
  offsets.set(number, sectionAt)
  const runs = runsOf(offsets)
  const rows = runs.flat()
  const data = new Uint8Array(7 * rows.length)
  const view = new DataView(data.buffer)
  rows.forEach(([row, offset], index) => {
    view.setUint8(7 * index, 1)
    view.setUint32(7 * index + 1, offset)
    view.setUint16(7 * index + 5, generationOf(document, row))
  })
  const index = runs.map((run) => `${String(run[0]?.[0] ?? 0)} ${String(run.length)}`).join(' ')
  parts.add(`${String(number)} 0 obj\n`)
  const trailerAt = parts.add('<</Type/XRef/W[1 4 2]')
  parts.add(`/Index[${index}]/Length ${String(data.length)}${trailerKeys(document, offsets)}`)
  parts.add(`/Size ${String(context.next())}>>\nstream\n`)
  parts.add(data)
  parts.add('\nendstream\nendobj')
  return { kind: 'stream', sectionAt, trailerAt, number }
}

/** Object numbers with their offsets, in runs of consecutive numbers. */
function runsOf(offsets: ReadonlyMap<number, number>): [number, number][][] {
  const runs: [number, number][][] = []
  for (const pair of [...offsets].toSorted((a, b) => a[0] - b[0])) {
    const last = runs.at(-1)
    if (last?.at(-1)?.[0] === pair[0] - 1) last.push(pair)
    else runs.push([pair])
  }
  return runs
}

// What describes the old section itself and not the document.
const ownKeys = new Set(
  'Type W Index Length Filter DecodeParms F FFilter FDecodeParms DL Size Prev XRefStm ID'.split(
    ' ',
  ),
)

/** What the new trailer takes over, /Prev, and /ID with a fresh second part (14.4). */
function trailerKeys(document: PdfDocument, offsets: ReadonlyMap<number, number>): string {
  const { trailer, bytes } = document
  let text = ''
  for (const [key, value] of trailer.entries) {
    if (ownKeys.has(key)) continue
    text += `${nameText(key)} ${latin1(bytes.subarray(value.start, value.end))}`
  }
  text += `/Prev ${String(document.startxref.value)}`
  const id = document.resolve(trailer.entries.get('ID'))
  const first = id?.kind === 'array' ? document.resolve(id.items[0]) : undefined
  if (first?.kind !== 'string') return text
  const changing = [bytes.length, ...offsets].join(' ')
  const fresh = sha256(latin1Bytes(latin1(first.bytes) + changing)).subarray(0, 16)
  return `${text}/ID[${hexText(first.bytes)}${hexText(fresh)}]`
}

/** The range of a whole file whose last part is `added`. */
function fillByteRange(added: Uint8Array, baseLength: number, at: Signature): void {
  const after = at.contentsAt + 2 * at.contentsBytes + 2
  const rest = baseLength + added.length - after
  const text = `[0 ${String(at.contentsAt)} ${String(after)} ${String(rest)}]`
  added.set(latin1Bytes(text.padEnd(byteRangeWidth)), at.rangeAt - baseLength)
}

function stateAfter(
  options: WrittenSection & {
    readonly document: PdfDocument
    readonly bytes: Uint8Array
    readonly offsets: ReadonlyMap<number, number>
  },
): PdfDocument {
  const { document, bytes, offsets, kind, sectionAt, sectionEnd, number, tail } = options
  const entries = new Map<number, XrefEntry>()
  for (const [key, offset] of offsets) {
    entries.set(key, { type: 'offset', offset, generation: generationOf(document, key) })
  }
  const trailer: PdfDictionary = parseDictionary(
    cursorOn(bytes, options.trailerAt, document.limits),
  )
  const section: XrefSection = {
    kind,
    offset: sectionAt,
    span: { start: sectionAt, end: sectionEnd },
    entries,
    trailer,
    ...(number !== undefined && { number }),
  }
  return extendDocument(document, { bytes, section, startxref: { value: sectionAt, span: tail } })
}

/** A copy of a prepared PDF with `cms` in hexadecimal in its /Contents. `SEAL_PLACEHOLDER_TOO_SMALL` if it does not fit. */
export function fillContents(options: {
  readonly pdf: Uint8Array
  readonly cms: Uint8Array
  readonly placeholder: Placeholder
}): Uint8Array {
  const { pdf, cms, placeholder } = options
  const bytes = new Uint8Array(pdf)
  putContents(bytes, { cms, placeholder })
  return bytes
}

/** Writes `cms` into the /Contents of `bytes`, which begin at offset `from` of their file. `SEAL_PLACEHOLDER_TOO_SMALL`. */
export function putContents(
  bytes: Uint8Array,
  options: {
    readonly cms: Uint8Array
    readonly placeholder: Placeholder
    readonly from?: number
  },
): void {
  const { cms, placeholder, from = 0 } = options
  if (cms.length > placeholder.contentsBytes) {
    throw new ExchangeError('SEAL_PLACEHOLDER_TOO_SMALL', 'the signature does not fit its place', {
      details: { bytes: cms.length, room: placeholder.contentsBytes },
    })
  }
  putHex(bytes, cms, placeholder.contentsAt + 1 - from)
}

const hexDigits = latin1Bytes('0123456789abcdef')

function putHex(target: Uint8Array, bytes: Uint8Array, at: number): void {
  let to = at
  for (const byte of bytes) {
    target[to++] = hexDigits[byte >> 4] ?? 0
    target[to++] = hexDigits[byte & 15] ?? 0
  }
}

/**
 * Reads what can be read of any bytes, to say what is in a file that strict reading refuses; never to judge it, and never to seal it. Where the chain of
 * cross-references is broken it looks for the objects themselves, as most readers do (ISO 32000-1 Annex H.3, C.2), and says what it had to repair. Two programs
 * may repair differently: what stands here is one way to see the file.
 */
import { ExchangeError } from '../errors.ts'
import { decodeStream } from './decode.ts'
import { headerVersion, openSections, readPdf, type PdfDocument } from './document.ts'
import { expectDigits, findWord, isBoundary, isWhite, type Cursor } from './lexer.ts'
import { pdfLimits, type PdfLimits } from './limits.ts'
import { freshBudget } from './loader.ts'
import { dictionaryOf, integerOf, nameOf, type PdfDictionary, type Span } from './objects.ts'
import { cursorOn, parseDictionary, parseIndirect } from './parser.ts'
import { listRevisions } from './revisions.ts'
import type { Budget, XrefEntry } from './xref.ts'

/** What is wrong with a file, by kind. */
export type PdfDamageCode =
  /** No `%PDF-n.m` in the first 1024 bytes. */
  | 'HEADER_MISSING'
  /** Bytes before the header. */
  | 'HEADER_LATE'
  /** The file is larger than what is read here; nothing was read. */
  | 'TOO_LARGE'
  /** The chain of cross-references cannot be followed; the objects were looked for instead. */
  | 'XREF_BROKEN'
  /** The chain can be followed, but it leads to objects that are not there; they were looked for instead. */
  | 'XREF_WRONG'
  /** No trailer names a catalog; one was looked for. */
  | 'TRAILER_MISSING'
  /** There is no catalog. */
  | 'CATALOG_MISSING'
  /** Reading was given up at a bound. */
  | 'LIMIT_REACHED'

export interface PdfDamage {
  readonly code: PdfDamageCode
  /** Byte offset, where it can be told. */
  readonly at?: number
  /** For the operator; never text of the document. */
  readonly message: string
}

export interface ForensicReading {
  /** Undefined if there is no object at all. Its `object` and `resolve` answer undefined for what cannot be read. */
  readonly document?: PdfDocument
  /** Empty: strict reading takes the file too, as far as it was read. */
  readonly damage: readonly PdfDamage[]
  readonly encrypted: boolean
  /** Byte ranges that end with `%%EOF` each, oldest first: the revisions, as far as they can be told. Bytes behind the last belong to none. */
  readonly revisions: readonly Span[]
}

/** Reads any bytes. Never throws because of them. */
export function readPdfForensic(
  bytes: Uint8Array,
  limits: Partial<PdfLimits> = {},
): ForensicReading {
  const bounds = { ...pdfLimits, ...limits }
  if (bytes.length > bounds.maxFileBytes) {
    const message = `the file has ${String(bytes.length)} bytes`
    return { damage: [{ code: 'TOO_LARGE', message }], encrypted: false, revisions: [] }
  }
  const strict = orError(() => readStrictly(bytes, bounds))
  if (!(strict instanceof ExchangeError)) return { ...strict, damage: [], encrypted: false }
  const scan = scanObjects(bytes, bounds)
  const { trailer, isFound } = trailerOf(scan)
  const damage = [
    ...headerDamage(bytes),
    ...(strict.code === 'PDF_ENCRYPTED' ? [] : [damageOf(strict, bytes, bounds)]),
    ...(isFound ? [] : [{ code: 'TRAILER_MISSING' as const, message: 'no trailer' }]),
    ...(scan.isCut
      ? [{ code: 'LIMIT_REACHED' as const, message: 'too much to look through' }]
      : []),
  ]
  const encrypted = strict.code === 'PDF_ENCRYPTED' || trailer?.entries.has('Encrypt') === true
  const revisions = rangesByEnd(bytes, bounds)
  if (trailer === undefined || scan.entries.size === 0) {
    const none = { code: 'CATALOG_MISSING' as const, message: 'no object that could be a catalog' }
    return { damage: [...damage, none], encrypted, revisions }
  }
  const document = openScanned(bytes, bounds, { trailer, entries: scan.entries })
  return { document, damage, encrypted, revisions }
}

interface StrictReading {
  readonly document: PdfDocument
  readonly revisions: readonly Span[]
}

/** Strict reading up to the catalog; what lies behind that shows when it is read. */
function readStrictly(bytes: Uint8Array, limits: PdfLimits): StrictReading {
  const document = readPdf(bytes, limits)
  document.catalog()
  const revisions = listRevisions(document).revisions.map(({ start, end }) => ({ start, end }))
  return { document: quiet(document), revisions }
}

/** The document with `undefined` for objects that cannot be read. */
function quiet(document: PdfDocument): PdfDocument {
  const orNothing = <T>(step: () => T): T | undefined => {
    const found = orError(step)
    return found instanceof ExchangeError ? undefined : found
  }
  return {
    ...document,
    object: (number) => orNothing(() => document.object(number)),
    resolve: (value) => orNothing(() => document.resolve(value)),
  }
}

function orError<T>(step: () => T): T | ExchangeError {
  try {
    return step()
  } catch (error) {
    if (error instanceof ExchangeError) return error
    throw error
  }
}

function damageOf(error: ExchangeError, bytes: Uint8Array, limits: PdfLimits): PdfDamage {
  const { at } = error.details
  const isChainWell = !(orError(() => readPdf(bytes, limits)) instanceof ExchangeError)
  return {
    code: isChainWell ? 'XREF_WRONG' : 'XREF_BROKEN',
    ...(typeof at === 'number' && { at }),
    message: error.message,
  }
}

/** Readers take a header within the first 1024 bytes (ISO 32000-1 Annex H.3.4.1). */
function headerDamage(bytes: Uint8Array): PdfDamage[] {
  if (headerVersion(bytes) !== undefined) return []
  const [at] = findWord(bytes.subarray(0, 1024), '%PDF-', 1)
  if (at === undefined) return [{ code: 'HEADER_MISSING', message: 'no header' }]
  return [{ code: 'HEADER_LATE', at, message: 'bytes before the header, or a strange version' }]
}

interface Scan {
  /** The last object of each number; those in object streams where nothing else has the number. */
  readonly entries: ReadonlyMap<number, XrefEntry>
  /** Trailers and dictionaries of cross-reference streams, in the order of the file. */
  readonly trailers: readonly PdfDictionary[]
  /** Number and generation of the last dictionary that says it is a catalog. */
  readonly catalog: readonly [number: number, generation: number] | undefined
  /** A bound was reached. */
  readonly isCut: boolean
}

/** Looks for `n g obj` and `trailer` wherever they stand but inside the data of a stream that was read. */
function scanObjects(bytes: Uint8Array, limits: PdfLimits): Scan {
  const budget = freshBudget(bytes, limits)
  // Each object has the word twice.
  const words = findWord(bytes, 'obj', 2 * limits.maxObjects)
  const places = words.filter((at) => bytes[at - 1] !== endOf)
  const entries = new Map<number, XrefEntry>()
  const packed = new Map<number, XrefEntry>()
  const trailers: { readonly at: number; readonly dictionary: PdfDictionary }[] = []
  let catalog: Scan['catalog']
  let readTo = 0
  for (const at of places) {
    const head = at < readTo || budget.parsedBytes < 0 ? undefined : headBefore(bytes, at)
    if (head === undefined || head.number > limits.maxObjectNumber) continue
    const cursor = cursorOn(bytes, head.start, limits)
    const object = orError(() => parseIndirect(cursor, wrongLength, { lenient: true }))
    entries.set(head.number, { type: 'offset', offset: head.start, generation: head.generation })
    budget.parsedBytes -= cursor.at - head.start
    if (object instanceof ExchangeError) continue
    readTo = cursor.at
    const dictionary = dictionaryOf(object.value)
    const type = nameOf(dictionary?.entries.get('Type'))
    if (type === 'Catalog') catalog = [object.number, object.generation]
    if (dictionary === undefined || object.value.kind !== 'stream') continue
    budget.parsedBytes += object.value.data.end - object.value.data.start
    if (type === 'XRef') trailers.push({ at: head.start, dictionary })
    if (type === 'ObjStm') {
      const raw = bytes.subarray(object.value.data.start, object.value.data.end)
      listPacked({ raw, dictionary, number: head.number, limits, budget, packed })
    }
  }
  for (const [number, entry] of packed) if (!entries.has(number)) entries.set(number, entry)
  trailers.push(...findTrailers(bytes, limits, budget))
  return {
    entries,
    trailers: trailers.toSorted((a, b) => a.at - b.at).map(({ dictionary }) => dictionary),
    catalog,
    isCut:
      words.length >= 2 * limits.maxObjects || budget.parsedBytes < 0 || budget.decodedBytes <= 0,
  }
}

/** The `d` of `endobj` before `obj`. */
const endOf = 0x64

/** Not needed: a length by reference is taken as unknown, and the stream ends where `endstream` stands. */
function wrongLength(): number {
  return -1
}

/** `n g` before the word `obj`. */
function headBefore(
  bytes: Uint8Array,
  at: number,
): { readonly number: number; readonly generation: number; readonly start: number } | undefined {
  const generation = digitsBefore(bytes, at)
  const number = generation && digitsBefore(bytes, generation.start)
  return number && isBoundary(bytes[number.start - 1])
    ? { number: number.value, generation: generation.value, start: number.start }
    : undefined
}

/** Digits, then white space, before a place. */
function digitsBefore(
  bytes: Uint8Array,
  before: number,
): { readonly value: number; readonly start: number } | undefined {
  let end = before
  while (before - end < 16 && isWhite(bytes[end - 1])) end--
  let start = end
  while (end - start < 10 && isDigit(bytes[start - 1])) start--
  if (start === end || end === before) return undefined
  let value = 0
  for (let at = start; at < end; at++) value = value * 10 + (bytes[at] ?? 48) - 48
  return { value, start }
}

const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= 48 && byte <= 57

/** The numbers in an object stream (7.5.7); what cannot be unpacked lists nothing. */
function listPacked(options: {
  readonly raw: Uint8Array
  readonly dictionary: PdfDictionary
  readonly number: number
  readonly limits: PdfLimits
  readonly budget: Budget
  readonly packed: Map<number, XrefEntry>
}): void {
  const { raw, dictionary, number, limits, budget, packed } = options
  const maxBytes = Math.min(limits.maxDecodedBytes, budget.decodedBytes)
  const decoded = orError(() => decodeStream({ raw, dictionary, maxBytes }))
  const count = integerOf(dictionary.entries.get('N')) ?? 0
  if (decoded instanceof ExchangeError) return
  budget.decodedBytes -= decoded.length
  const cursor: Cursor = cursorOn(decoded, 0, limits)
  for (let index = 0; index < count && packed.size < limits.maxObjects; index++) {
    const pair = orError(() => [
      expectDigits(cursor, 'an object number'),
      expectDigits(cursor, 'an offset'),
    ])
    if (pair instanceof ExchangeError) return
    packed.set(pair[0] ?? 0, { type: 'compressed', stream: number, index })
  }
}

function findTrailers(
  bytes: Uint8Array,
  limits: PdfLimits,
  budget: Budget,
): { readonly at: number; readonly dictionary: PdfDictionary }[] {
  return findWord(bytes, 'trailer', limits.maxRevisions).flatMap((at) => {
    if (budget.parsedBytes < 0) return []
    const cursor = cursorOn(bytes, at + 'trailer'.length, limits)
    const dictionary = orError(() => parseDictionary(cursor))
    budget.parsedBytes -= cursor.at - at
    return dictionary instanceof ExchangeError ? [] : [{ at, dictionary }]
  })
}

/** The last trailer that names a catalog, or one made up for the last catalog. */
function trailerOf({ trailers, catalog }: Scan): {
  readonly trailer?: PdfDictionary
  readonly isFound: boolean
} {
  const trailer = trailers.findLast(({ entries }) => entries.get('Root')?.kind === 'reference')
  if (trailer !== undefined) return { trailer, isFound: true }
  if (catalog === undefined) return { isFound: false }
  const [number, generation] = catalog
  const root = { kind: 'reference', number, generation, start: 0, end: 0 } as const
  return {
    trailer: { kind: 'dictionary', entries: new Map([['Root', root]]), start: 0, end: 0 },
    isFound: false,
  }
}

function openScanned(
  bytes: Uint8Array,
  limits: PdfLimits,
  { trailer, entries }: Pick<Scan, 'entries'> & { readonly trailer: PdfDictionary },
): PdfDocument {
  const whole = { start: 0, end: bytes.length }
  return quiet(
    openSections({
      bytes,
      limits,
      version: headerVersion(bytes) ?? '',
      sections: [{ kind: 'table', offset: 0, span: whole, entries, trailer }],
      startxref: { value: 0, span: { start: bytes.length, end: bytes.length } },
      lenient: true,
    }),
  )
}

/** Ranges up to each `%%EOF` with its end of line. */
function rangesByEnd(bytes: Uint8Array, limits: PdfLimits): Span[] {
  let start = 0
  return findWord(bytes, '%%EOF', limits.maxRevisions).map((at) => {
    let end = at + '%%EOF'.length
    if (bytes[end] === 13) end++
    if (bytes[end] === 10) end++
    const range = { start, end }
    start = end
    return range
  })
}

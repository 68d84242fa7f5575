/**
 * A PDF opened for reading (ISO 32000-1 7.5): header, chain of cross-reference sections, objects on demand. Strict and without repair: what is not
 * well formed is `PDF_MALFORMED` with the place, what is encrypted is `PDF_ENCRYPTED`. Objects are parsed when first asked for, so opening is cheap and
 * a defect in an object shows only when it is reached; `inspect.ts` reaches all. Pages are in `pages.ts`, revisions in `revisions.ts`.
 */
import { ExchangeError } from '../errors.ts'
import { decodeStream } from './decode.ts'
import { expectDigits, malformed, type Cursor } from './lexer.ts'
import { pdfLimits, type PdfLimits } from './limits.ts'
import {
  dictionaryOf,
  integerOf,
  latin1,
  nameOf,
  type IndirectObject,
  type PdfDictionary,
  type PdfReference,
  type PdfStream,
  type PdfValue,
  type Span,
} from './objects.ts'
import { cursorOn, parseIndirect, parseObject } from './parser.ts'
import {
  readStartxref,
  readXrefChain,
  type Budget,
  type XrefEntry,
  type XrefSection,
} from './xref.ts'

/** An opened PDF. All methods throw `PDF_MALFORMED` where the file is damaged. */
export interface PdfDocument {
  /** The whole file; not copied, so it must not be changed while the document is used. */
  readonly bytes: Uint8Array
  readonly limits: PdfLimits
  /** Of the header, `1.7`. */
  readonly version: string
  /** Cross-reference sections, oldest first. */
  readonly sections: readonly XrefSection[]
  /** Trailer (or cross-reference stream dictionary) of the newest section. */
  readonly trailer: PdfDictionary
  /** The last `startxref` with its value. */
  readonly startxref: { readonly value: number; readonly span: Span }
  /** One more than the highest object number ever listed. */
  readonly size: number
  /** Where the object stands in the newest state; undefined if no section lists it. */
  entry(number: number): XrefEntry | undefined
  /** All numbers listed in any section, in use or free, unordered. */
  numbers(): Iterable<number>
  /** The object, or undefined if it is free or not listed: the null object (7.3.10). */
  object(number: number): IndirectObject | undefined
  /** What a reference leads to at last; anything else is answered as it is. */
  resolve(value: PdfValue | undefined): PdfValue | undefined
  /** The catalog (7.7.2) as a numbered object, its value a dictionary. */
  catalog(): IndirectObject & { readonly value: PdfDictionary }
}

/**
 * Opens a PDF. `PDF_TOO_LARGE` above `maxFileBytes`; `PDF_MALFORMED` for what is no PDF or damaged; `PDF_ENCRYPTED`.
 */
export function readPdf(bytes: Uint8Array, limits: Partial<PdfLimits> = {}): PdfDocument {
  const bounds = { ...pdfLimits, ...limits }
  if (bytes.length > bounds.maxFileBytes) {
    throw new ExchangeError('PDF_TOO_LARGE', 'the file is larger than a PDF may be here', {
      details: { bytes: bytes.length, maxBytes: bounds.maxFileBytes },
    })
  }
  const version = headerVersion(bytes)
  if (version === undefined) throw malformed('not a PDF: no header', 0)
  const budget = freshBudget(bytes, bounds)
  const startxref = readStartxref(bytes, bounds)
  const chain = readXrefChain(bytes, startxref.value, { limits: bounds, budget })
  for (const { trailer } of chain) {
    if (trailer.entries.has('Encrypt')) {
      throw new ExchangeError('PDF_ENCRYPTED', 'the PDF is encrypted')
    }
  }
  return openSections({
    bytes,
    limits: bounds,
    version,
    sections: chain.reverse(),
    startxref,
    budget,
  })
}

/** Version in the header `%PDF-n.m` at the first byte (7.5.2), or undefined if there is none. */
export function headerVersion(bytes: Uint8Array): string | undefined {
  return /^%PDF-([12]\.\d)[\r\n \t%]/.exec(latin1(bytes.subarray(0, 10)))?.[1]
}

/** What reading a file of these bytes may cost. */
export function freshBudget(bytes: Uint8Array, limits: PdfLimits): Budget {
  return {
    decodedBytes: limits.maxDecodedBytesInAll,
    objects: limits.maxObjects,
    parsedBytes: parsedPerByte * bytes.length + parsedBesides,
  }
}

/** Honest objects do not overlap, so a few times the file is enough to read it; a file of objects inside each other needs a thousandfold. */
const parsedPerByte = 4
const parsedBesides = 1024 * 1024

/** What `openSections` starts from. */
export interface Opening {
  readonly bytes: Uint8Array
  readonly limits: PdfLimits
  readonly version: string
  /** Oldest first, at least one. */
  readonly sections: readonly XrefSection[]
  readonly startxref: { readonly value: number; readonly span: Span }
  readonly budget?: Budget
}

/** A document over sections that are read already: the newest state, or the state after an older revision. */
export function openSections(opening: Opening): PdfDocument {
  const entries = new Map<number, XrefEntry>()
  for (const section of opening.sections) {
    for (const [number, entry] of section.entries) entries.set(number, entry)
  }
  let highest = 0
  for (const number of entries.keys()) highest = Math.max(highest, number)
  return build(opening, {
    entry: (number) => entries.get(number),
    numbers: () => entries.keys(),
    inherited: () => undefined,
    size: highest + 1,
  })
}

/**
 * The document after an update was appended to it: `bytes` has the old file as its prefix and `section` is the new section. Nothing is read again;
 * objects that the section does not list come from `document` with their spans, which stay right.
 */
export function extendDocument(
  document: PdfDocument,
  update: {
    readonly bytes: Uint8Array
    readonly section: XrefSection
    readonly startxref: { readonly value: number; readonly span: Span }
  },
): PdfDocument {
  const { section } = update
  let highest = document.size - 1
  for (const number of section.entries.keys()) highest = Math.max(highest, number)
  return build(
    {
      bytes: update.bytes,
      limits: document.limits,
      version: document.version,
      sections: [...document.sections, section],
      startxref: update.startxref,
    },
    {
      entry: (number) => section.entries.get(number) ?? document.entry(number),
      numbers: () => new Set([...document.numbers(), ...section.entries.keys()]),
      inherited: (number) => (section.entries.has(number) ? undefined : document),
      size: highest + 1,
    },
  )
}

interface Index {
  readonly entry: PdfDocument['entry']
  readonly numbers: PdfDocument['numbers']
  /** The older document that has already read this object. */
  readonly inherited: (number: number) => PdfDocument | undefined
  readonly size: number
}

function build(opening: Opening, index: Index): PdfDocument {
  const { bytes, limits, sections, startxref } = opening
  const newest = sections.at(-1)
  if (newest === undefined) throw malformed('no cross-reference section', 0)
  const loader = createLoader({ ...opening, entry: index.entry })
  const document: PdfDocument = {
    bytes,
    limits,
    version: opening.version,
    sections,
    trailer: newest.trailer,
    startxref,
    size: index.size,
    entry: index.entry,
    numbers: index.numbers,
    object: (number) => (index.inherited(number) ?? loader).object(number),
    resolve: (value) => resolveWith(document, value),
    catalog: () => catalogOf(document),
  }
  return document
}

function resolveWith(document: PdfDocument, value: PdfValue | undefined): PdfValue | undefined {
  let current = value
  for (let hops = 0; current?.kind === 'reference'; hops++) {
    if (hops >= document.limits.maxReferenceHops) {
      throw malformed('references that lead nowhere', current.start)
    }
    const { number, generation }: PdfReference = current
    const object = document.object(number)
    if (object !== undefined && object.generation !== generation) {
      throw malformed(
        `a reference to another generation of object ${String(number)}`,
        current.start,
      )
    }
    current = object?.value
  }
  return current?.kind === 'null' ? undefined : current
}

function catalogOf(document: PdfDocument): IndirectObject & { value: PdfDictionary } {
  const root = document.trailer.entries.get('Root')
  if (root?.kind !== 'reference') throw malformed('a trailer without /Root', document.trailer.start)
  document.resolve(root)
  const object = document.object(root.number)
  if (
    object?.value.kind !== 'dictionary' ||
    nameOf(object.value.entries.get('Type')) !== 'Catalog'
  ) {
    throw malformed('/Root is not a catalog', document.trailer.start)
  }
  return { ...object, value: object.value }
}

/** A stream may need its length, that may need an object stream, and that its length. */
const maxNeeds = 8

/** Reads objects by number. */
export interface Loader {
  object(number: number): IndirectObject | undefined
}

/** Reads objects at the places that `entry` answers, each once. */
export function createLoader(
  options: Opening & { readonly entry: (number: number) => XrefEntry | undefined },
): Loader {
  const { bytes, limits, entry } = options
  const budget = options.budget ?? freshBudget(bytes, limits)
  const read = new Map<number, IndirectObject>()
  const containers = new Map<number, Container>()
  const busy = new Set<number>()

  const object = (number: number): IndirectObject | undefined => {
    const known = read.get(number)
    if (known !== undefined) return known
    const place = entry(number)
    if (place === undefined || place.type === 'free') return undefined
    if (busy.has(number) || busy.size > maxNeeds) {
      throw malformed(`object ${String(number)} needs itself`, 0)
    }
    busy.add(number)
    try {
      const found = place.type === 'offset' ? atOffset(number, place) : inContainer(number, place)
      read.set(number, found)
      return found
    } finally {
      busy.delete(number)
    }
  }

  const afford = (at: number): void => {
    if (budget.parsedBytes < 0) throw malformed('objects lie inside each other', at)
  }

  const atOffset = (number: number, place: XrefEntry & { type: 'offset' }): IndirectObject => {
    const end = options.startxref.span.end
    if (place.offset >= end) throw malformed(`object ${String(number)} lies outside`, place.offset)
    afford(place.offset)
    const cursor = { bytes, at: place.offset, limits, end }
    const lengthOf = (reference: PdfReference): number => {
      const length = integerOf(object(reference.number)?.value)
      if (length === undefined || length < 0) throw malformed('a wrong /Length', reference.start)
      return length
    }
    const found = charged(budget, cursor, () => parseIndirect(cursor, lengthOf, number))
    // The data of a stream is skipped, not read.
    if (found.value.kind === 'stream') {
      budget.parsedBytes += found.value.data.end - found.value.data.start
    }
    if (found.number !== number || found.generation !== place.generation) {
      throw malformed(`object ${String(number)} is not where the table says`, place.offset)
    }
    return found
  }

  const inContainer = (
    number: number,
    place: XrefEntry & { type: 'compressed' },
  ): IndirectObject => {
    const container = containers.get(place.stream) ?? openContainer(place.stream)
    containers.set(place.stream, container)
    const slot = container.slots[place.index]
    if (slot?.number !== number) {
      throw malformed(`object ${String(number)} is not in its object stream`, container.at)
    }
    const source = container.decoded
    afford(container.at)
    const cursor = cursorOn(source, slot.offset, limits)
    const value = charged(budget, cursor, () => parseObject(cursor))
    const span = { start: value.start, end: value.end }
    return { number, generation: 0, value, source, span, container: place.stream }
  }

  const openContainer = (number: number): Container => {
    const holder = entry(number)?.type === 'offset' ? object(number) : undefined
    if (holder?.value.kind !== 'stream') throw malformed('no such object stream', 0)
    const maxBytes = Math.min(limits.maxDecodedBytes, budget.decodedBytes)
    const container = readContainer({ bytes, stream: holder.value, maxBytes, limits })
    budget.decodedBytes -= container.decoded.length
    budget.parsedBytes += parsedPerByte * container.decoded.length
    return container
  }

  return { object }
}

/** Parsing that is paid for, whether it succeeds or not. */
function charged<T>(budget: Budget, cursor: Cursor, parse: () => T): T {
  const start = cursor.at
  try {
    return parse()
  } finally {
    budget.parsedBytes -= cursor.at - start
  }
}

/** An object stream, decoded, with the places of its objects (7.5.7). */
interface Container {
  readonly decoded: Uint8Array
  readonly slots: readonly { readonly number: number; readonly offset: number }[]
  readonly at: number
}

function readContainer(options: {
  readonly bytes: Uint8Array
  readonly stream: PdfStream
  readonly maxBytes: number
  readonly limits: PdfLimits
}): Container {
  const { bytes, stream, maxBytes, limits } = options
  const { dictionary } = stream
  const at = stream.start
  const count = integerOf(dictionary.entries.get('N')) ?? -1
  const first = integerOf(dictionary.entries.get('First')) ?? -1
  if (nameOf(dictionary.entries.get('Type')) !== 'ObjStm' || count < 0 || count > limits.maxItems) {
    throw malformed('not an object stream', at)
  }
  const raw = bytes.subarray(stream.data.start, stream.data.end)
  const decoded = decodeStream({ raw, dictionary, maxBytes })
  if (first < 0 || first > decoded.length) throw malformed('a wrong /First', at)
  const cursor = { bytes: decoded, at: 0, limits, end: first }
  const slots: { number: number; offset: number }[] = []
  for (let index = 0; index < count; index++) {
    const number = expectDigits(cursor, 'an object number in an object stream')
    const offset = first + expectDigits(cursor, 'an offset in an object stream')
    slots.push({ number, offset })
  }
  return { decoded, slots, at }
}

/** The bytes of a stream as they stand in the file. */
export function rawStream(document: PdfDocument, stream: PdfStream): Uint8Array {
  return document.bytes.subarray(stream.data.start, stream.data.end)
}

/** The dictionary (or a stream's) that `value` is or leads to. */
export function dictionaryAt(
  document: PdfDocument,
  value: PdfValue | undefined,
): PdfDictionary | undefined {
  return dictionaryOf(document.resolve(value))
}

/**
 * A PDF opened for reading (ISO 32000-1 7.5): header, chain of cross-reference sections, objects on demand. Strict and without repair: what is not
 * well formed is `PDF_MALFORMED` with the place, what is encrypted is `PDF_ENCRYPTED`. Objects are parsed when first asked for, so opening is cheap and
 * a defect in an object shows only when it is reached; `inspect.ts` reaches all. Pages are in `pages.ts`, revisions in `revisions.ts`.
 */
import { ExchangeError } from '../errors.ts'
import { malformed } from './lexer.ts'
import { pdfLimits, type PdfLimits } from './limits.ts'
import { createLoader, freshBudget, type Opening } from './loader.ts'
import {
  dictionaryOf,
  latin1,
  nameOf,
  type IndirectObject,
  type PdfDictionary,
  type PdfReference,
  type PdfStream,
  type PdfValue,
  type Span,
} from './objects.ts'
import { readStartxref, readXrefChain, type XrefEntry, type XrefSection } from './xref.ts'

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
 * Opens a PDF. `budget` bounds its reading together with other readings. `PDF_TOO_LARGE` above `maxFileBytes`; `PDF_MALFORMED` for what is no PDF or damaged; `PDF_ENCRYPTED`.
 */
export function readPdf(
  bytes: Uint8Array,
  limits: Partial<PdfLimits> = {},
  budget = freshBudget(bytes, { ...pdfLimits, ...limits }),
): PdfDocument {
  const bounds = { ...pdfLimits, ...limits }
  if (bytes.length > bounds.maxFileBytes) {
    throw new ExchangeError('PDF_TOO_LARGE', 'the file is larger than a PDF may be here', {
      details: { bytes: bytes.length, maxBytes: bounds.maxFileBytes },
    })
  }
  const version = headerVersion(bytes)
  if (version === undefined) throw malformed('not a PDF: no header', 0)
  const startxref = readStartxref(bytes, bounds)
  const chain = readXrefChain(bytes, startxref.value, { limits: bounds, budget })
  for (const { trailer } of chain) {
    // Null counts as absent (7.3.7).
    if ((trailer.entries.get('Encrypt')?.kind ?? 'null') !== 'null') {
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

/** A document over sections that are read already: the newest state, or the state after an older revision. */
export function openSections(opening: Opening): PdfDocument {
  const entries = new Map<number, XrefEntry>()
  for (const section of opening.sections) {
    for (const [number, entry] of section.entries) entries.set(number, entry)
  }
  let highest = 0
  for (const number of entries.keys()) highest = Math.max(highest, number)
  return documentOver(opening, {
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
  return documentOver(
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

/** Where the objects of a state stand, and which of them an older state has read. */
export interface StateIndex {
  readonly entry: PdfDocument['entry']
  readonly numbers: PdfDocument['numbers']
  /** The older document that has already read this object. */
  readonly inherited: (number: number) => PdfDocument | undefined
  readonly size: number
}

/** A document over an index of its own. */
export function documentOver(opening: Opening, index: StateIndex): PdfDocument {
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

/**
 * Reads cross-reference sections (ISO 32000-1 7.5.4, 7.5.8): tables, streams, hybrids, and the chain that /Prev makes of them. Says where objects
 * stand, reads none. Strict: no repair, no search for lost objects; `PDF_MALFORMED` with the place.
 */
import { decodeStream } from './decode.ts'
import {
  expectDigits,
  expectKeyword,
  isWhite,
  looksAt,
  malformed,
  peek,
  skipWhite,
  takeKeyword,
  type Cursor,
} from './lexer.ts'
import type { PdfLimits } from './limits.ts'
import { integerOf, nameOf, type PdfDictionary, type Span } from './objects.ts'
import { cursorOn, parseDictionary, parseIndirect } from './parser.ts'

/** Where one object stands. */
export type XrefEntry =
  | { readonly type: 'free'; readonly generation: number }
  | { readonly type: 'offset'; readonly offset: number; readonly generation: number }
  | { readonly type: 'compressed'; readonly stream: number; readonly index: number }

/** How a section is written; a hybrid is a table whose trailer names an additional stream (/XRefStm). */
export type XrefKind = 'table' | 'stream' | 'hybrid'

/** One cross-reference section. */
export interface XrefSection {
  readonly kind: XrefKind
  /** Where it begins; what `startxref` or /Prev names. */
  readonly offset: number
  /** From its first byte to the end of the trailer dictionary, or of the stream's `endobj`. */
  readonly span: Span
  readonly entries: ReadonlyMap<number, XrefEntry>
  /** The trailer, or the dictionary of the stream. */
  readonly trailer: PdfDictionary
  /** Of a hybrid, the stream besides. */
  readonly besides?: Span
  /** Of a hybrid, how many entries its table itself has. */
  readonly tableEntries?: number
  /** Object number of a cross-reference stream. */
  readonly number?: number
  /** Of a hybrid, objects to which table and stream give different places: programs differ in which they take. */
  readonly conflicts?: readonly number[]
}

/** What reading one file may cost in all; counted down. */
export interface Budget {
  decodedBytes: number
  objects: number
  /** Bytes of syntax read. */
  parsedBytes: number
}

/** Reads the chain of sections from the one at `offset`, newest first. A loop or too long a chain is refused. */
export function readXrefChain(
  bytes: Uint8Array,
  offset: number,
  context: { readonly limits: PdfLimits; readonly budget: Budget },
): XrefSection[] {
  const sections: XrefSection[] = []
  const seen = new Set<number>()
  let next: number | undefined = offset
  while (next !== undefined) {
    if (seen.has(next)) throw malformed('the chain of revisions is a loop', next)
    if (sections.length >= context.limits.maxRevisions) throw malformed('too many revisions', next)
    seen.add(next)
    const section: XrefSection = readSection(bytes, next, context)
    context.budget.parsedBytes -= section.span.end - section.span.start
    if (context.budget.parsedBytes < 0) throw malformed('sections lie inside each other', next)
    sections.push(section)
    next = offsetIn(section.trailer, 'Prev')
  }
  return sections
}

/** Reads the section at `offset`. */
function readSection(
  bytes: Uint8Array,
  offset: number,
  context: { readonly limits: PdfLimits; readonly budget: Budget },
): XrefSection {
  if (offset >= bytes.length) throw malformed('startxref or /Prev points beyond the file', offset)
  const cursor = cursorOn(bytes, offset, context.limits)
  // Several signing programs name the end of line before the section; every reader takes it.
  while (isWhite(peek(cursor))) cursor.at++
  if (!looksAt(cursor, 'xref')) return { ...readXrefStream(cursor, context), offset }
  const entries = new Map<number, XrefEntry>()
  cursor.at += 'xref'.length
  readTable(cursor, entries, context.budget)
  const trailer = parseDictionary(cursor)
  const span = { start: offset, end: cursor.at }
  const besidesAt = offsetIn(trailer, 'XRefStm')
  if (besidesAt === undefined) return { kind: 'table', offset, span, entries, trailer }
  const tableEntries = entries.size
  if (besidesAt >= bytes.length) throw malformed('/XRefStm points beyond the file', offset)
  const besides = readXrefStream(cursorOn(bytes, besidesAt, context.limits), context)
  // 7.5.8.4: the stream tells of objects that the table leaves out or hides as free.
  const conflicts: number[] = []
  for (const [number, entry] of besides.entries) {
    const known = entries.get(number)
    if (known === undefined || known.type === 'free') entries.set(number, entry)
    else if (entry.type !== 'free' && !isSamePlace(known, entry)) conflicts.push(number)
  }
  return {
    kind: 'hybrid',
    offset,
    span,
    entries,
    trailer,
    besides: besides.span,
    tableEntries,
    ...(conflicts.length > 0 && { conflicts }),
  }
}

/** Whether two entries name the same place. */
export function isSamePlace(a: XrefEntry, b: XrefEntry): boolean {
  if (a.type === 'free') return b.type === 'free'
  if (a.type === 'offset') {
    return b.type === 'offset' && a.offset === b.offset && a.generation === b.generation
  }
  return b.type === 'compressed' && a.stream === b.stream && a.index === b.index
}

/** Subsections of a table up to and with the word `trailer`. */
function readTable(cursor: Cursor, entries: Map<number, XrefEntry>, budget: Budget): void {
  for (;;) {
    skipWhite(cursor)
    if (takeKeyword(cursor, 'trailer')) return
    const first = expectDigits(cursor, 'the first object number of a subsection')
    const count = expectDigits(cursor, 'the length of a subsection')
    checkRange(first, count, cursor)
    for (let number = first; number < first + count; number++) {
      setEntry({ entries, number, entry: readTableEntry(cursor), budget, at: cursor.at })
    }
  }
}

function readTableEntry(cursor: Cursor): XrefEntry {
  const offset = expectDigits(cursor, 'an offset')
  const generation = expectDigits(cursor, 'a generation number')
  skipWhite(cursor)
  // No object can stand on the header: offset 0 is how some programs write "unused".
  if (takeKeyword(cursor, 'n')) {
    return offset === 0 ? { type: 'free', generation } : { type: 'offset', offset, generation }
  }
  if (takeKeyword(cursor, 'f')) return { type: 'free', generation }
  throw malformed('a cross-reference entry is neither n nor f', cursor.at)
}

/** A cross-reference stream (7.5.8.2). */
function readXrefStream(
  cursor: Cursor,
  context: { readonly limits: PdfLimits; readonly budget: Budget },
): XrefSection {
  const offset = cursor.at
  if (peek(cursor) === undefined) throw malformed('no cross-reference section', offset)
  const { value, span, number } = parseIndirect(cursor, (reference) => {
    throw malformed('the /Length of a cross-reference stream is a reference', reference.start)
  })
  if (value.kind !== 'stream' || nameOf(value.dictionary.entries.get('Type')) !== 'XRef') {
    throw malformed('no cross-reference section', offset)
  }
  const trailer = value.dictionary
  const { budget, limits } = context
  const maxBytes = Math.min(limits.maxDecodedBytes, budget.decodedBytes)
  const raw = cursor.bytes.subarray(value.data.start, value.data.end)
  const rows = decodeStream({ raw, dictionary: trailer, maxBytes })
  budget.decodedBytes -= rows.length
  const entries = new Map<number, XrefEntry>()
  readRows({ rows, trailer, entries, cursor, budget })
  return {
    kind: 'stream',
    offset,
    span: { start: offset, end: span.end },
    entries,
    trailer,
    number,
  }
}

function readRows(options: {
  readonly rows: Uint8Array
  readonly trailer: PdfDictionary
  readonly entries: Map<number, XrefEntry>
  readonly cursor: Cursor
  readonly budget: Budget
}): void {
  const { rows, trailer, entries, cursor, budget } = options
  const at = trailer.start
  const [typeWidth = 0, secondWidth = 0, thirdWidth = 0] = widthsOf(trailer)
  const width = typeWidth + secondWidth + thirdWidth
  let row = 0
  const field = (size: number): number => {
    let value = 0
    for (const stop = row + size; row < stop; row++) value = value * 256 + (rows[row] ?? 0)
    return value
  }
  for (const [first, count] of subsectionsOf(trailer)) {
    checkRange(first, count, cursor)
    if (row + count * width > rows.length) throw malformed('a cross-reference stream is short', at)
    for (let number = first; number < first + count; number++) {
      const type = typeWidth === 0 ? 1 : field(typeWidth)
      const second = field(secondWidth)
      const third = field(thirdWidth)
      setEntry({ entries, number, entry: rowEntry(type, second, third), budget, at })
    }
  }
}

/** Table 18; an unknown type counts as a reference to the null object. */
function rowEntry(type: number, second: number, third: number): XrefEntry {
  if (type === 1) return { type: 'offset', offset: second, generation: third }
  if (type === 2) return { type: 'compressed', stream: second, index: third }
  return { type: 'free', generation: type === 0 ? third : 0 }
}

function widthsOf(trailer: PdfDictionary): number[] {
  const object = trailer.entries.get('W')
  const widths = object?.kind === 'array' ? object.items.map(integerOf) : []
  const good = widths.filter((width) => width !== undefined && width >= 0 && width <= 8)
  if (good.length !== 3 || widths.length !== 3) throw malformed('a wrong /W', trailer.start)
  const known = good.map(Number)
  if (known[1] === 0) throw malformed('a wrong /W', trailer.start)
  return known
}

function subsectionsOf(trailer: PdfDictionary): [number, number][] {
  const size = integerOf(trailer.entries.get('Size'))
  if (size === undefined) throw malformed('a trailer without /Size', trailer.start)
  const object = trailer.entries.get('Index')
  if (object === undefined) return [[0, size]]
  const numbers = object.kind === 'array' ? object.items.map(integerOf) : []
  const pairs: [number, number][] = []
  for (let at = 0; at < numbers.length; at += 2)
    pairs.push([numbers[at] ?? -1, numbers[at + 1] ?? -1])
  if (pairs.length === 0) throw malformed('a wrong /Index', trailer.start)
  return pairs
}

function checkRange(first: number, count: number, cursor: Cursor): void {
  const { maxObjectNumber, maxObjects } = cursor.limits
  if (first < 0 || count < 0 || first + count > maxObjectNumber || count > maxObjects) {
    throw malformed('a subsection beyond all bounds', cursor.at)
  }
}

/** An object number that stands twice in one section is refused: readers differ in which they take. */
function setEntry(options: {
  readonly entries: Map<number, XrefEntry>
  readonly number: number
  readonly entry: XrefEntry
  readonly budget: Budget
  readonly at: number
}): void {
  const { entries, number, entry, budget, at } = options
  if (--budget.objects < 0) throw malformed('too many objects', at)
  if (entries.has(number)) throw malformed(`object ${String(number)} is listed twice`, at)
  entries.set(number, entry)
}

function offsetIn(trailer: PdfDictionary, key: string): number | undefined {
  const object = trailer.entries.get(key)
  if (object === undefined) return undefined
  const value = integerOf(object)
  if (value === undefined || value < 0) throw malformed(`a wrong /${key}`, trailer.start)
  return value
}

/** The last `startxref` of the file: its value, and the bytes from the keyword to the end of `%%EOF` and its end of line. */
export function readStartxref(
  bytes: Uint8Array,
  limits: PdfLimits,
): { readonly value: number; readonly span: Span } {
  const word = 'startxref'
  const lowest = Math.max(0, bytes.length - tailBytes)
  for (let at = bytes.length - word.length; at >= lowest; at--) {
    if (bytes[at] !== 0x73) continue
    const cursor = cursorOn(bytes, at, limits)
    if (looksAt(cursor, word)) return readTail(cursor)
  }
  throw malformed('no startxref at the end', bytes.length)
}

/** How far from the end the last `startxref` is looked for (ISO 32000-1 Annex H, note 18 says 1024). */
const tailBytes = 2048

/** Reads `startxref`, its number, `%%EOF` and one end of line at the cursor. */
export function readTail(cursor: Cursor): { readonly value: number; readonly span: Span } {
  const start = cursor.at
  expectKeyword(cursor, 'startxref')
  const value = expectDigits(cursor, 'an offset after startxref')
  // Not skipWhite: %%EOF would count as a comment.
  while (peek(cursor) === 13 || peek(cursor) === 10 || peek(cursor) === 32) cursor.at++
  if (!looksAt(cursor, '%%EOF')) throw malformed('no %%EOF after startxref', cursor.at)
  cursor.at += '%%EOF'.length
  if (looksAt(cursor, '\r\n')) cursor.at += 2
  else if (peek(cursor) === 10 || peek(cursor) === 13) cursor.at++
  return { value, span: { start, end: cursor.at } }
}

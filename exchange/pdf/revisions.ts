/**
 * The revisions of a PDF (ISO 32000-1 7.5.6): which bytes each one added, which objects it (re)defined, and what does not fit. Judges nothing: a verifier
 * decides what a problem means. The two sections of a
 * linearized file (Annex F) are one revision, and so are those of the hybrids that office programs write.
 */
import { openSections, type PdfDocument } from './document.ts'
import { isWhite } from './lexer.ts'
import type { Span } from './objects.ts'
import { cursorOn, parseIndirect } from './parser.ts'
import {
  isSamePlace,
  readTail,
  type Budget,
  type XrefEntry,
  type XrefKind,
  type XrefSection,
} from './xref.ts'
import { ExchangeError } from '../errors.ts'

/** What a revision says of one object: new place, or freed. */
export interface RevisionObject {
  readonly number: number
  readonly entry: XrefEntry
  /** It was in use before this revision. */
  readonly redefined: boolean
}

export interface PdfRevision {
  /** From 0, the oldest. */
  readonly index: number
  /** Bytes this revision added: from the end of the one before (or 0) to after its `%%EOF` and one end of line. */
  readonly start: number
  readonly end: number
  /** Value of its `startxref`. */
  readonly startxref: number
  readonly kind: XrefKind
  /** Its sections, oldest first; two of a linearized file, else one. */
  readonly sections: readonly XrefSection[]
  /** From `startxref` to `end`. */
  readonly tail: Span
  /** Objects whose entry differs from the state before, by number. Entries repeated unchanged are left out. */
  readonly objects: ReadonlyMap<number, RevisionObject>
}

export type RevisionProblemCode =
  /** A section is not followed by its own `startxref` and `%%EOF`. */
  | 'REVISION_WITHOUT_END'
  /** `startxref` after a section names another place. */
  | 'STARTXREF_ELSEWHERE'
  /** A newer revision does not lie behind the older one. */
  | 'REVISIONS_OUT_OF_ORDER'
  /** A revision defines an object by bytes that it did not add. */
  | 'OBJECT_OUTSIDE_REVISION'
  /** Bytes that are not white space follow the last revision. */
  | 'BYTES_AFTER_END'

export interface RevisionProblem {
  readonly code: RevisionProblemCode
  readonly at: number
  readonly revision?: number
  readonly object?: number
}

export interface RevisionList {
  /** Oldest first; never empty. */
  readonly revisions: readonly PdfRevision[]
  /** Empty if every byte belongs to a well-formed revision as far as the sections tell; see also `findUncovered`. */
  readonly problems: readonly RevisionProblem[]
}

/** Lists the revisions. Throws only for a document whose first section has no end (`PDF_MALFORMED`). */
export function listRevisions(document: PdfDocument): RevisionList {
  const problems: RevisionProblem[] = []
  const revisions: PdfRevision[] = []
  const before = new Map<number, XrefEntry>()
  let start = 0
  for (const sections of groupSections(document)) {
    const index = revisions.length
    const tail = tailOf(document, sections, (code, at) =>
      problems.push({ code, at, revision: index }),
    )
    const end = tail.span.end
    const newest = sections.at(-1)
    if (newest === undefined) continue
    if (end <= start || sections.some(({ offset }) => offset < start)) {
      problems.push({ code: 'REVISIONS_OUT_OF_ORDER', at: newest.offset, revision: index })
    }
    const objects = changesOf(sections, before)
    for (const { number, entry } of objects.values()) {
      if (isOutside(entry, objects, { start, end })) {
        const at = entry.type === 'offset' ? entry.offset : newest.offset
        problems.push({ code: 'OBJECT_OUTSIDE_REVISION', at, revision: index, object: number })
      }
      before.set(number, entry)
    }
    revisions.push({
      index,
      start,
      end,
      startxref: tail.value,
      kind: newest.kind,
      sections,
      tail: tail.span,
      objects,
    })
    start = end
  }
  const rest = firstNotWhite(document.bytes, start, document.bytes.length)
  if (rest !== undefined) problems.push({ code: 'BYTES_AFTER_END', at: rest })
  return { revisions, problems }
}

/**
 * The document as it was after one revision. Objects that lie behind its end are refused when asked for. `budget` bounds the reading of several revisions together.
 */
export function documentAt(
  document: PdfDocument,
  revision: PdfRevision,
  budget?: Budget,
): PdfDocument {
  const last = revision.sections.at(-1)
  const count = document.sections.findIndex((section) => section === last) + 1
  return openSections({
    bytes: document.bytes,
    limits: document.limits,
    version: document.version,
    sections: document.sections.slice(0, count),
    startxref: { value: revision.startxref, span: revision.tail },
    ...(budget && { budget }),
  })
}

/**
 * Stretches of a revision that hold neither an object it defines, nor its section, nor white space or comments: where a shadow may lie.
 * Reads every object of the revision; an object that cannot be read leaves its bytes uncovered.
 */
export function findUncovered(
  document: PdfDocument,
  revision: PdfRevision,
  options: CoverageOptions = {},
): readonly Span[] {
  return coverageOf(document, revision, options).gaps
}

export interface CoverageOptions {
  readonly budget?: Budget
  /** The document as it was after the revision, where it is known. */
  readonly state?: PdfDocument
}

/** How the bytes of a revision are used. */
export interface Coverage {
  /** As `findUncovered` has them. */
  readonly gaps: readonly Span[]
  /** Objects or sections that begin inside another one. */
  readonly overlaps: readonly Span[]
}

/** Sorts the bytes of a revision by what uses them. */
export function coverageOf(
  document: PdfDocument,
  revision: PdfRevision,
  options: CoverageOptions = {},
): Coverage {
  const covered = coveredSpans(document, revision, options)
  const gaps: Span[] = []
  const overlaps: Span[] = []
  let at = revision.start
  let previous: Span | undefined
  for (const span of [...covered, { start: revision.end, end: revision.end }]) {
    if (span.start > at) {
      const first = firstMeaningful(document.bytes, at, span.start)
      if (first !== undefined) gaps.push({ start: first, end: span.start })
    }
    // A cross-reference stream is an object and a section; both name the same bytes.
    const isSame = previous?.start === span.start && previous.end === span.end
    const isOwn = span.start >= revision.start && span.end > span.start
    if (isOwn && span.start < at && !isSame) overlaps.push(span)
    if (span.end >= at) previous = span
    at = Math.max(at, span.end)
  }
  return { gaps, overlaps }
}

function coveredSpans(
  document: PdfDocument,
  revision: PdfRevision,
  options: CoverageOptions,
): Span[] {
  const state = options.state ?? documentAt(document, revision, options.budget)
  const covered: Span[] = [revision.tail]
  for (const { span, besides } of revision.sections)
    covered.push(span, ...(besides ? [besides] : []))
  let unreadable = 0
  for (const { number, entry } of revision.objects.values()) {
    if (entry.type !== 'offset' || entry.offset < revision.start) continue
    const object = unreadable < maxUnreadable ? readOrUndefined(state, number) : undefined
    if (object !== undefined) covered.push({ start: entry.offset, end: object.end })
    else unreadable++
  }
  // Of two sections that are one revision, each has a tail.
  for (const section of revision.sections) {
    const tail = tailAfter(document, section)
    if (tail !== undefined && tail.span.start !== revision.tail.start) covered.push(tail.span)
  }
  return covered.toSorted((a, b) => a.start - b.start || a.end - b.end)
}

/** After so many objects that cannot be read, the rest of a revision is not tried. */
const maxUnreadable = 1000

/** Sections in groups of one; the two oldest together where they were written as one revision. */
function groupSections(document: PdfDocument): XrefSection[][] {
  const [first, second, ...rest] = document.sections
  if (first === undefined) return []
  if (
    second !== undefined &&
    (isLinearized(document, first, second) || isWordHybrid(first, second))
  ) {
    return [[first, second], ...rest.map((section) => [section])]
  }
  return document.sections.map((section) => [section])
}

/** A writer's way to a hybrid: a table, then at once an empty table whose stream, which lies before both, tells of the rest. */
function isWordHybrid(first: XrefSection, second: XrefSection): boolean {
  const { besides } = second
  return besides !== undefined && second.tableEntries === 0 && besides.end <= first.offset
}

/** Whether the older section lies behind and the first object is a linearization dictionary (Annex F.3.1). */
function isLinearized(document: PdfDocument, first: XrefSection, second: XrefSection): boolean {
  if (second.offset > first.offset) return false
  try {
    const { value } = parseIndirect(cursorOn(document.bytes, 0, document.limits), () => 0)
    return value.kind === 'dictionary' && value.entries.has('Linearized')
  } catch {
    return false
  }
}

type Tail = ReturnType<typeof readTail>

/** The end of a revision: after the section that lies last in the file. */
function tailOf(
  document: PdfDocument,
  sections: readonly XrefSection[],
  report: (code: RevisionProblemCode, at: number) => void,
): Tail {
  const last = sections.reduce((a, b) => (b.offset > a.offset ? b : a))
  const named = sections.at(-1) ?? last
  const tail = tailAfter(document, last)
  if (tail === undefined) {
    report('REVISION_WITHOUT_END', last.span.end)
    return { value: named.offset, span: { start: last.span.end, end: last.span.end } }
  }
  if (tail.value !== named.offset) report('STARTXREF_ELSEWHERE', tail.span.start)
  return tail
}

function tailAfter(document: PdfDocument, section: XrefSection): Tail | undefined {
  const { bytes, limits } = document
  const at = firstNotWhite(bytes, section.span.end, bytes.length)
  try {
    return at === undefined ? undefined : readTail(cursorOn(bytes, at, limits))
  } catch (error) {
    if (error instanceof ExchangeError) return undefined
    throw error
  }
}

/** Entries that differ from the state before; of two sections of a group the newer one wins. */
function changesOf(
  sections: readonly XrefSection[],
  before: ReadonlyMap<number, XrefEntry>,
): Map<number, RevisionObject> {
  const changes = new Map<number, RevisionObject>()
  for (const section of sections) {
    for (const [number, entry] of section.entries) {
      const old = before.get(number)
      if (old === undefined ? entry.type === 'free' : isSamePlace(old, entry)) continue
      const redefined = old !== undefined && old.type !== 'free'
      changes.set(number, { number, entry, redefined })
    }
  }
  return changes
}

/** Whether an entry names bytes that the revision did not add; a compressed object lies where its stream lies. */
function isOutside(
  entry: XrefEntry,
  objects: ReadonlyMap<number, RevisionObject>,
  range: Span,
): boolean {
  if (entry.type === 'free') return false
  if (entry.type === 'offset') return entry.offset < range.start || entry.offset >= range.end
  return objects.get(entry.stream)?.entry.type !== 'offset'
}

function readOrUndefined(document: PdfDocument, number: number): Span | undefined {
  try {
    return document.object(number)?.span
  } catch (error) {
    if (error instanceof ExchangeError) return undefined
    throw error
  }
}

function firstNotWhite(bytes: Uint8Array, start: number, end: number): number | undefined {
  for (let at = start; at < end; at++) if (!isWhite(bytes[at])) return at
  return undefined
}

/** The first byte that is neither white space nor inside a comment. */
function firstMeaningful(bytes: Uint8Array, start: number, end: number): number | undefined {
  for (let at = start; at < end; at++) {
    if (bytes[at] === 0x25) {
      while (at < end && bytes[at] !== 10 && bytes[at] !== 13) at++
    } else if (!isWhite(bytes[at])) return at
  }
  return undefined
}

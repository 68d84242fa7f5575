/**
 * Looks through an uploaded PDF for what an official document may not have. A wide net: every object of every revision, also in object streams and also when nothing
 * leads to it; and what the pages show is compared with what they could show later (`analysis/look.ts`). Says what is there, changes and opens nothing, and never
 * throws because of the file. Not looked for: what JBIG2, JPEG 2000 and CMaps of embedded CFF fonts hide, and whether a picture shows the truth.
 */
import { ExchangeError } from '../errors.ts'
import { lookForDeception } from './analysis/look.ts'
import { headerVersion, readPdf, type PdfDocument } from './document.ts'
import { findingsIn, hasStrangeName, pdfFindings, type PdfFindingCode } from './inspect_rules.ts'
import { findWord, malformed } from './lexer.ts'
import { pdfLimits, type PdfLimits } from './limits.ts'
import { createLoader, freshBudget, type Loader } from './loader.ts'
import { integerOf, referenceNumber, type PdfValue } from './objects.ts'
import { listPages, type PdfPage } from './pages.ts'
import { hidesObjects, strangeForm } from './plain_form.ts'
import { coverageOf, documentAt, listRevisions, type PdfRevision } from './revisions.ts'
import { readSignatureForm } from './signatures.ts'
import type { Budget, XrefEntry } from './xref.ts'

export interface PdfFinding {
  readonly code: PdfFindingCode
  readonly severity: 'refuse' | 'warn'
  /** For the operator; may name a byte, never text of the document. */
  readonly message: string
  /** Number of the page from 1, where it can be told. */
  readonly page?: number
}

export interface PdfInspection {
  /** Number of pages; 0 if they cannot be told. */
  readonly pages: number
  /** One a kind and page; none: nothing against it. */
  readonly findings: readonly PdfFinding[]
}

/** Inspects an uploaded file. */
export function inspectPdf(bytes: Uint8Array, limits: Partial<PdfLimits> = {}): PdfInspection {
  const report = createReport()
  const guard = (step: () => void): void => {
    reportDamage(step, bytes, report)
  }
  let pages: PdfPage[] = []
  // Each step has its own guard: damage in one place must not hide what is in another.
  guard(() => {
    const bounds = { ...pdfLimits, ...limits }
    // Each object is read for its own sake, for its place and for the pages.
    const budget = freshBudget(bytes, { ...bounds, maxParsedBytes: 1.5 * bounds.maxParsedBytes })
    const document = readPdf(bytes, limits, budget)
    guard(() => {
      pages = listPages(document)
      checkPageCount(document, pages.length, report)
      for (const page of pages) checkContents(document, page, report)
      for (const { isAstray, index } of pages) {
        if (isAstray) report.add('DAMAGED', { message: strayPage, page: index })
      }
    })
    guard(() => {
      checkOutline(document, report)
    })
    guard(() => {
      checkForm(document, report)
    })
    inspectRevisions(document, pages, { report, budget })
    guard(() => {
      if (pages.length === 0) return
      lookForDeception(document, pages, (code, page) => {
        report.add(code, { page })
      })
    })
  })
  return { pages: pages.length, findings: report.findings() }
}

/** Programs look from above or from below for what a page inherits (7.7.3.4). */
const strayPage =
  'damaged PDF: a page belongs to another part of the tree than the one that lists it'

/** Runs a step and tells whether it went well; what it throws because of the file becomes a finding. */
function reportDamage(step: () => void, bytes: Uint8Array, report: Report): boolean {
  try {
    step()
    return true
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error
    report.add(codeOf(error, bytes), { message: error.message })
    return false
  }
}

function inspectRevisions(
  document: PdfDocument,
  pages: readonly PdfPage[],
  { report, budget }: { readonly report: Report; readonly budget: Budget },
): void {
  const { revisions, problems } = listRevisions(document)
  for (const { at } of problems) report.add('STRAY_BYTES', { at })
  for (const { trailer } of document.sections) {
    if (hasStrangeName(trailer)) report.add('STRANGE_KEY', { at: trailer.start })
  }
  for (const revision of revisions) {
    if (isAmbiguous(revision)) report.add('AMBIGUOUS_REFERENCES', { at: revision.start })
  }
  if (revisions.length > 1) report.add('EARLIER_VERSIONS')
  walkRevisions(document, { revisions, report, budget }, pagesByObject(document, pages))
  for (const revision of revisions.slice(0, maxRevisionsSearched)) {
    const { gaps, overlaps } = coverageOf(document, revision, { budget })
    for (const { start } of gaps) report.add('HIDDEN_BYTES', { at: start })
    for (const { start } of overlaps) report.add('OBJECTS_OVERLAP', { at: start })
    const state = documentAt(document, revision, budget)
    if (gaps.length === 0 && hidesObjects(state, revision)) {
      report.add('HIDDEN_BYTES', { at: revision.start })
    }
    // Programs that stumble here would search the file for objects, each in its own way.
    const strange = strangeForm(state, revision)
    if (strange !== undefined)
      report.add('DAMAGED', { message: `damaged PDF: ${strange} is not written as it must be` })
  }
}

/** A hybrid whose table and stream disagree. An update that names the stream of an older revision has other places of its own: there the table counts. */
function isAmbiguous({ start, sections }: PdfRevision): boolean {
  return sections.some(({ conflicts, besides }) => conflicts && (besides?.start ?? 0) >= start)
}

/** Hidden bytes are looked for in so many revisions; each costs a table of all objects. */
const maxRevisionsSearched = 50

function codeOf(error: ExchangeError, bytes: Uint8Array): PdfFindingCode {
  if (error.code === 'PDF_ENCRYPTED') return 'ENCRYPTED'
  if (error.code === 'PDF_TOO_LARGE') return 'TOO_LARGE'
  return headerVersion(bytes) === undefined ? 'NOT_A_PDF' : 'DAMAGED'
}

interface Report {
  add(
    code: PdfFindingCode,
    of?: { message?: string; at?: number | undefined; page?: number | undefined },
  ): void
  findings(): PdfFinding[]
}

function createReport(): Report {
  const found = new Map<string, PdfFinding>()
  return {
    add: (code, { message, at, page } = {}) => {
      const key = `${code} ${String(page)}`
      if (found.has(key) || found.size >= maxFindings) return
      const [severity, usual] = pdfFindings[code]
      const place = at === undefined ? '' : ` (byte ${String(at)})`
      const finding = { code, severity, message: message ?? `${usual}${place}` }
      found.set(key, page === undefined ? finding : { ...finding, page: page + 1 })
    },
    findings: () => [...found.values()],
  }
}

const maxFindings = 500

/** Pages by the objects that are them or their annotations. */
function pagesByObject(document: PdfDocument, pages: readonly PdfPage[]): Map<number, number> {
  const known = new Map<number, number>()
  for (const { object, dictionary, index } of pages) {
    known.set(object.number, index)
    const annots = document.resolve(dictionary.entries.get('Annots'))
    for (const item of annots?.kind === 'array' ? annots.items.slice(0, maxAnnotations) : []) {
      const number = referenceNumber(item)
      if (number !== undefined && !known.has(number)) known.set(number, index)
    }
  }
  return known
}

const maxAnnotations = 1000

/** Applies the rules to each object where it was defined, with the state of that revision for references. */
function walkRevisions(
  document: PdfDocument,
  {
    revisions,
    report,
    budget,
  }: {
    readonly revisions: readonly PdfRevision[]
    readonly report: Report
    readonly budget: Budget
  },
  pageOf: ReadonlyMap<number, number>,
): void {
  const { bytes, limits, version, sections, startxref } = document
  const state = new Map<number, XrefEntry>()
  const ends = findWord(bytes, 'endstream', maxStreamEnds)
  if (ends.length >= maxStreamEnds) report.add('AMBIGUOUS_STREAM')
  let damaged = 0
  const entry = (number: number): XrefEntry | undefined => state.get(number)
  for (const revision of revisions) {
    for (const { number, entry: place } of revision.objects.values()) state.set(number, place)
    const loader = createLoader({ bytes, limits, version, sections, startxref, budget, entry })
    for (const number of revision.objects.keys()) {
      const inspect = (): void => {
        inspectObject({ number, loader, page: pageOf.get(number), ends, report })
      }
      if (!reportDamage(inspect, bytes, report) && ++damaged > maxDamaged) return
    }
  }
}

/** Twice as many as there may be objects. */
const maxStreamEnds = 2 * pdfLimits.maxObjects

/** After so many damaged objects the file is refused in any case. */
const maxDamaged = 1000

function inspectObject(options: {
  readonly number: number
  readonly loader: Loader
  readonly page: number | undefined
  /** Where `endstream` stands in the file, ascending. */
  readonly ends: readonly number[]
  readonly report: Report
}): void {
  const { number, loader, page, ends, report } = options
  const object = loader.object(number)
  if (object === undefined) return
  const { value, span, container } = object
  const at = container === undefined ? span.start : undefined
  walkValue(value, loader, (code) => {
    report.add(code, { at, page })
  })
  if (value.kind === 'stream' && holdsAny(ends, value.data.start, value.data.end)) {
    report.add('AMBIGUOUS_STREAM', { at: span.start, page })
  }
}

/** Visits a value and all that it directly contains; numbered objects have their own turn. */
function walkValue(value: PdfValue, loader: Loader, on: (code: PdfFindingCode) => void): void {
  for (const code of findingsIn(value, (inner) => follow(inner, loader))) on(code)
  if (value.kind === 'stream') walkParts(value.dictionary.entries.values(), loader, on)
  if (value.kind === 'dictionary') walkParts(value.entries.values(), loader, on)
  if (value.kind === 'array') walkParts(value.items, loader, on)
}

function walkParts(
  parts: Iterable<PdfValue>,
  loader: Loader,
  on: (code: PdfFindingCode) => void,
): void {
  for (const part of parts) {
    if (part.kind === 'dictionary' || part.kind === 'array') walkValue(part, loader, on)
  }
}

/** One reference is followed; a type or an action that hides behind two is not shown by any reader known here, but followed too. */
function follow(value: PdfValue | undefined, loader: Loader): PdfValue | undefined {
  let current = value
  for (let hops = 0; current?.kind === 'reference'; hops++) {
    if (hops > maxHops) throw malformed('references that lead nowhere', current.start)
    current = loader.object(current.number)?.value
  }
  return current
}

const maxHops = 8

/** Whether one of the ascending offsets lies in the range. */
function holdsAny(offsets: readonly number[], start: number, end: number): boolean {
  let low = 0
  let high = offsets.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((offsets[middle] ?? 0) < start) low = middle + 1
    else high = middle
  }
  return (offsets[low] ?? Infinity) < end
}

/** 7.7.3.2: /Count of the root is the number of leaves. */
function checkPageCount(document: PdfDocument, pages: number, report: Report): void {
  const root = document.resolve(document.catalog().value.entries.get('Pages'))
  const count =
    root?.kind === 'dictionary' ? document.resolve(root.entries.get('Count')) : undefined
  if (integerOf(count) !== pages || pages === 0) report.add('PAGE_COUNT_WRONG')
}

/** 7.7.3.3: /Contents is a stream or an array of references to streams. */
function checkContents(document: PdfDocument, page: PdfPage, report: Report): void {
  const contents = document.resolve(page.dictionary.entries.get('Contents'))
  if (contents === undefined || contents.kind === 'stream') return
  const parts = contents.kind === 'array' ? contents.items.slice(0, maxContentStreams + 1) : []
  const good = parts.every(
    (part) => part.kind === 'reference' && document.resolve(part)?.kind === 'stream',
  )
  if (contents.kind !== 'array' || !good || parts.length > maxContentStreams) {
    report.add('PAGE_CONTENTS_WRONG', { page: page.index })
  }
}

const maxContentStreams = 1000

/** 12.3.3: items by /First and /Next, each once. */
function checkOutline(document: PdfDocument, report: Report): void {
  const seen = new Set<number>()
  const pending = [document.catalog().value.entries.get('Outlines')]
  while (pending.length > 0) {
    const reference = pending.pop()
    const number = referenceNumber(reference)
    const item = document.resolve(reference)
    if (item?.kind !== 'dictionary') continue
    if (number !== undefined && seen.has(number)) {
      report.add('OUTLINE_LOOP')
      return
    }
    if (number !== undefined) seen.add(number)
    pending.push(item.entries.get('First'), item.entries.get('Next'))
  }
}

function checkForm(document: PdfDocument, report: Report): void {
  const form = readSignatureForm(document)
  const signed = form.fields.filter(({ value }) => value !== undefined)
  if (signed.length > 0 || form.certifying !== undefined) report.add('ALREADY_SIGNED')
  if (form.names.size > form.fields.length) report.add('FORM_FIELDS')
}

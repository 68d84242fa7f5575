/**
 * Looks for what a document was prepared with to show something else after it is sealed (the first steps of the shadow attacks, hidden pages, layers, fonts and
 * fields that deceive). Says what is there and on which page; what it means is told in `deceptions`.
 */
import { dictionaryAt, type PdfDocument } from '../document.ts'
import { nameOf, referenceNumber, type PdfDictionary } from '../objects.ts'
import type { PdfPage } from '../pages.ts'
import { listAnnotations, paintAnnotation, type Annotation } from './appearance.ts'
import { fieldProblems, type FieldProblem } from './fields.ts'
import { areaOf } from './geometry.ts'
import { hasDangling, hiddenObjects } from './graph.ts'
import { paint } from './interpreter.ts'
import { noRemarks, type Canvas, type Remarks, type Session } from './run.ts'
import { createScene, type Hidden } from './scene.ts'
import { createSession } from './session.ts'
import { WorkExhausted } from './work.ts'

/** What was found, by code; the severities and words stand in `deceptions.ts`. */
export type DeceptionCode =
  | FieldProblem
  | 'COVERED_TEXT'
  | 'COVERED_PICTURE'
  | 'COVERED_DRAWING'
  | 'COVERED_BY_ANNOTATION'
  | 'PERHAPS_COVERED_TEXT'
  | 'INVISIBLE_TEXT'
  | 'HIDDEN_LAYER'
  | 'SCREEN_AND_PAPER_DIFFER'
  | 'LAYERS'
  | 'HIDDEN_ANNOTATION'
  | 'COMMENTS'
  | 'SIGNATURE_FIELD_LARGE'
  | 'SIGNATURE_FIELD'
  | 'HIDDEN_PAGE'
  | 'HIDDEN_CONTENT'
  | 'DANGLING_REFERENCE'
  | 'ALTERNATE_PICTURE'
  | 'FONT_DRAWS_NOTHING'
  | 'FONT_MAP_FALSE'
  | 'FONT_NOT_EMBEDDED'
  | 'TEXT_WITHOUT_MEANING'
  | 'CONTENT_UNREADABLE'
  | 'CONTENT_STRANGE'
  | 'TOO_MUCH_CONTENT'

/** Told a code and, where it can be told, the index of the page from 0. */
export type OnDeception = (code: DeceptionCode, page?: number) => void

/** Looks through all pages. Throws only for a broken catalog (`PDF_MALFORMED`). */
export function lookForDeception(
  document: PdfDocument,
  pages: readonly PdfPage[],
  on: OnDeception,
): void {
  const session = createSession(document)
  if (session.layers.depends) on('SCREEN_AND_PAPER_DIFFER')
  let at = 0
  try {
    for (const page of pages) {
      at = page.index
      lookAtPage(session, page, (code) => {
        on(code, page.index)
      })
    }
    const { pages: hidden, contents } = hiddenObjects(session, pages)
    if (hidden.length > 0) on('HIDDEN_PAGE')
    if (contents.length > 0) on('HIDDEN_CONTENT')
  } catch (error) {
    if (!(error instanceof WorkExhausted)) throw error
    on('TOO_MUCH_CONTENT', at)
  }
}

function lookAtPage(session: Session, page: PdfPage, on: (code: DeceptionCode) => void): void {
  const { document } = session
  const [left, bottom, right, top] = page.mediaBox
  const scene = createScene((right - left) * (top - bottom), session.work)
  const canvas: Canvas = { scene, remarks: noRemarks() }
  const resources = resourcesOf(document, page)
  if (hasDangling(document, page, resources)) on('DANGLING_REFERENCE')
  const bytes = contentsOf(session, page)
  if (bytes === undefined) on('CONTENT_UNREADABLE')
  else paint(session, canvas, { bytes, resources })
  const before = scene.hidden()
  const annotations = listAnnotations(document, page)
  for (const annotation of annotations) lookAtAnnotation(session, canvas, { annotation, page, on })
  const after = scene.hidden()
  tellHidden(before, after, on)
  tellRemarks(canvas.remarks, on)
}

function tellHidden(before: Hidden, after: Hidden, on: (code: DeceptionCode) => void): void {
  if (before.glyphs > 0) on('COVERED_TEXT')
  if (before.images > 0) on('COVERED_PICTURE')
  // Drawings overlap in honest pictures too; many curves under one picture are writing.
  if (before.drawings >= minDrawings) on('COVERED_DRAWING')
  if (before.glyphs === 0 && before.uncertainGlyphs > 0) on('PERHAPS_COVERED_TEXT')
  const more =
    after.glyphs > before.glyphs ||
    after.images > before.images ||
    after.drawings >= before.drawings + minDrawings
  if (more) on('COVERED_BY_ANNOTATION')
}

const minDrawings = 20

function tellRemarks(remarks: Remarks, on: (code: DeceptionCode) => void): void {
  const codes: Readonly<Partial<Record<keyof Remarks, DeceptionCode>>> = {
    invisibleGlyphs: 'INVISIBLE_TEXT',
    hiddenByLayer: 'HIDDEN_LAYER',
    onLayer: 'LAYERS',
    emptyGlyphs: 'FONT_DRAWS_NOTHING',
    falseGlyphs: 'FONT_MAP_FALSE',
    foreignFonts: 'FONT_NOT_EMBEDDED',
    meaninglessFonts: 'TEXT_WITHOUT_MEANING',
    unreadable: 'CONTENT_UNREADABLE',
    missing: 'DANGLING_REFERENCE',
    alternates: 'ALTERNATE_PICTURE',
    unknownOperators: 'CONTENT_STRANGE',
  }
  for (const [key, code] of Object.entries(codes)) {
    if (remarks[key as keyof Remarks] > 0) on(code)
  }
}

/** Subtypes that say nothing by themselves. */
const silent = new Set(['Link', 'Popup', 'Widget', 'TrapNet', 'PrinterMark'])

function lookAtAnnotation(
  session: Session,
  canvas: Canvas,
  seen: {
    readonly annotation: Annotation
    readonly page: PdfPage
    readonly on: (code: DeceptionCode) => void
  },
): void {
  const { annotation, page, on } = seen
  const { subtype, dictionary } = annotation
  const { document } = session
  const isLayerOff = session.layers.isHidden(dictionary.entries.get('OC'))
  const isSignature = subtype === 'Widget' && typeOfField(document, dictionary) === 'Sig'
  if (isSignature) {
    if (dictionary.entries.has('V')) return
    lookAtSignatureField(annotation, page, on)
    for (const code of fieldProblems(session, annotation)) on(code)
    return
  }
  if (!silent.has(subtype)) on('COMMENTS')
  const says = annotation.appearance !== undefined || dictionary.entries.has('Contents')
  if ((annotation.isHidden || isLayerOff) && subtype !== 'Link' && subtype !== 'Popup' && says) {
    on('HIDDEN_ANNOTATION')
    return
  }
  if (subtype === 'Widget') for (const code of fieldProblems(session, annotation)) on(code)
  paintAnnotation(session, canvas, annotation)
}

/** A further mark may take this part of its page and no more, as the verifier has it. */
const maxMarkShare = 0.15

/** An empty signature field waits for a mark that the seal's permissions let in later: it may not be large enough to lie over the text. */
function lookAtSignatureField(
  { rect }: Annotation,
  page: PdfPage,
  on: (code: DeceptionCode) => void,
): void {
  const [left, bottom, right, top] = rect ?? [0, 0, 0, 0]
  const box = { left, bottom, right, top }
  if (areaOf(box) < 1) return
  const [x0, y0, x1, y1] = page.mediaBox
  const isLarge = areaOf(box) > maxMarkShare * (x1 - x0) * (y1 - y0)
  on(isLarge ? 'SIGNATURE_FIELD_LARGE' : 'SIGNATURE_FIELD')
}

function typeOfField(document: PdfDocument, dictionary: PdfDictionary): string | undefined {
  let current: PdfDictionary | undefined = dictionary
  for (let depth = 0; current !== undefined && depth < 32; depth++) {
    const type = nameOf(document.resolve(current.entries.get('FT')))
    if (type !== undefined) return type
    current = dictionaryAt(document, current.entries.get('Parent'))
  }
  return undefined
}

/** /Resources, also inherited (7.7.3.4). */
export function resourcesOf(document: PdfDocument, page: PdfPage): PdfDictionary | undefined {
  let current: PdfDictionary | undefined = page.dictionary
  for (let depth = 0; current !== undefined && depth < document.limits.maxDepth; depth++) {
    const own = dictionaryAt(document, current.entries.get('Resources'))
    if (own !== undefined) return own
    current = dictionaryAt(document, current.entries.get('Parent'))
  }
  return undefined
}

/** The contents of a page, its streams in a row; undefined if one cannot be unpacked. */
export function contentsOf(session: Session, page: PdfPage): Uint8Array | undefined {
  const { document } = session
  const contents = document.resolve(page.dictionary.entries.get('Contents'))
  const items = contents?.kind === 'array' ? contents.items : contents ? [contents] : []
  const outer = referenceNumber(page.dictionary.entries.get('Contents'))
  const parts = items.flatMap((item) => {
    const stream = document.resolve(item)
    if (stream?.kind !== 'stream') return []
    return [session.contentOf(stream, contents?.kind === 'array' ? referenceNumber(item) : outer)]
  })
  if (parts.some((part) => part === undefined)) return undefined
  const size = parts.reduce((sum, part) => sum + (part?.length ?? 0) + 1, 0)
  const all = new Uint8Array(size).fill(10)
  let at = 0
  for (const part of parts) {
    all.set(part ?? [], at)
    at += (part?.length ?? 0) + 1
  }
  return all
}

/** What the mark of a further signature may do to its page: be small, and cover nothing that was there before (ISO 32000-2 12.5.5, 12.7.5.5). Pure. */
import {
  dictionaryAt,
  dictionaryOf,
  integerOf,
  latin1,
  nameOf,
  rawStream,
  rectangleOf,
  referenceNumber,
  type PdfDictionary,
  type PdfDocument,
  type PdfPage,
  type PdfValue,
  type Rectangle,
} from '../../pdf/index.ts'
import { itemsOf, sameObject, readOr } from './compare.ts'
import type { Comparison } from './comparison.ts'
import { isInk } from './ink.ts'

/** Where a field shows. */
export interface Mark {
  readonly field: PdfDictionary
  /** undefined where it is no rectangle. */
  readonly rect: Rectangle | undefined
  /** Whether anything of it can be seen. */
  readonly isShown: boolean
}

/** A further mark may take this part of its page and no more; a seal of 4.5 cm takes 3 %. */
const maxMarkShare = 0.15

/** Flags of an annotation (Table 167): Hidden shows it nowhere, NoView neither unless events toggle it or it is printed. */
const [hidden, print, noView, toggleNoView] = [2, 4, 32, 256]

/** The mark of a field or widget. */
export function markOf(document: PdfDocument, field: PdfDictionary): Mark {
  const value = field.entries.get('Rect')
  const rect = rectangleOf(document, value)
  const stated = integerOf(document.resolve(field.entries.get('F'))) ?? 0
  // What does not fit in 32 bits, some programs read as none.
  const flags = stated >= 0 && stated < 2 ** 31 ? stated : 0
  const isUnseen = (flags & noView) > 0 && (flags & (toggleNoView | print)) === 0
  const isHidden = (flags & hidden) > 0 || isUnseen
  const isPlaceless = value === undefined || (rect !== undefined && areaOf(rect) === 0)
  const isEmpty = isPlaceless && looksOf(document, field).every((look) => isBounded(document, look))
  return { field, rect, isShown: !isHidden && !isEmpty }
}

/** The appearances of a field, in all its states (12.5.5). */
function looksOf(document: PdfDocument, field: PdfDictionary): readonly (PdfValue | undefined)[] {
  const looks = dictionaryAt(document, field.entries.get('AP'))
  return [...(looks?.entries.values() ?? [])].flatMap((value) => {
    const look = document.resolve(value)
    if (look?.kind !== 'dictionary') return [look]
    return [...look.entries.values()].map((state) => document.resolve(state))
  })
}

/** Whether a look has a /BBox: without one, some programs paint it as large as it is, wherever its field has no room. */
function isBounded(document: PdfDocument, look: PdfValue | undefined): boolean {
  return rectangleOf(document, dictionaryOf(look)?.entries.get('BBox')) !== undefined
}

/** Whether a field paints something where it stands; an appearance of white space and comments paints nothing. */
export function isPainted(document: PdfDocument, field: PdfDictionary): boolean {
  if (!markOf(document, field).isShown) return false
  return looksOf(document, field).some((look) => {
    if (look?.kind !== 'stream' || look.dictionary.entries.has('Filter')) return true
    return !/^(?:%[^\r\n]*|\s)*$/.test(latin1(rawStream(document, look)))
  })
}

/** Notes what is wrong with the mark of a further signature; `page` from 0. */
export function checkMark(
  comparison: Comparison,
  options: { readonly mark: Mark; readonly number: number; readonly page: number | undefined },
): void {
  const { after, pages, note } = comparison
  const { mark, number } = options
  const index = options.page ?? pages.places.get(referenceNumber(mark.field.entries.get('P')) ?? -1)
  const page = pages.pages[index ?? -1]
  const place = {
    page: index === undefined ? index : index + 1,
    detail: `object ${String(number)}`,
  }
  // On no page, it is not shown.
  if (!page) return
  const { rect } = mark
  // A place that was there before was seen by who signed before.
  const isForeseen = wasThere(comparison, number, mark.field)
  if (!rect || (!isForeseen && !isModest(mark, page))) {
    note('forbidden', 'MARK_TOO_LARGE', place)
    return
  }
  // Without bounds it may be painted outside its place.
  if (!looksOf(after, mark.field).every((look) => isBounded(after, look))) {
    note('forbidden', 'MARK_TOO_LARGE', place)
    return
  }
  // Without an appearance nothing is painted, but by programs that paint a background and frame (12.5.6.19).
  const isBare = after.resolve(mark.field.entries.get('AP')) === undefined
  if (isBare && (isForeseen || !mark.field.entries.has('MK'))) return
  if (coversMark(comparison, { rect, number, index: page.index })) {
    note('forbidden', 'MARK_OVER_MARK', place)
  }
  if (comparison.paintsWithin(page, rect) && (isBare || !isInk(after, mark.field))) {
    note('forbidden', 'MARK_OVER_CONTENT', place)
  }
}

/** Whether an empty place lies where nothing is: some programs draw a sign of their own into it. */
export function isOnBlank(
  comparison: Comparison,
  { rect }: Mark,
  { page, number }: { readonly page: PdfPage; readonly number: number },
): boolean {
  if (rect === undefined || comparison.paintsWithin(page, rect)) return false
  return !coversMark(comparison, { rect, number, index: page.index })
}

/** Whether a mark takes no more of its page than a further mark may. */
export function isModest({ rect }: Mark, page: PdfPage): boolean {
  return rect !== undefined && areaOf(rect) <= maxMarkShare * areaOf(page.cropBox)
}

function wasThere({ before }: Comparison, number: number, field: PdfDictionary): boolean {
  const old = dictionaryAt(before, readOr(before, number)?.value)
  return old !== undefined && sameObject(old.entries.get('Rect'), field.entries.get('Rect'))
}

/** Annotations of a page that are looked at; more are taken for being covered. */
const maxAnnotations = 2000
/** Marks may touch at their edges, points. */
const tolerance = 0.5

/** Whether another annotation that shows something, of this revision or before, lies under the rectangle. */
function coversMark(
  { after, pages }: Comparison,
  {
    rect,
    number,
    index,
  }: { readonly rect: Rectangle; readonly number: number; readonly index: number },
): boolean {
  const page = pages.pages[index]
  const now = dictionaryAt(after, after.object(page?.object.number ?? -1)?.value)
  const items = itemsOf(after, now?.entries.get('Annots')) ?? []
  if (items.length > maxAnnotations) return true
  return items.some((item) => {
    const annotation = dictionaryAt(after, item)
    if (!annotation || referenceNumber(item) === number) return false
    const subtype = nameOf(after.resolve(annotation.entries.get('Subtype')))
    if (subtype === 'Link' || subtype === 'Popup') return false
    // An empty field without an appearance paints nothing; what has a value, programs draw themselves.
    const isEmpty = ['AP', 'MK', 'V', 'Parent'].every((key) => !annotation.entries.has(key))
    if (subtype === 'Widget' && isEmpty) return false
    const other = markOf(after, annotation)
    return other.isShown && (other.rect === undefined || overlaps(other.rect, rect, tolerance))
  })
}

/** Whether two rectangles share more than a margin in both directions. */
export function overlaps(a: Rectangle, b: Rectangle, margin: number): boolean {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0])
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1])
  return width > margin && height > margin
}

const areaOf = ([left, bottom, right, top]: Rectangle): number => (right - left) * (top - bottom)

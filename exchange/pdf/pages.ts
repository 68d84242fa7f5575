/** Pages in reading order (ISO 32000-1 7.7.3), with what they inherit. Bounded; a tree with a loop or a page that stands twice is refused. */
import type { PdfDocument } from './document.ts'
import { malformed } from './lexer.ts'
import {
  nameOf,
  numberOf,
  referenceNumber,
  type IndirectObject,
  type PdfDictionary,
  type PdfValue,
} from './objects.ts'

/** Lower left and upper right corner, in points. */
export type Rectangle = readonly [left: number, bottom: number, right: number, top: number]

export interface PdfPage {
  /** From 0, in reading order. */
  readonly index: number
  readonly object: IndirectObject
  readonly dictionary: PdfDictionary
  /** /MediaBox, also inherited; US letter if absent or no rectangle. */
  readonly mediaBox: Rectangle
  /** /CropBox, also inherited; the media box if absent. */
  readonly cropBox: Rectangle
  /** Clockwise turn when shown: 0, 90, 180 or 270. */
  readonly rotate: number
  /** Whether it, or a node above it, names another /Parent than the node that lists it. */
  readonly isAstray: boolean
}

interface Inherited {
  readonly parent?: number
  readonly isAstray?: boolean
  readonly mediaBox?: Rectangle
  readonly cropBox?: Rectangle
  readonly rotate?: number
}

const letter: Rectangle = [0, 0, 612, 792]

/** All pages. `PDF_MALFORMED` for a broken tree. */
export function listPages(document: PdfDocument): PdfPage[] {
  const catalog = document.catalog()
  const pages: PdfPage[] = []
  const seen = new Set<number>()
  const visit = (value: PdfValue | undefined, from: Inherited, depth: number): void => {
    if (value?.kind !== 'reference')
      throw malformed('a page that is no reference', catalog.span.start)
    if (depth > document.limits.maxDepth) throw malformed('a page tree too deep', value.start)
    if (seen.has(value.number)) throw malformed('a page tree with a loop', value.start)
    seen.add(value.number)
    const dictionary = document.resolve(value)
    const object = document.object(value.number)
    if (dictionary?.kind !== 'dictionary' || object === undefined) {
      throw malformed('a page is missing', value.start)
    }
    const parent = referenceNumber(dictionary.entries.get('Parent'))
    const isAstray = from.isAstray === true || parent !== from.parent
    const inherited = { ...from, ...attributesOf(document, dictionary), isAstray }
    const kids = document.resolve(dictionary.entries.get('Kids'))
    if (
      nameOf(document.resolve(dictionary.entries.get('Type'))) === 'Pages' ||
      kids !== undefined
    ) {
      if (kids?.kind !== 'array') throw malformed('/Kids is not an array', object.span.start)
      const below = { ...inherited, parent: value.number }
      for (const kid of kids.items) visit(kid, below, depth + 1)
      return
    }
    if (pages.length >= document.limits.maxPages) throw malformed('too many pages', value.start)
    const mediaBox = inherited.mediaBox ?? letter
    const { cropBox = mediaBox, rotate = 0 } = inherited
    pages.push({ index: pages.length, object, dictionary, mediaBox, cropBox, rotate, isAstray })
  }
  visit(catalog.value.entries.get('Pages'), {}, 0)
  return pages
}

function attributesOf(document: PdfDocument, dictionary: PdfDictionary): Inherited {
  const mediaBox = rectangleOf(document, dictionary.entries.get('MediaBox'))
  const cropBox = rectangleOf(document, dictionary.entries.get('CropBox'))
  const turn = numberOf(document.resolve(dictionary.entries.get('Rotate')))
  const rotate = turn !== undefined && turn % 90 === 0 ? ((turn % 360) + 360) % 360 : undefined
  return {
    ...(mediaBox && { mediaBox }),
    ...(cropBox && { cropBox }),
    ...(rotate !== undefined && { rotate }),
  }
}

/** A rectangle with its corners in order (7.9.5), or undefined. */
export function rectangleOf(
  document: PdfDocument,
  value: PdfValue | undefined,
): Rectangle | undefined {
  const array = document.resolve(value)
  if (array?.kind !== 'array' || array.items.length !== 4) return undefined
  const numbers = array.items.map((item) => numberOf(document.resolve(item)))
  const [a, b, c, d] = numbers
  if (a === undefined || b === undefined || c === undefined || d === undefined) return undefined
  return [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)]
}

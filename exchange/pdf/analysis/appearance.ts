/** Annotations (ISO 32000-1 12.5) as a reader draws them: over the page, by their appearance streams. */
import { dictionaryAt, type PdfDocument } from '../document.ts'
import {
  integerOf,
  nameOf,
  referenceNumber,
  type PdfDictionary,
  type PdfStream,
  type PdfValue,
} from '../objects.ts'
import { rectangleOf, type PdfPage, type Rectangle } from '../pages.ts'
import { multiply, quadrilateral, type Matrix } from './geometry.ts'
import { paint } from './interpreter.ts'
import { formBox, formMatrix } from './object_operators.ts'
import type { Canvas, Session } from './run.ts'
import { initialState } from './state.ts'

export interface Annotation {
  readonly dictionary: PdfDictionary
  readonly subtype: string
  readonly flags: number
  readonly rect: Rectangle | undefined
  /** The stream that is drawn now, with its object number. */
  readonly appearance:
    { readonly stream: PdfStream; readonly number: number | undefined } | undefined
  /** Invisible, hidden, or kept off the screen (12.5.3). */
  readonly isHidden: boolean
}

const maxAnnotations = 2000

/** The annotations of a page in the order they are drawn. */
export function listAnnotations(document: PdfDocument, page: PdfPage): Annotation[] {
  const list = document.resolve(page.dictionary.entries.get('Annots'))
  const items = list?.kind === 'array' ? list.items.slice(0, maxAnnotations) : []
  return items.flatMap((item) => {
    const dictionary = dictionaryAt(document, item)
    return dictionary === undefined ? [] : [readAnnotation(document, dictionary)]
  })
}

function readAnnotation(document: PdfDocument, dictionary: PdfDictionary): Annotation {
  const at = (key: string): PdfValue | undefined => document.resolve(dictionary.entries.get(key))
  const flags = integerOf(at('F')) ?? 0
  return {
    dictionary,
    subtype: nameOf(at('Subtype')) ?? '',
    flags,
    rect: rectangleOf(document, dictionary.entries.get('Rect')),
    appearance: normalAppearance(document, dictionary),
    isHidden: (flags & (2 | 32)) !== 0,
  }
}

/** /N of /AP, or the one of its states that /AS names (12.5.5). */
function normalAppearance(
  document: PdfDocument,
  dictionary: PdfDictionary,
): Annotation['appearance'] {
  const all = dictionaryAt(document, dictionary.entries.get('AP'))
  const normal = all?.entries.get('N')
  const found = document.resolve(normal)
  if (found?.kind === 'stream') return { stream: found, number: referenceNumber(normal) }
  if (found?.kind !== 'dictionary') return undefined
  const state = nameOf(document.resolve(dictionary.entries.get('AS')))
  const chosen = state === undefined ? undefined : found.entries.get(state)
  const stream = document.resolve(chosen)
  return stream?.kind === 'stream' ? { stream, number: referenceNumber(chosen) } : undefined
}

/** Draws an annotation: its box is fitted to its rectangle (12.5.5, algorithm 8). */
export function paintAnnotation(session: Session, canvas: Canvas, annotation: Annotation): void {
  const { document } = session
  const { appearance, rect } = annotation
  const stream = appearance?.stream
  const box = rectangleOf(document, stream?.dictionary.entries.get('BBox'))
  if (stream === undefined) return
  // Without a box, some programs paint nothing and others wherever they like.
  if (box === undefined) canvas.remarks.unreadable++
  if (box === undefined || rect === undefined) return
  const bytes = session.contentOf(stream, appearance?.number)
  if (bytes === undefined) {
    canvas.remarks.unreadable++
    return
  }
  const own = formMatrix(document, stream)
  const state = initialState()
  state.matrix = multiply(own, fit(own, box, rect))
  state.clips = [formBox(state.matrix, box)]
  const resources = dictionaryAt(document, stream.dictionary.entries.get('Resources'))
  paint(session, canvas, { bytes, resources, state })
}

function fit(own: Matrix, box: Rectangle, rect: Rectangle): Matrix {
  const [left, bottom, right, top] = box
  const seen = quadrilateral(own, { left, bottom, right, top }).box
  const [width, height] = [seen.right - seen.left, seen.top - seen.bottom]
  const a = width > 0 ? (rect[2] - rect[0]) / width : 1
  const d = height > 0 ? (rect[3] - rect[1]) / height : 1
  return [a, 0, 0, d, rect[0] - a * seen.left, rect[1] - d * seen.bottom]
}

/** Where a page paints what a mark must not cover: letters, pictures, drawn figures. Rules and backgrounds are no content of their own. Pure. */
import type { Box } from '../../pdf/analysis/geometry.ts'
import { paint } from '../../pdf/analysis/interpreter.ts'
import { contentsOf, resourcesOf } from '../../pdf/analysis/look.ts'
import { noRemarks, type Session } from '../../pdf/analysis/run.ts'
import { boxOfRun, type Scene } from '../../pdf/analysis/scene.ts'
import { createSession } from '../../pdf/analysis/session.ts'
import { WorkExhausted } from '../../pdf/analysis/work.ts'
import type { PdfDocument, PdfPage, Rectangle } from '../../pdf/index.ts'

/** A painted place. */
interface Painted {
  readonly box: Box
  /** An area of colour that takes in a whole mark is the ground on which it stands. */
  readonly isArea: boolean
}

/** Answers whether a page paints within a rectangle; also where that cannot be told. */
export type PaintedWithin = (page: PdfPage, rect: Rectangle) => boolean

/** Places of one page; a page of more is taken for painted all over. */
const maxPlaces = 50_000
/** A rule is no thicker, and a mark may touch its surroundings by so much; points. */
const [maxRule, tolerance] = [2, 1]
/** What forms paint where somebody shall sign, and blanks. */
const fillers = /^[\s_.\-–—…·]*$/u

/** Looks at the pages of one state, each once and all together within the bounds of one file. */
export function createPaintedWithin(document: PdfDocument): PaintedWithin {
  const known = new Map<number, readonly Painted[] | undefined>()
  let opened: Session | undefined
  const placesOf = (page: PdfPage): readonly Painted[] | undefined => {
    const session = (opened ??= createSession(document))
    const bytes = contentsOf(session, page)
    if (bytes === undefined) return undefined
    const places: Painted[] = []
    const canvas = { scene: collector(places), remarks: noRemarks() }
    try {
      paint(session, canvas, { bytes, resources: resourcesOf(document, page) })
    } catch (error) {
      if (error instanceof WorkExhausted) return undefined
      throw error
    }
    return places.length > maxPlaces ? undefined : places
  }
  return (page, rect) => {
    const { number } = page.object
    if (!known.has(number)) known.set(number, placesOf(page))
    return known.get(number)?.some((place) => isUnder(place, rect)) ?? true
  }
}

/** A scene that keeps where things are and asks nothing. */
function collector(places: Painted[]): Scene {
  const add = (box: Box, isArea: boolean): void => {
    if (places.length <= maxPlaces) places.push({ box, isArea })
  }
  return {
    text: (run) => {
      if (!fillers.test(run.codes)) add(boxOfRun(run), false)
    },
    image: ({ box }) => {
      add(box, false)
    },
    drawing: ({ box }) => {
      add(box, true)
    },
    cover: () => undefined,
    hasGround: () => true,
    ground: ({ shape: { box }, by }) => {
      const isRule = Math.min(box.right - box.left, box.top - box.bottom) <= maxRule
      if (by === 'paint' && !isRule) add(box, true)
    },
    hidden: () => ({ glyphs: 0, uncertainGlyphs: 0, images: 0, drawings: 0 }),
  }
}

function isUnder({ box, isArea }: Painted, [left, bottom, right, top]: Rectangle): boolean {
  const width = Math.min(box.right, right) - Math.max(box.left, left)
  const height = Math.min(box.top, top) - Math.max(box.bottom, bottom)
  if (width <= tolerance || height <= tolerance) return false
  const isGround = box.left <= left && box.bottom <= bottom && box.right >= right && box.top >= top
  return !(isArea && isGround)
}

/**
 * What lies on top of what on one page: marks (glyphs, pictures, drawings) are laid down in the order of painting, and opaque paint takes out the points of
 * earlier marks that it covers. Says at the end what nobody can see.
 */
import {
  apply,
  areaOf,
  isInside,
  overlaps,
  shapeOf,
  type Box,
  type Matrix,
  type Shape,
} from './geometry.ts'
import { spend, type Work } from './work.ts'

/** Glyphs of one string. */
export interface TextRun {
  /** From text space, where the glyphs stand in a row, to the page. */
  readonly matrix: Matrix
  readonly glyphs: readonly TextGlyph[]
  /** Em size and rise in text space. */
  readonly size: number
  readonly rise: number
  readonly clips: readonly Shape[]
  /** What is shown, in codes: to know a text that is painted twice. */
  readonly codes: string
}

export interface TextGlyph {
  readonly at: number
  readonly width: number
}

/** Paint that hides what is under it. */
export interface Cover {
  readonly shape: Shape
  readonly clips: readonly Shape[]
  /** False where it may let something through: soft masks, sparse patterns. */
  readonly isCertain: boolean
  readonly by: 'image' | 'paint'
  /** Where the paint itself is opaque; everywhere if absent. */
  readonly isOpaqueAt?: (x: number, y: number) => boolean
}

/** What of a page cannot be seen. */
export interface Hidden {
  /** Glyphs under paint that certainly hides them. */
  readonly glyphs: number
  /** Glyphs under paint that may hide them. */
  readonly uncertainGlyphs: number
  /** Pictures of some size wholly under other paint. */
  readonly images: number
  /** Drawings of curves wholly under a picture. */
  readonly drawings: number
}

export interface Scene {
  text(run: TextRun): void
  image(shape: Shape, clips: readonly Shape[]): void
  drawing(shape: Shape, clips: readonly Shape[]): void
  cover(cover: Cover): void
  /** Whether something else than white was painted under most of the run. */
  hasGround(run: TextRun): boolean
  /** Paint that is not white. */
  ground(cover: Cover): void
  hidden(): Hidden
}

/** Points in threes for a glyph: middle and two corners of its body. */
const glyphPoints: readonly (readonly [number, number])[] = [
  [0.5, 0.32],
  [0.18, 0.06],
  [0.82, 0.6],
]

const maxDrawings = 5000
const maxGround = 2000

interface Mark {
  readonly kind: 'text' | 'image' | 'drawing'
  readonly box: Box
  readonly perPart: number
  readonly points: () => number[]
  /** Of text, what it shows. */
  readonly codes?: string
  /** Made when first something may cover it: x and y in turn. */
  known?: number[]
  /** For each point: 0 seen, 1 covered for certain, 2 perhaps. */
  state?: Uint8Array
}

/** A page of this area, in square points. */
export function createScene(pageArea: number, work: Work): Scene {
  const marks: Mark[] = []
  const grounds: Cover[] = []
  let drawings = 0
  const contains = (cover: Cover, x: number, y: number): boolean => {
    spend(work, 'tests', 1 + cover.clips.length + (cover.shape.outlines[0]?.length ?? 0) / 16)
    return (
      isInside(cover.shape, x, y) &&
      cover.clips.every((clip) => isInside(clip, x, y)) &&
      (cover.isOpaqueAt?.(x, y) ?? true)
    )
  }
  const coverMark = (mark: Mark, cover: Cover): void => {
    const points = (mark.known ??= mark.points())
    const state = (mark.state ??= new Uint8Array(points.length / 2))
    for (let index = 0; index < state.length; index++) {
      if (state[index] === 1) continue
      if (!contains(cover, points[2 * index] ?? 0, points[2 * index + 1] ?? 0)) continue
      if (cover.isCertain) state[index] = 1
      else state[index] ||= 2
    }
  }
  return {
    text: (run) => {
      marks.push({
        kind: 'text',
        box: boxOfRun(run),
        perPart: glyphPoints.length,
        points: () => pointsOfRun(run, glyphPoints),
        codes: run.codes,
      })
    },
    image: (shape, clips) => {
      const box = clipped(shape, clips)
      // A tenth of the page: smaller ones are marks and ornaments.
      if (areaOf(box) < pageArea / 10) return
      marks.push({ kind: 'image', box, perPart: 16, points: () => gridOf(box, 4) })
    },
    drawing: (shape, clips) => {
      if (drawings++ > maxDrawings) return
      const box = clipped(shape, clips)
      marks.push({ kind: 'drawing', box, perPart: 4, points: () => gridOf(box, 2) })
    },
    cover: (cover) => {
      const box = clipped(cover.shape, cover.clips)
      spend(work, 'tests', marks.length / 8)
      for (const mark of marks) {
        if (mark.kind === 'drawing' && cover.by !== 'image') continue
        if (overlaps(mark.box, box)) coverMark(mark, cover)
      }
    },
    ground: (cover) => {
      if (grounds.length < maxGround) grounds.push(cover)
    },
    hasGround: (run) => {
      // A page of so many colours is not judged.
      if (grounds.length >= maxGround) return true
      const points = pointsOfRun(run, [[0.5, 0.32]])
      const middle = 2 * Math.floor(points.length / 4)
      const [x = 0, y = 0] = [points[middle], points[middle + 1]]
      return grounds.some((cover) => contains(cover, x, y))
    },
    hidden: () => countHidden(marks),
  }
}

function countHidden(marks: readonly Mark[]): Hidden {
  const found = { glyphs: 0, uncertainGlyphs: 0, images: 0, drawings: 0 }
  for (const [index, mark] of marks.entries()) {
    const { kind, state, perPart } = mark
    if (state === undefined) continue
    const own = { certain: 0, uncertain: 0 }
    for (let from = 0; from + perPart <= state.length; from += perPart) {
      const part = state.subarray(from, from + perPart)
      if (part.some((one) => one === 0)) continue
      own[part.every((one) => one === 1) ? 'certain' : 'uncertain']++
    }
    if (own.certain + own.uncertain === 0 || isPaintedAgain(marks, index)) continue
    if (kind === 'text') {
      found.glyphs += own.certain
      found.uncertainGlyphs += own.uncertain
    } else found[kind === 'image' ? 'images' : 'drawings'] += own.certain
  }
  return found
}

/** Effects of drawing programs paint a text, then something over it, then the same text at the same place. */
function isPaintedAgain(marks: readonly Mark[], index: number): boolean {
  const mark = marks[index]
  if (mark?.codes === undefined) return false
  const near = (a: number, b: number): boolean => Math.abs(a - b) < 3
  return marks
    .slice(index + 1)
    .some(
      ({ codes, box, state }) =>
        codes === mark.codes &&
        near(box.left, mark.box.left) &&
        near(box.bottom, mark.box.bottom) &&
        near(box.right, mark.box.right) &&
        (state?.every((one) => one === 0) ?? true),
    )
}

/** The part of a shape's box that its clips leave, by their boxes. */
function clipped(shape: Shape, clips: readonly Shape[]): Box {
  let { left, bottom, right, top } = shape.box
  for (const { box } of clips) {
    left = Math.max(left, box.left)
    bottom = Math.max(bottom, box.bottom)
    right = Math.min(right, box.right)
    top = Math.min(top, box.top)
  }
  return { left, bottom, right, top }
}

/** The box around the glyphs of a run. */
export function boxOfRun({ matrix, glyphs, size, rise }: TextRun): Box {
  const [first, last] = [glyphs[0], glyphs.at(-1)]
  if (first === undefined || last === undefined) return { left: 0, bottom: 0, right: 0, top: 0 }
  const ends = [first.at, last.at + last.width]
  const points = ends.flatMap((x) => [
    ...apply(matrix, x, rise - 0.2 * size),
    ...apply(matrix, x, rise + 0.9 * size),
  ])
  return shapeOf([points], false).box
}

/** Points of each glyph; glyphs that a clip cuts away have none, so nothing is said of them. */
function pointsOfRun(run: TextRun, places: typeof glyphPoints): number[] {
  const { matrix, glyphs, size, rise, clips } = run
  const points: number[] = []
  for (const { at, width } of glyphs) {
    const own = places.map(([x, y]) => apply(matrix, at + x * width, rise + y * size))
    if (own.every(([x, y]) => clips.every((clip) => isInside(clip, x, y))))
      points.push(...own.flat())
  }
  return points
}

/** Points in a grid, a little inside the box. */
function gridOf({ left, bottom, right, top }: Box, size: number): number[] {
  const points: number[] = []
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      points.push(
        left + ((right - left) * (column + 0.5)) / size,
        bottom + ((top - bottom) * (row + 0.5)) / size,
      )
    }
  }
  return points
}

/** Where two pictures of a page differ, as a few rectangles that a person can look at. Pure. */
import type { Picture } from './messages.ts'

/** In parts of the page's width and height, 0 to 1. */
export interface Rectangle {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** Smoothing of edges differs less; a light grey letter on white differs more. */
const threshold = 24
/** Pictures are compared in squares of so many pixels; near ones make one rectangle. */
const cell = 8

/** Rectangles around all that differs, from the top; empty where nothing does. Pictures of different sizes differ as a whole. */
export function differences(one: Picture, other: Picture): Rectangle[] {
  if (one.widthPx !== other.widthPx || one.heightPx !== other.heightPx) return [wholePage]
  const columns = Math.ceil(one.widthPx / cell)
  const rows = Math.ceil(one.heightPx / cell)
  const differing = new Uint8Array(columns * rows)
  for (let at = 0; at < one.rgba.length; at += 4) {
    if (!pixelDiffers(one.rgba, other.rgba, at)) continue
    const pixel = at / 4
    const x = pixel % one.widthPx
    const y = Math.floor(pixel / one.widthPx)
    differing[Math.floor(y / cell) * columns + Math.floor(x / cell)] = 1
  }
  return groupsOf(differing, columns)
    .map(({ left, top, right, bottom }) => ({
      left: (left * cell) / one.widthPx,
      top: (top * cell) / one.heightPx,
      width: Math.min(1, ((right - left + 1) * cell) / one.widthPx),
      height: Math.min(1, ((bottom - top + 1) * cell) / one.heightPx),
    }))
    .toSorted((a, b) => a.top - b.top || a.left - b.left)
}

const wholePage: Rectangle = { left: 0, top: 0, width: 1, height: 1 }

function pixelDiffers(one: Uint8ClampedArray, other: Uint8ClampedArray, at: number): boolean {
  for (let channel = at; channel < at + 3; channel++) {
    if (Math.abs((one[channel] ?? 0) - (other[channel] ?? 0)) > threshold) return true
  }
  return false
}

interface Group {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** Cells that touch, with a gap of at most two between them, in one group each. */
function groupsOf(differing: Uint8Array, columns: number): Group[] {
  const seen = new Uint8Array(differing.length)
  const groups: Group[] = []
  for (const [start, differs] of differing.entries()) {
    if (differs === 1 && seen[start] === 0) groups.push(spread(start, { differing, seen, columns }))
  }
  return groups
}

const gap = 2

function spread(
  start: number,
  of: {
    readonly differing: Uint8Array
    readonly seen: Uint8Array
    readonly columns: number
  },
): Group {
  const { differing, seen, columns } = of
  const rows = differing.length / columns
  let group = { left: columns, top: rows, right: 0, bottom: 0 }
  const toVisit = [start]
  seen[start] = 1
  for (let at = toVisit.pop(); at !== undefined; at = toVisit.pop()) {
    const [x, y] = [at % columns, Math.floor(at / columns)]
    group = {
      left: Math.min(group.left, x),
      top: Math.min(group.top, y),
      right: Math.max(group.right, x),
      bottom: Math.max(group.bottom, y),
    }
    for (let row = Math.max(0, y - gap); row <= Math.min(rows - 1, y + gap); row++) {
      for (let column = Math.max(0, x - gap); column <= Math.min(columns - 1, x + gap); column++) {
        const next = row * columns + column
        if (differing[next] !== 1 || seen[next] !== 0) continue
        seen[next] = 1
        toVisit.push(next)
      }
    }
  }
  return group
}

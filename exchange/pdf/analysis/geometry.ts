/** Points, matrices and shapes on a page, in its default user space. */

/** `[a b c d e f]` (ISO 32000-1 8.3.3). */
export type Matrix = readonly [number, number, number, number, number, number]

export const identity: Matrix = [1, 0, 0, 1, 0, 0]

/** First `inner`, then `outer`. */
export function multiply(inner: Matrix, outer: Matrix): Matrix {
  const [a, b, c, d, e, f] = inner
  const [A, B, C, D, E, F] = outer
  return [
    a * A + b * C,
    a * B + b * D,
    c * A + d * C,
    c * B + d * D,
    e * A + f * C + E,
    e * B + f * D + F,
  ]
}

export function apply([a, b, c, d, e, f]: Matrix, x: number, y: number): readonly [number, number] {
  return [a * x + c * y + e, b * x + d * y + f]
}

/** The inverse; undefined if all falls on a line. */
export function invert([a, b, c, d, e, f]: Matrix): Matrix | undefined {
  const det = a * d - b * c
  if (Math.abs(det) < 1e-9) return undefined
  return [d / det, -b / det, -c / det, a / det, (c * f - d * e) / det, (b * e - a * f) / det]
}

export interface Box {
  readonly left: number
  readonly bottom: number
  readonly right: number
  readonly top: number
}

/** Closed outlines, each as x and y in turn, with the rule that says what is inside. */
export interface Shape {
  readonly outlines: readonly (readonly number[])[]
  readonly evenOdd: boolean
  readonly box: Box
}

export function shapeOf(outlines: readonly (readonly number[])[], evenOdd: boolean): Shape {
  let [left, bottom, right, top] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const outline of outlines) {
    for (let at = 0; at + 1 < outline.length; at += 2) {
      const [x = 0, y = 0] = [outline[at], outline[at + 1]]
      left = Math.min(left, x)
      right = Math.max(right, x)
      bottom = Math.min(bottom, y)
      top = Math.max(top, y)
    }
  }
  return { outlines, evenOdd, box: { left, bottom, right, top } }
}

/** A rectangle seen through a matrix. */
export function quadrilateral(matrix: Matrix, box: Box): Shape {
  const corners = [
    apply(matrix, box.left, box.bottom),
    apply(matrix, box.right, box.bottom),
    apply(matrix, box.right, box.top),
    apply(matrix, box.left, box.top),
  ]
  return shapeOf([corners.flat()], false)
}

/** Whether a point lies inside (8.5.3.3). */
export function isInside({ outlines, evenOdd, box }: Shape, x: number, y: number): boolean {
  if (x < box.left || x > box.right || y < box.bottom || y > box.top) return false
  let winding = 0
  let crossings = 0
  for (const outline of outlines) {
    const size = outline.length
    let [fromX = 0, fromY = 0] = [outline[size - 2], outline[size - 1]]
    for (let at = 0; at + 1 < size; at += 2) {
      const [toX = 0, toY = 0] = [outline[at], outline[at + 1]]
      if (fromY > y !== toY > y) {
        const crossing = fromX + ((y - fromY) / (toY - fromY)) * (toX - fromX)
        if (crossing > x) {
          crossings++
          winding += toY > fromY ? 1 : -1
        }
      }
      ;[fromX, fromY] = [toX, toY]
    }
  }
  return evenOdd ? crossings % 2 === 1 : winding !== 0
}

export function overlaps(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.bottom < b.top && b.bottom < a.top
}

/** Lengths of a box; 0 if it is empty. */
export function areaOf({ left, bottom, right, top }: Box): number {
  return right > left && top > bottom ? (right - left) * (top - bottom) : 0
}

export function intersect(a: Box, b: Box): Box {
  return {
    left: Math.max(a.left, b.left),
    bottom: Math.max(a.bottom, b.bottom),
    right: Math.min(a.right, b.right),
    top: Math.min(a.top, b.top),
  }
}

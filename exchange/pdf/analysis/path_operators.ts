/** Paths, fills and clips (ISO 32000-1 8.5). */
import { apply, invert, quadrilateral, shapeOf, type Shape } from './geometry.ts'
import { numbers, type Act, type Run } from './run.ts'
import type { Cover } from './scene.ts'
import { maxClips, opacityOf, type GraphicsState } from './state.ts'
import { spend } from './work.ts'

/** Operators by name. */
export const pathOperators: Readonly<Record<string, Act>> = {
  m: (run, operands) => {
    const [x = 0, y = 0] = numbers(operands)
    run.outlines.push([...apply(run.state.matrix, x, y)])
  },
  l: (run, operands) => {
    const [x = 0, y = 0] = numbers(operands)
    run.outlines.at(-1)?.push(...apply(run.state.matrix, x, y))
  },
  c: (run, operands) => {
    curve(run, numbers(operands))
  },
  v: (run, operands) => {
    const [from, matrix] = [lastPoint(run), run.state.matrix]
    const back = invert(matrix)
    const start = back ? apply(back, ...from) : ([0, 0] as const)
    curve(run, [...start, ...numbers(operands)])
  },
  y: (run, operands) => {
    const [a = 0, b = 0, x = 0, y = 0] = numbers(operands)
    curve(run, [a, b, x, y, x, y])
  },
  re: (run, operands) => {
    const [x = 0, y = 0, width = 0, height = 0] = numbers(operands)
    const box = { left: x, bottom: y, right: x + width, top: y + height }
    run.outlines.push([...(quadrilateral(run.state.matrix, box).outlines[0] ?? [])])
  },
  h: () => undefined,
  f: (run) => {
    fill(run, false)
  },
  F: (run) => {
    fill(run, false)
  },
  'f*': (run) => {
    fill(run, true)
  },
  B: (run) => {
    fill(run, false)
  },
  'B*': (run) => {
    fill(run, true)
  },
  b: (run) => {
    fill(run, false)
  },
  'b*': (run) => {
    fill(run, true)
  },
  S: (run) => {
    endPath(run)
  },
  s: (run) => {
    endPath(run)
  },
  n: (run) => {
    endPath(run)
  },
  W: (run) => {
    run.clip = 'nonzero'
  },
  'W*': (run) => {
    run.clip = 'evenodd'
  },
  sh: (run) => {
    const everywhere = { left: -1e5, bottom: -1e5, right: 1e5, top: 1e5 }
    if (run.hidden === 0) lay(run, quadrilateral([1, 0, 0, 1, 0, 0], everywhere), { by: 'paint' })
  },
}

function lastPoint(run: Run): readonly [number, number] {
  const outline = run.outlines.at(-1) ?? []
  return [outline.at(-2) ?? 0, outline.at(-1) ?? 0]
}

/** A Bezier curve as six lines. */
function curve(run: Run, points: readonly number[]): void {
  const outline = run.outlines.at(-1)
  if (outline === undefined) return
  // Its points are kept until the path is painted.
  spend(run.session.work, 'operators', 9)
  const { matrix } = run.state
  const [x0, y0] = lastPoint(run)
  const [x1, y1] = apply(matrix, points[0] ?? 0, points[1] ?? 0)
  const [x2, y2] = apply(matrix, points[2] ?? 0, points[3] ?? 0)
  const [x3, y3] = apply(matrix, points[4] ?? 0, points[5] ?? 0)
  for (let step = 1; step <= 6; step++) {
    const t = step / 6
    const s = 1 - t
    const [p, q, r, u] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t]
    outline.push(p * x0 + q * x1 + r * x2 + u * x3, p * y0 + q * y1 + r * y2 + u * y3)
  }
  run.curves++
}

function fill(run: Run, evenOdd: boolean): void {
  if (run.outlines.length > 0 && run.hidden === 0) {
    const shape = shapeOf(run.outlines, evenOdd)
    lay(run, shape, { by: 'paint' })
    if (run.curves > 0) run.canvas.scene.drawing(shape, run.state.clips)
  }
  endPath(run)
}

function endPath(run: Run): void {
  if (run.clip !== undefined && run.outlines.length > 0) {
    addClip(run.state, shapeOf(run.outlines, run.clip === 'evenodd'))
  }
  run.clip = undefined
  run.outlines = []
  run.curves = 0
}

/** Narrows the clip. */
export function addClip(state: GraphicsState, shape: Shape): void {
  state.clips = [...state.clips, shape].slice(-maxClips)
}

/** Lays paint over what is there; `isOpaqueAt` where it hides, all over if absent. */
export function lay(
  run: Run,
  shape: Shape,
  how: {
    readonly by: Cover['by']
    readonly isOpaqueAt?: ((x: number, y: number) => boolean) | undefined
    readonly isUncertain?: boolean
  },
): void {
  const opacity = opacityOf(run.state)
  const { scene } = run.canvas
  const { by, isOpaqueAt, isUncertain = false } = how
  const base = { shape, clips: run.state.clips, by, ...(isOpaqueAt && { isOpaqueAt }) }
  if (opacity !== 'clear') {
    scene.cover({ ...base, isCertain: opacity === 'opaque' && !isUncertain })
  }
  if (by === 'image' || run.state.ink !== 'white') scene.ground({ ...base, isCertain: true })
}

/** Plots as inline SVG, without scripts or styles of their own. Pure. */
import { html, type Content, type Html } from '../html.ts'

/** A moment and a value; undefined where nothing is known: there the line is broken. */
export interface Point {
  readonly at: number
  readonly value: number | undefined
}

export interface PlotOptions {
  readonly points: readonly Point[]
  /** Milliseconds since 1970. */
  readonly from: number
  readonly to: number
  readonly title: string
  /** What the newest value is, in words. */
  readonly now: Content
  /** A value in words, for the scale. */
  readonly words: (value: number) => string
  /** The scale begins at 0 unless this says where. */
  readonly floor?: number
  /** Where the scale ends for values up to this; at a round number unless this says otherwise. */
  readonly topOf?: (value: number) => number
  /** Why there is no line, where less than two values are known. */
  readonly empty: string
  /** Words at the left and the right end of the time. */
  readonly ends: readonly [string, string]
}

const width = 600
const height = 96

/** A line over time with its scale; the newest value beside the title. */
export function plot(options: PlotOptions): Html {
  const { points, from, to, title, now, words, floor = 0, topOf = niceTop, ends } = options
  const values = points.flatMap(({ value }) => value ?? [])
  if (values.length < 2) return emptyPlot(options)
  const top = topOf(Math.max(...values, floor + Number.EPSILON) - floor) + floor
  const x = (at: number): number => ((at - from) / Math.max(1, to - from)) * width
  const y = (value: number): number => height - ((value - floor) / (top - floor)) * height
  const name = `${title}: ${words(top)}`
  return html`<figure class="plot">
    <figcaption><span>${title}</span><b>${now}</b></figcaption>
    <svg
      viewBox="0 0 ${width} ${height}"
      preserveAspectRatio="none"
      role="img"
      aria-label="${name}"
    >
      <path class="grid" d="M0 .5H${width}M0 ${height / 2}H${width}M0 ${height - 0.5}H${width}" />
      <path class="line" d="${linePath(points, x, y)}" />
    </svg>
    <div class="scale"><span>${words(top)}</span><span>${words(floor)}</span></div>
    <div class="ends"><span>${ends[0]}</span><span>${ends[1]}</span></div>
  </figure>`
}

/** Axes without a line would say that there was nothing, where little is known. */
function emptyPlot({ title, now, empty }: PlotOptions): Html {
  return html`<figure class="plot">
    <figcaption><span>${title}</span><b>${now}</b></figcaption>
    <p class="none">${empty}</p>
  </figure>`
}

/** Moves where the line is broken; a point alone is drawn as a dot of the stroke's width. */
export function linePath(
  points: readonly Point[],
  x: (at: number) => number,
  y: (value: number) => number,
): string {
  let path = ''
  let isDrawing = false
  for (const { at, value } of points) {
    if (value === undefined) {
      isDrawing = false
      continue
    }
    const place = `${x(at).toFixed(1)} ${y(value).toFixed(1)}`
    path += isDrawing ? `L${place}` : `M${place}h.1`
    isDrawing = true
  }
  return path
}

/** The next of 1, 2, 5 times a power of ten. */
export function niceTop(value: number): number {
  if (!(value > 0)) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  return ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10) * power
}

/** The same of bytes, as people read them. */
export function niceBytes(value: number): number {
  const unit = 1024 ** Math.max(0, Math.floor(Math.log2(Math.max(1, value)) / 10))
  return niceTop(value / unit) * unit
}

/** Neighbours taken together: whether any of them is. */
export function gathered(row: readonly boolean[], size: number): boolean[] {
  return Array.from({ length: Math.ceil(row.length / size) }, (_, at) =>
    row.slice(at * size, (at + 1) * size).some(Boolean),
  )
}

/** Runs of a row of yes and no, each in spans: what a strip is drawn from. */
export function runsOf(
  row: readonly boolean[],
): { readonly from: number; readonly length: number }[] {
  const runs: { from: number; length: number }[] = []
  row.forEach((is, at) => {
    const last = runs.at(-1)
    if (!is) return
    if (last !== undefined && last.from + last.length === at) last.length += 1
    else runs.push({ from: at, length: 1 })
  })
  return runs
}

/** When something was there, as a strip; `spans` from the oldest to the newest. */
export function strip(spans: readonly boolean[], label: string): Html {
  const path = runsOf(spans)
    .map(({ from, length }) => `M${String(from)} 4h${String(length)}`)
    .join('')
  return html`<svg
    class="strip"
    viewBox="0 0 ${spans.length} 8"
    preserveAspectRatio="none"
    role="img"
    aria-label="${label}"
  >
    <path class="base" d="M0 4h${spans.length}" />
    <path class="on" d="${path}" />
  </svg>`
}

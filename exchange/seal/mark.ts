/**
 * The visible mark of a seal: red, round, a five-pointed star in the middle, the organ's name along the upper arc, drawn as vectors without any font. It attests
 * nothing by itself; the signature does. Pure.
 *
 * 国务院关于国家行政机关和企业事业单位社会团体印章管理的规定 (国发〔1999〕25号): round, star in the centre, name from left to right around it; 42 mm.
 */
import { utf8 } from '../../ca/index.ts'
import type { GlyphOutline, GlyphOutlines } from '../layout/index.ts'
import { numberText } from '../pdf/index.ts'
import type { MarkPicture, SealMark } from './prepare.ts'

export interface SealMarkOptions {
  /** The organ's name, 1 to 40 characters; a longer one gets very small. */
  name: string
  /** A line under the star, such as 公文专用章. */
  lowerText?: string
  /** Whether 试用 TRIAL stands in the seal. */
  trial: boolean
  /** Points; 42 mm if absent. */
  diameter?: number
  outlines: GlyphOutlines
}

/** Diameter of the seal of an organ in points, 42 mm. */
export const sealMarkDiameter = (42 * 72) / 25.4

// All below is drawn in millimetres of a seal of 42 mm about its centre, then brought to the size asked for.
const radius = 21
const border = 1.2
const textOuter = 18.7
const starRadius = 7
const red = '0.90 0.07 0.09'
/** The circle as four cubic curves: distance of the control points. */
const kappa = 0.5523

/**
 * Draws the mark over the square from (0, 0) to (size, size). Its ink multiplies what lies under it, as ink does, so that a name pressed by the seal stays
 * legible: the graphics state `Multiply` that it calls is declared by `prepareSeal`.
 */
export function sealMark(options: SealMarkOptions): SealMark {
  const size = options.diameter ?? sealMarkDiameter
  const pen = createPen(size)
  pen.state('/Multiply gs')
  pen.state(`${red} RG ${red} rg`)
  pen.circle(radius - border / 2, border)
  pen.polygon(star())
  arcText(pen, options.outlines(options.name))
  if (options.lowerText !== undefined) {
    lineText(pen, options.outlines(options.lowerText), { height: 3.6, width: 18, middle: -11 })
  }
  if (options.trial) {
    lineText(pen, options.outlines(trialWords), { height: 2.8, width: 14, middle: -15.2 })
  }
  return { content: utf8(`q\n${pen.text()}Q\n`), size }
}

/** The mark that shows a unit's own picture, as large as the square lets it be; on a trial box with the words of one over its lower edge. */
export function pictureMark(
  options: Pick<SealMarkOptions, 'trial' | 'diameter' | 'outlines'> & { picture: MarkPicture },
): SealMark {
  const { picture, trial, outlines } = options
  const size = options.diameter ?? sealMarkDiameter
  const scale = size / Math.max(picture.width, picture.height)
  const [width, height] = [picture.width * scale, picture.height * scale]
  const place = [width, 0, 0, height, (size - width) / 2, (size - height) / 2]
  const pen = createPen(size)
  pen.state('/Multiply gs')
  pen.state(`q ${place.map(numberText).join(' ')} cm /Picture Do Q`)
  if (trial) {
    pen.state(`${red} rg`)
    lineText(pen, outlines(trialWords), { height: 2.8, width: 14, middle: -15.2 })
  }
  return { content: utf8(`q\n${pen.text()}Q\n`), size, picture }
}

const trialWords = '试用 TRIAL'

type Point = readonly [x: number, y: number]

interface Pen {
  state: (operators: string) => void
  circle: (radius: number, width: number) => void
  polygon: (points: readonly Point[]) => void
  /** Fills outlines, each point moved by `place`. */
  glyph: (outline: GlyphOutline, place: (x: number, y: number) => Point) => void
  text: () => string
}

/** Writes operators; takes millimetres about the centre, gives points from the lower left. */
function createPen(size: number): Pen {
  const scale = size / (2 * radius)
  const lines: string[] = []
  const length = (mm: number) => String(Number((mm * scale).toFixed(2)))
  const at = ([x, y]: Point) => `${length(x + radius)} ${length(y + radius)}`
  return {
    state: (operators) => lines.push(operators),
    circle: (r, width) => {
      const k = r * kappa
      const quarters: [Point, Point, Point][] = [
        [
          [r, k],
          [k, r],
          [0, r],
        ],
        [
          [-k, r],
          [-r, k],
          [-r, 0],
        ],
        [
          [-r, -k],
          [-k, -r],
          [0, -r],
        ],
        [
          [k, -r],
          [r, -k],
          [r, 0],
        ],
      ]
      lines.push(`${length(width)} w ${at([r, 0])} m`)
      for (const curve of quarters) lines.push(`${curve.map(at).join(' ')} c`)
      lines.push('s')
    },
    polygon: (points) => {
      const [first, ...others] = points.map(at)
      lines.push(`${first ?? ''} m ${others.map((point) => `${point} l`).join(' ')} h f`)
    },
    glyph: ({ steps }, place) => {
      const path = steps.map((step) => {
        if (step.to === 'close') return 'h'
        const end = at(place(step.x, step.y))
        if (step.to !== 'curve') return `${end} ${step.to === 'move' ? 'm' : 'l'}`
        return `${at(place(step.x1, step.y1))} ${at(place(step.x2, step.y2))} ${end} c`
      })
      if (path.length > 0) lines.push(`${path.join(' ')} f`)
    },
    text: () => `${lines.join('\n')}\n`,
  }
}

/** Ten corners, one point upwards. */
function star(): Point[] {
  const inner = starRadius * 0.382
  return Array.from({ length: 10 }, (_, corner) => {
    const angle = (corner * Math.PI) / 5
    const r = corner % 2 === 0 ? starRadius : inner
    return [r * Math.sin(angle), r * Math.cos(angle)]
  })
}

/** The name around the upper arc: upright to the radius, evenly spaced, in characters the narrower the longer it is, as engravers cut them. */
function arcText(pen: Pen, glyphs: readonly GlyphOutline[]): void {
  const count = glyphs.length
  if (count === 0) return
  const height = Math.min(7.6, Math.max(3.2, 7.6 - 0.16 * (count - 8)))
  const step = (Math.min(38, 262 / count) * Math.PI) / 180
  const inner = textOuter - height
  const width = Math.min(0.8 * height, 0.94 * step * (inner + 0.15 * height))
  for (const [at, glyph] of glyphs.entries()) {
    const angle = (at - (count - 1) / 2) * step
    const [sin, cos] = [Math.sin(angle), Math.cos(angle)]
    pen.glyph(glyph, (emX, emY) => {
      const x = (emX - glyph.advance / 2) * width
      const y = inner + (emY + 0.12) * height
      return [x * cos + y * sin, y * cos - x * sin]
    })
  }
}

/** A straight line of text centred below the star, condensed to `width`. */
function lineText(
  pen: Pen,
  glyphs: readonly GlyphOutline[],
  line: { height: number; width: number; middle: number },
): void {
  const natural = glyphs.reduce((sum, { advance }) => sum + advance, 0)
  if (natural === 0) return
  const em = Math.min(line.height, line.width / natural)
  let left = (-natural * em) / 2
  for (const glyph of glyphs) {
    const from = left
    pen.glyph(glyph, (x, y) => [from + x * em, line.middle + (y - 0.38) * line.height])
    left += glyph.advance * em
  }
}

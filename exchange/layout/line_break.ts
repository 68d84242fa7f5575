/**
 * Breaks a paragraph into lines of a given width by the rules of Chinese composition: no closing mark at a line's start, no opening mark at its
 * end; numbers, Latin words, 〔2026〕12号 and the two-character dash and ellipsis stay whole. A closing mark that does not fit is taken in by narrowing
 * the line's punctuation, else the line is opened up. No character is ever dropped. Pure.
 *
 * GB/T 15834-2011 5.1 (places of punctuation); GB/T 9704-2012 6.3.
 */
import { type Glyph, setGlyphs, widthOf } from './metrics.ts'
import type { Colour, Run } from './page.ts'

/** One line: its glyphs, how far it is indented, and what is left (or, negative, too much) of the width; points. */
export interface Line {
  glyphs: Glyph[]
  indent: number
  slack: number
  /** The last line of its paragraph keeps its natural width. */
  last: boolean
}

export interface Measure {
  /** Width of the column. */
  width: number
  /** Indent of the first line and of the others. */
  firstIndent: number
  hangingIndent: number
  /** Added after each character. */
  spacing: number
}

const closing = /^(?:[，。、；：？！）〕】》」』〉〗”’％‰℃～·,.;:?!)\]}%]|—(?!—))/u
const opening = /[（〔【《「『〈〖“‘([{]$/u
const narrowAfter = /^[，。、；：）〕】》」』〉〗”’]$/u
const narrowBefore = /^[（〔【《「『〈〖“‘]$/u
/** Points that a line may be over its width, for rounding and the tracking after its last character. */
const tolerance = 0.1
/** What stays together; anything else breaks after each character. */
const whole =
  /〔\d{2,4}〕\d{1,5}号?|[\p{Script=Latin}\d]+(?:[.,:/@_+'’-][\p{Script=Latin}\d]+)*[%‰％℃°年月日号]?|——|……|./gsu

/** Breaks measured glyphs into lines; an empty paragraph is one empty line. */
export function breakLines(glyphs: readonly Glyph[], measure: Measure): Line[] {
  const units = splitUnits(glyphs, measure)
  const lines: Line[] = []
  let start = 0
  do {
    const indent = lines.length === 0 ? measure.firstIndent : measure.hangingIndent
    const end = fill(units, start, { room: measure.width - indent, spacing: measure.spacing })
    const taken = units.slice(start, end).flat()
    const slack = measure.width - indent - widthOf(taken, measure.spacing)
    lines.push({ glyphs: taken, indent, slack, last: end >= units.length })
    start = end
  } while (start < units.length)
  return lines
}

/** Sets a line at `x` (the column's left edge) on baseline `y`, justified unless it is the last of its paragraph. */
export function setLine(
  line: Line,
  setting: { x: number; y: number; spacing: number; colour?: Colour },
): Run[] {
  const { glyphs, indent, slack, last } = line
  const at = { ...setting, x: setting.x + indent }
  if (slack < -0.01) return setGlyphs(glyphs, { ...at, shifts: narrowing(glyphs, -slack) })
  const gaps = glyphs.length - 1
  const each = gaps > 0 ? slack / gaps : 0
  const opened = last || each > 0.35 * (glyphs[0]?.size ?? 0) ? 0 : each
  return setGlyphs(glyphs, { ...at, spacing: setting.spacing + opened })
}

/** Units that are not broken; one that is wider than a whole line falls apart into its characters. */
function splitUnits(glyphs: readonly Glyph[], measure: Measure): Glyph[][] {
  const text = glyphs.map(({ character }) => character).join('')
  const narrowest = measure.width - Math.max(measure.firstIndent, measure.hangingIndent)
  const units: Glyph[][] = []
  let at = 0
  for (const [unit] of text.matchAll(whole)) {
    const taken = glyphs.slice(at, at + Array.from(unit).length)
    at += taken.length
    if (widthOf(taken, measure.spacing) <= narrowest) units.push(taken)
    else units.push(...taken.map((glyph) => [glyph]))
  }
  return units
}

/** The index after the last unit of the line that begins at `start`; always takes at least one unit. */
function fill(
  units: readonly Glyph[][],
  start: number,
  line: { room: number; spacing: number },
): number {
  let used = 0
  let end = start
  for (; end < units.length; end++) {
    const width = widthOf(units[end] ?? [], line.spacing)
    if (used + width > line.room + 0.01) break
    used += width
  }
  if (end >= units.length) return end
  if (end === start) return start + 1
  if (mayBreak(units, end)) return end
  const squeezed = end + 1
  const over = used + widthOf(units[end] ?? [], line.spacing) - line.room
  const taken = units.slice(start, squeezed).flat()
  if (
    over <= narrowable(taken) + tolerance &&
    (squeezed === units.length || mayBreak(units, squeezed))
  ) {
    return squeezed
  }
  let back = end
  while (back > start + 1 && !mayBreak(units, back)) back--
  return mayBreak(units, back) ? back : end
}

/** Whether a line may end before the unit at `at`. */
function mayBreak(units: readonly Glyph[][], at: number): boolean {
  const before = units[at - 1]?.at(-1)?.character ?? ''
  const after = (units[at] ?? []).map(({ character }) => character).join('')
  return !closing.test(after) && !opening.test(before)
}

/** Places of the marks with a blank half that a line can do without; an opening mark at its start keeps its own. */
function narrowableMarks(glyphs: readonly Glyph[]): number[] {
  return glyphs.flatMap(({ character, width, size }, at) => {
    const blank = narrowAfter.test(character) || (at > 0 && narrowBefore.test(character))
    return blank && width > 0.9 * size ? [at] : []
  })
}

/** How much a line's punctuation can give: half a character each. */
function narrowable(glyphs: readonly Glyph[]): number {
  return narrowableMarks(glyphs).reduce((sum, at) => sum + (glyphs[at]?.size ?? 0) / 2, 0)
}

/** Shifts that take `amount` evenly out of the blank half of the line's punctuation. */
function narrowing(glyphs: readonly Glyph[], amount: number): Map<number, number> {
  const marks = narrowableMarks(glyphs)
  const shifts = new Map<number, number>()
  for (const at of marks) {
    const shifted = narrowBefore.test(glyphs[at]?.character ?? '') ? at : at + 1
    shifts.set(shifted, (shifts.get(shifted) ?? 0) - amount / marks.length)
  }
  return shifts
}

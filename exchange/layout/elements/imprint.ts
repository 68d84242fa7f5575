/**
 * The imprint (版记) at the foot of the last page: main recipients that found no place on page 1, copies, who printed it and when. Its last line lies
 * exactly on the foot of the type area. Pure.
 *
 * GB/T 9704-2012 7.4.
 */
import type { Draft } from '../../draft/schema.ts'
import { breakLines, setLine } from '../line_break.ts'
import { setGlyphs, type Shaper, widthOf } from '../metrics.ts'
import {
  area,
  baseline,
  type ComposedPage,
  horizontalRule,
  pointsPerMm,
  rowPitch,
  size4,
} from '../page.ts'
import { joinNames } from './flow.ts'

export interface Imprint {
  /** Grid rows that it takes from the page's foot. */
  rows: number
  ink: ComposedPage
}

/** From one line of the imprint to the next, and from a rule to the text beside it, mm. */
const pitch = 7
const gap = 1.3
const glyphHeight = size4 / pointsPerMm
/** One 字 of size 4, mm: the indent on both sides. */
const indent = glyphHeight
const outerRule = 0.35
const innerRule = 0.25

export function composeImprint(options: {
  draft: Draft
  /** 印发日期 as painted. */
  date: string
  /** Whether the main recipients stand here instead of on page 1. */
  withMainRecipients: boolean
  shaper: Shaper
}): Imprint {
  const { draft, date, withMainRecipients, shaper } = options
  const lists = [
    ...(withMainRecipients ? [listLines('主送：', joinNames(draft.mainRecipients), shaper)] : []),
    ...(draft.copies.length > 0 ? [listLines('抄送：', joinNames(draft.copies), shaper)] : []),
  ].flat()
  const blockHeight = (lines: number) => (lines - 1) * pitch + glyphHeight + 2 * gap
  const printedTop = area.bottom - blockHeight(1)
  const top = lists.length === 0 ? printedTop : printedTop - blockHeight(lists.length)
  const ink: ComposedPage = {
    runs: [],
    rules: [rule(top, outerRule), rule(area.bottom, outerRule)],
  }
  if (lists.length > 0) ink.rules.push(rule(printedTop, innerRule))
  for (const [at, line] of lists.entries()) {
    const y = baseline(top + gap + at * pitch, size4)
    ink.runs.push(...setLine(line, { x: (area.left + indent) * pointsPerMm, y, spacing: 0 }))
  }
  const y = baseline(printedTop + gap, size4)
  const printed = shaper.shape(draft.printedBy, 'fangsong', size4)
  const issued = shaper.shape(`${date}印发`, 'fangsong', size4)
  const right = (area.right - indent) * pointsPerMm
  const room = (area.width - 3 * indent) * pointsPerMm - widthOf(issued)
  const horizontalScale = Math.min(100, (100 * room) / widthOf(printed))
  const left = (area.left + indent) * pointsPerMm
  ink.runs.push(...setGlyphs(printed, { x: left, y, horizontalScale }))
  ink.runs.push(...setGlyphs(issued, { x: right - widthOf(issued), y }))
  return { rows: Math.ceil((area.bottom - top + 2) / rowPitch), ink }
}

/** A list of organs behind its label, wrapped lines under the first name, closed by 。 */
function listLines(label: string, names: string, shaper: Shaper) {
  const head = shaper.shape(label, 'fangsong', size4)
  return breakLines([...head, ...shaper.shape(`${names}。`, 'fangsong', size4)], {
    width: (area.width - 2 * indent) * pointsPerMm,
    firstIndent: 0,
    hangingIndent: widthOf(head),
    spacing: 0,
  })
}

function rule(y: number, width: number) {
  return horizontalRule({ left: area.left, right: area.right, y, width, colour: 'black' })
}

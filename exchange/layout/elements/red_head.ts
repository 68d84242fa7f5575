/**
 * The head of page 1: urgency, the red mark of the issuing organs, number, signatories of an upward document, red line and title. The letter form (信函),
 * orders (命令) and minutes (纪要) have heads of their own and are laid out as ordinary documents for now. Pure.
 *
 * GB/T 9704-2012 7.2 (head), 7.3.1 (title).
 */
import type { Draft } from '../../draft/schema.ts'
import { type Glyph, type Shaper, setGlyphs, widthOf } from '../metrics.ts'
import {
  area,
  baseline,
  cell,
  type ComposedPage,
  horizontalRule,
  pointsPerMm,
  rowPitch,
  rowsPerPage,
  rowTop,
  size2,
  size3,
  tracking3,
} from '../page.ts'
import { titleLines } from '../title_lines.ts'

export interface HeadOptions {
  draft: Draft
  /** 发文字号 as painted. */
  number: string
  shaper: Shaper
}

/** The head's ink and the row at which the text begins, one empty row below the title. */
export interface Head {
  ink: ComposedPage
  nextRow: number
}

/** Top of the mark: 35 mm under the top of the type area, 7.2.4. */
const markTop = area.top + 35
/** Ink of a Chinese character reaches this far above its baseline, in ems. */
const inkAscent = 0.85
const redLineGap = 4
const ruleWidth = 0.35
/** Heights tried for the mark of several organs, mm, and the one taken if none leaves `textRows` for recipients and text. */
const markHeights = [64, 58, 52, 46, 40]
const lowestMark = 34
const textRows = 5
/** Narrower than this, condensed characters look crushed; then they get smaller instead. */
const narrowest = 62

export function composeHead({ draft, number, shaper }: HeadOptions): Head {
  const title = titleLines(
    draft.title,
    draft.issuers.map(({ name }) => name),
    shaper,
  )
  const marks = markHeights.map((height) => composeMark(draft, shaper, height))
  const roomy = marks.find(
    ({ bottom }) => firstRowUnder(bottom) + 4 + title.length <= rowsPerPage - textRows,
  )
  const mark = roomy ?? composeMark(draft, shaper, lowestMark)
  const names = signatories(draft)
  const firstRow = firstRowUnder(mark.bottom)
  const numberRow = firstRow + Math.max(0, Math.ceil(names.length / 2) - 1)
  const titleRow = Math.min(numberRow + 3, rowsPerPage - title.length)
  const ink: ComposedPage = { runs: [...mark.ink.runs], rules: [] }
  ink.runs.push(...urgencyRuns(draft, shaper))
  ink.runs.push(...numberRuns({ number, shaper, row: numberRow, upward: names.length > 0 }))
  ink.runs.push(...signatoryRuns({ names, shaper, firstRow }))
  ink.rules.push(
    horizontalRule({
      left: area.left,
      right: area.right,
      y: rowTop(numberRow) + size3 / pointsPerMm + redLineGap,
      width: ruleWidth,
      colour: 'red',
    }),
  )
  for (const [at, glyphs] of title.entries()) {
    const top = rowTop(titleRow + at) + (size3 - size2) / 2 / pointsPerMm
    ink.runs.push(...setGlyphs(glyphs, centred(glyphs, { y: baseline(top, size2) })))
  }
  return { ink, nextRow: titleRow + title.length + 1 }
}

/** The signatories' names; only upward documents show them, 7.2.6. */
function signatories({ direction, signatory }: Draft): string[] {
  if (direction !== 'up' || signatory === undefined) return []
  return signatory.split(/[、，,]/).filter((name) => name.trim() !== '')
}

/** The grid row two empty lines under the mark; a third of a line less is taken for two. */
function firstRowUnder(markBottom: number): number {
  const wanted = markBottom + 2 * rowPitch - rowPitch / 3
  return Math.max(0, Math.ceil((wanted - area.top) / rowPitch))
}

interface Mark {
  ink: ComposedPage
  /** mm. */
  bottom: number
}

function composeMark(draft: Draft, shaper: Shaper, maxHeightMm: number): Mark {
  const names = draft.issuers.map(({ mark, name }) => mark ?? name)
  const [only = ''] = names
  return names.length === 1
    ? singleMark(only.endsWith('文件') ? only : `${only}文件`, shaper)
    : jointMark(names, shaper, maxHeightMm)
}

/** One organ: full height, condensed when long, opened up when short. */
function singleMark(text: string, shaper: Shaper): Mark {
  const room = 150 * pointsPerMm
  const count = Array.from(text).length
  const full = 46
  const condensed = Math.min(100, (100 * room) / (count * full))
  const size = condensed < narrowest ? (full * condensed) / narrowest : full
  const horizontalScale = Math.max(narrowest, condensed)
  const glyphs = shaper.shape(text, 'xiaobiaosong', size)
  const natural = (widthOf(glyphs) * horizontalScale) / 100
  const spacing = count < 2 ? 0 : Math.min(0.3 * size, Math.max(0, (room - natural) / (count - 1)))
  const y = baseline(markTop - (0.88 - inkAscent) * (size / pointsPerMm), size)
  const x =
    area.left * pointsPerMm + (area.width * pointsPerMm - natural - spacing * (count - 1)) / 2
  const runs = setGlyphs(glyphs, { x, y, spacing, horizontalScale, colour: 'red' })
  return { ink: { runs, rules: [] }, bottom: markTop + (0.93 * size) / pointsPerMm }
}

/** Several organs: the lead first, names spread to one width, 文件 to their right, centred upon them, 7.2.4. */
function jointMark(names: readonly string[], shaper: Shaper, maxHeightMm: number): Mark {
  const column = 108 * pointsPerMm
  const longest = Math.max(...names.map((name) => Array.from(name).length))
  const size = Math.min(
    36,
    (column * 100) / narrowest / longest,
    (maxHeightMm * pointsPerMm) / (1.3 * names.length),
  )
  const pitch = 1.3 * size
  const horizontalScale = Math.min(100, (100 * column) / (longest * size))
  const width = Math.min(column, (longest * size * horizontalScale) / 100)
  const height = pitch * (names.length - 1) + size
  const side = Math.min(50, Math.max(size, height * 0.6))
  const left = (area.left + area.width / 2) * pointsPerMm - (width + 0.5 * side + 2 * side) / 2
  const top = markTop - (0.88 - inkAscent) * (size / pointsPerMm)
  const runs = names.flatMap((name, at) => {
    const glyphs = shaper.shape(name, 'xiaobiaosong', size)
    const spread = width - (widthOf(glyphs) * horizontalScale) / 100
    const spacing = glyphs.length < 2 ? 0 : (spread / (glyphs.length - 1) / horizontalScale) * 100
    const y = baseline(top + (at * pitch) / pointsPerMm, size)
    return setGlyphs(glyphs, { x: left, y, spacing, horizontalScale, colour: 'red' })
  })
  const sideTop = markTop + (height - side) / 2 / pointsPerMm
  runs.push(
    ...setGlyphs(shaper.shape('文件', 'xiaobiaosong', side), {
      x: left + width + 0.5 * side,
      y: baseline(sideTop, side),
      colour: 'red',
    }),
  )
  return { ink: { runs, rules: [] }, bottom: markTop + Math.max(height, side) / pointsPerMm }
}

function urgencyRuns({ urgency }: Draft, shaper: Shaper) {
  if (urgency === undefined) return []
  const glyphs = shaper.shape(urgency, 'hei', size3)
  return setGlyphs(glyphs, { x: area.left * pointsPerMm, y: baseline(rowTop(0), size3) })
}

/** The number: centred; one 字 from the left where signatories stand on the right, 7.2.5. */
function numberRuns(options: { number: string; shaper: Shaper; row: number; upward: boolean }) {
  const glyphs = options.shaper.shape(options.number, 'fangsong', size3)
  const y = baseline(rowTop(options.row), size3)
  return options.upward
    ? setGlyphs(glyphs, { x: (area.left + cell) * pointsPerMm, y, spacing: tracking3 })
    : setGlyphs(glyphs, centred(glyphs, { y }))
}

/** 签发人： in 仿宋, names in 楷体, two a line, one 字 from the right, 7.2.6. */
function signatoryRuns(options: { names: readonly string[]; shaper: Shaper; firstRow: number }) {
  const { names, shaper, firstRow } = options
  if (names.length === 0) return []
  const label = shaper.shape('签发人：', 'fangsong', size3)
  const shaped = names.map((name) => shaper.shape(name, 'kai', size3))
  const nameWidth = Math.max(...shaped.map((name) => widthOf(name))) + size3
  const columns = Math.min(2, names.length)
  const right = (area.right - cell) * pointsPerMm
  const left = right - columns * nameWidth + size3
  return [
    ...setGlyphs(label, { x: left - widthOf(label), y: baseline(rowTop(firstRow), size3) }),
    ...shaped.flatMap((name, at) =>
      setGlyphs(name, {
        x: left + (at % columns) * nameWidth,
        y: baseline(rowTop(firstRow + Math.floor(at / columns)), size3),
      }),
    ),
  ]
}

/** Places glyphs in the middle of the type area; a blank at their end does not count. */
function centred(all: readonly Glyph[], { y }: { y: number }) {
  const middle = (area.left + area.width / 2) * pointsPerMm
  const glyphs = /^\s$/.test(all.at(-1)?.character ?? '') ? all.slice(0, -1) : all
  return { x: middle - widthOf(glyphs) / 2, y }
}

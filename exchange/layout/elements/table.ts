/**
 * Tables: hairlines, columns as wide as their contents ask for, cells of size 小4 broken like text, the header repeated on each page. A table row taller
 * than a page is cut into several. Each table row takes whole grid rows. Pure.
 */
import type { Block } from '../../draft/schema.ts'
import { breakLines, type Line, setLine } from '../line_break.ts'
import { type Shaper, widthOf } from '../metrics.ts'
import {
  area,
  baseline,
  type ComposedPage,
  horizontalRule,
  pointsPerMm,
  type Rule,
  rowPitch,
  rowsPerPage,
  yOf,
} from '../page.ts'
import type { Piece } from './flow.ts'

type Table = Extract<Block, { type: 'table' }>

/** 小4, points. */
const size = 12
const leading = 16
const padding = 5
const hairline = 0.18
/** Lines of a cell that fit under the repeated header of a page. */
const maxLines = 30
/** A taller header is not repeated on the next page. */
const maxHeaderRows = 3

/** A table as pieces of whole rows; the header is not parted from the first row. */
export function tablePieces(table: Table, shaper: Shaper): Piece[] {
  const shaped = table.rows.map((row, at) =>
    row.map((text) =>
      shaper.shape(text, table.header === true && at === 0 ? 'hei' : 'fangsong', size),
    ),
  )
  const columns = columnWidths(shaped.map((row) => row.map((cell) => widthOf(cell))))
  const rows = shaped.flatMap((row, at) => {
    const cells = row.map((cell, column) => cellLines(cell, columns[column] ?? 0))
    return splitTall(cells).map((part) => ({
      cells: part,
      isHeader: table.header === true && at === 0,
    }))
  })
  const pieces = rows.map(({ cells, isHeader }) => tableRow({ cells, columns, isHeader }))
  const header = table.header === true ? pieces[0] : undefined
  if (header === undefined || header.rows > maxHeaderRows) return pieces
  return pieces.map((piece) => (piece === header ? piece : { ...piece, repeats: header }))
}

function cellLines(cell: Parameters<typeof breakLines>[0], column: number): Line[] {
  return breakLines(cell, {
    width: column - 2 * padding,
    firstIndent: 0,
    hangingIndent: 0,
    spacing: 0,
  })
}

/** Cuts a row whose cells hold too many lines for one page. */
function splitTall(cells: readonly Line[][]): Line[][][] {
  const height = Math.max(1, ...cells.map((lines) => lines.length))
  return Array.from({ length: Math.ceil(height / maxLines) }, (_, part) =>
    cells.map((lines) => lines.slice(part * maxLines, (part + 1) * maxLines)),
  )
}

/** Shares the width of the type area by the square root of the longest cell, so that a long column does not starve a short one. */
function columnWidths(natural: readonly number[][]): number[] {
  const total = area.width * pointsPerMm
  const columns = natural[0]?.length ?? 0
  const longest = Array.from({ length: columns }, (_, column) =>
    Math.max(2 * size, ...natural.map((row) => row[column] ?? 0)),
  )
  const least = Math.min(4 * size + 2 * padding, total / columns)
  const weights = longest.map((width) => Math.sqrt(width))
  const sum = weights.reduce((all, weight) => all + weight, 0)
  return weights.map((weight) => least + ((total - least * columns) * weight) / sum)
}

function tableRow(options: {
  cells: Line[][]
  columns: readonly number[]
  isHeader: boolean
}): Piece {
  const { cells, columns, isHeader } = options
  const lines = Math.max(1, ...cells.map((cell) => cell.length))
  const needed = (lines * leading + 2 * padding) / pointsPerMm
  const rows = Math.min(rowsPerPage - 2, Math.ceil(needed / rowPitch))
  return {
    rows,
    keepWithNext: isHeader,
    isText: true,
    ink: (topMm) => {
      const top = topMm - inset
      const box = {
        top: Math.max(top, area.top),
        bottom: Math.min(top + rows * rowPitch, area.bottom),
        columns,
      }
      return { runs: cells.flatMap((cell, at) => cellRuns(cell, at, box)), rules: boxRules(box) }
    },
  }
}

/** Text rows begin at the glyph's top; a table's box begins half of the blank between two rows above it. */
const inset = (rowPitch - 15.75 / pointsPerMm) / 2

interface Box {
  top: number
  bottom: number
  columns: readonly number[]
}

/** A cell's lines, centred from top to bottom; one line is centred from left to right too. */
function cellRuns(lines: readonly Line[], column: number, box: Box): ComposedPage['runs'] {
  const before = box.columns.slice(0, column).reduce((sum, width) => sum + width, 0)
  const width = box.columns[column] ?? 0
  const left = area.left * pointsPerMm + before + padding
  const height = (box.bottom - box.top) * pointsPerMm
  const blank = (height - (lines.length - 1) * leading - size) / 2
  return lines.flatMap((line, at) => {
    const top = box.top + (blank + at * leading) / pointsPerMm
    const alone = lines.length === 1 ? (width - 2 * padding - widthOf(line.glyphs)) / 2 : 0
    return setLine(line, { x: left + Math.max(0, alone), y: baseline(top, size), spacing: 0 })
  })
}

function boxRules(box: Box): Rule[] {
  const level = (y: number) =>
    horizontalRule({ left: area.left, right: area.right, y, width: hairline, colour: 'black' })
  const edges = box.columns.reduce<number[]>(
    (all, width) => [...all, (all.at(-1) ?? 0) + width],
    [area.left * pointsPerMm],
  )
  const upright = edges.map((x) => ({
    x1: x,
    y1: yOf(box.top),
    x2: x,
    y2: yOf(box.bottom),
    width: hairline * pointsPerMm,
    colour: 'black' as const,
  }))
  return [level(box.top), level(box.bottom), ...upright]
}

/**
 * What flows from row to row: main recipients, the body, the list of attachments. Each piece takes whole rows of the grid, so that every page's lines
 * stand on the same 22 baselines. Pure.
 *
 * GB/T 9704-2012 7.3.2 to 7.3.4.
 */
import type { Attachment, Block, Recipient } from '../../draft/schema.ts'
import { breakLines, type Line, setLine } from '../line_break.ts'
import { type Glyph, type Shaper, widthOf } from '../metrics.ts'
import {
  area,
  baseline,
  cell,
  type ComposedPage,
  type FontRole,
  pointsPerMm,
  size3,
  tracking3,
} from '../page.ts'
import { tablePieces } from './table.ts'

/** A piece that is never split: so many rows high, painted at a top in mm. */
export interface Piece {
  rows: number
  ink: (topMm: number) => ComposedPage
  /** A heading is not left alone at a page's foot. */
  keepWithNext: boolean
  /** Body text, such as must stand on the page of the seal. */
  isText: boolean
  /** The header of its table, painted again above it where a new page begins. */
  repeats?: Piece
}

const width = area.width * pointsPerMm
const indent = 2 * cell * pointsPerMm
/** Faces of the four heading levels, 7.3.3: 一、 黑体, （一） 楷体, 1. and （1） 仿宋. */
const headingRoles = { 1: 'hei', 2: 'kai', 3: 'fangsong', 4: 'fangsong' } as const satisfies Record<
  1 | 2 | 3 | 4,
  FontRole
>

/** An empty row. */
export const blankPiece: Piece = {
  rows: 1,
  ink: () => ({ runs: [], rules: [] }),
  keepWithNext: false,
  isText: false,
}

/** 主送机关, flush left, closed by a full-width colon. */
export function recipientPieces(recipients: readonly Recipient[], shaper: Shaper): Piece[] {
  if (recipients.length === 0) return []
  const text = `${joinNames(recipients)}：`
  return linePieces(shaper.shape(text, 'fangsong', size3), { first: 0, hanging: 0, isText: false })
}

/** Names of organs as a list. */
export function joinNames(recipients: readonly Recipient[]): string {
  return recipients.map(({ name }) => name).join('，')
}

/** The body's blocks. */
export function bodyPieces(blocks: readonly Block[], shaper: Shaper): Piece[] {
  return blocks.flatMap((block) => {
    if (block.type === 'table') return tablePieces(block, shaper)
    const role = block.type === 'heading' ? headingRoles[block.level] : 'fangsong'
    const pieces = linePieces(shaper.shape(block.text, role, size3), {
      first: indent,
      hanging: 0,
      isText: true,
    })
    return block.type === 'heading'
      ? pieces.map((piece) => ({ ...piece, keepWithNext: true }))
      : pieces
  })
}

/** 附件说明: one empty row, then 附件：1.…, wrapped lines under the name's first character. */
export function attachmentPieces(attachments: readonly Attachment[], shaper: Shaper): Piece[] {
  if (attachments.length === 0) return []
  const label = shaper.shape('附件：', 'fangsong', size3)
  const labelWidth = widthOf(label, tracking3)
  const pieces = attachments.flatMap(({ name }, at) => {
    const counter = attachments.length === 1 ? '' : `${String(at + 1)}.`
    const counted = shaper.shape(counter, 'fangsong', size3)
    const lead = at === 0 ? [...label, ...counted] : counted
    return linePieces([...lead, ...shaper.shape(name, 'fangsong', size3)], {
      first: at === 0 ? indent : indent + labelWidth,
      hanging: indent + labelWidth + widthOf(counted, tracking3),
      isText: false,
    })
  })
  return [{ ...blankPiece, keepWithNext: true }, ...pieces]
}

/** Lines of size 3 over the whole type area, one row each. */
export function linePieces(
  glyphs: readonly Glyph[],
  options: { first: number; hanging: number; isText: boolean },
): Piece[] {
  const lines = breakLines(glyphs, {
    width,
    firstIndent: options.first,
    hangingIndent: options.hanging,
    spacing: tracking3,
  })
  return lines.map((line) => linePiece(line, options.isText))
}

function linePiece(line: Line, isText: boolean): Piece {
  return {
    rows: 1,
    ink: (topMm) => ({
      runs: setLine(line, {
        x: area.left * pointsPerMm,
        y: baseline(topMm, size3),
        spacing: tracking3,
      }),
      rules: [],
    }),
    keepWithNext: false,
    isText,
  }
}

/**
 * What a sheet is made of: blocks of a known height, set one under another, pages broken between them. Lengths are millimetres from
 * the top left corner. Pure.
 */
import { breakLines, setLine } from '../layout/line_break.ts'
import { setGlyphs, widthOf, type Shaper } from '../layout/metrics.ts'
import {
  baseline,
  horizontalRule,
  pointsPerMm,
  type Colour,
  type ComposedPage,
  type FontRole,
} from '../layout/page.ts'

/** The sheet's column. */
export const column = { left: 20, right: 190, top: 18, bottom: 268, width: 170 } as const

export interface Block {
  /** Millimetres. */
  readonly height: number
  readonly ink: (top: number) => ComposedPage
  /** A heading is not left alone at a page's foot. */
  readonly keepWithNext?: boolean
}

/** How a piece of text is set. */
export interface TextStyle {
  readonly role: FontRole
  /** Points. */
  readonly size: number
  readonly colour?: Colour
  /** Left edge and width of its column; the sheet's own by default. */
  readonly left?: number
  readonly width?: number
}

/** Height of a line of a size, for easy reading. */
const lineHeight = (size: number): number => (size * 1.5) / pointsPerMm

/** Text broken into lines. */
export function textBlock(shaper: Shaper, text: string, style: TextStyle): Block {
  const { role, size, colour = 'black', left = column.left } = style
  const width = (style.width ?? column.right - left) * pointsPerMm
  const measure = { width, firstIndent: 0, hangingIndent: 0, spacing: 0 }
  const lines = breakLines(shaper.shape(visible(text), role, size), measure)
  const pitch = lineHeight(size)
  return {
    height: lines.length * pitch,
    ink: (top) => ({
      rules: [],
      runs: lines.flatMap((line, at) => {
        const y = baseline(top + at * pitch + size * 0.2 * (1 / pointsPerMm), size)
        // Never opened up to the full width: most of it is names and numbers.
        return setLine({ ...line, last: true }, { x: left * pointsPerMm, y, spacing: 0, colour })
      }),
    }),
  }
}

/** Names may hold anything: marks that turn the direction of writing, or cannot be seen, become a sign that something is there. */
const visible = (text: string): string => text.replace(/\p{C}/gu, '\uFFFD')

/** A term and what is said of it, side by side. */
export function factBlock(shaper: Shaper, fact: Fact, width: number = column.width): Block {
  const term = textBlock(shaper, fact.term, { role: 'hei', size: 9, colour: 'grey', width: 36 })
  const value = textBlock(shaper, fact.value, {
    role: fact.isCode === true ? 'hei' : 'song',
    size: 10,
    colour: fact.colour ?? 'black',
    left: column.left + 38,
    width: width - 38,
  })
  return beside(term, value)
}

export interface Fact {
  readonly term: string
  readonly value: string
  readonly colour?: Colour
  /** Digits and letters to be compared one by one. */
  readonly isCode?: boolean
}

/** Two blocks at the same height. */
export function beside(...blocks: readonly Block[]): Block {
  return {
    height: Math.max(...blocks.map(({ height }) => height)),
    ink: (top) => merged(blocks.map(({ ink }) => ink(top))),
  }
}

/** Blocks under one another as one, which no page breaks. */
export function stack(blocks: readonly Block[]): Block {
  return {
    height: blocks.reduce((sum, { height }) => sum + height, 0),
    ink: (top) => {
      let at = top
      return merged(
        blocks.map(({ height, ink }) => {
          const page = ink(at)
          at += height
          return page
        }),
      )
    },
  }
}

/** A section's heading with a fine line under it. */
export function headingBlock(shaper: Shaper, text: string): Block {
  const words = textBlock(shaper, text, { role: 'hei', size: 11.5 })
  return {
    height: words.height + 6,
    keepWithNext: true,
    ink: (top) => {
      const inked = words.ink(top + 3)
      const y = top + 3 + words.height + 0.6
      const line = {
        left: column.left,
        right: column.right,
        y,
        width: 0.2,
        colour: 'grey',
      } as const
      return { runs: inked.runs, rules: [horizontalRule(line)] }
    },
  }
}

/** A coloured band over the whole column, white words on it. */
export function bandBlock(
  shaper: Shaper,
  words: { readonly large: string; readonly small: string; readonly colour: Colour },
): Block {
  const large = textBlock(shaper, words.large, {
    ...{ role: 'hei', size: 17, colour: 'white', left: column.left + 6, width: column.width - 12 },
  })
  const small = textBlock(shaper, words.small, {
    ...{ role: 'hei', size: 10, colour: 'white', left: column.left + 6, width: column.width - 12 },
  })
  const height = large.height + small.height + 8
  return {
    height: height + 4,
    ink: (top) => {
      const y = top + height / 2
      const { left, right } = column
      const band = horizontalRule({ left, right, y, width: height, colour: words.colour })
      const text = stack([gap(4), large, small]).ink(top)
      return { rules: [band], runs: text.runs }
    },
  }
}

/** Nothing, so high. */
export function gap(height: number): Block {
  return { height, ink: () => ({ runs: [], rules: [] }) }
}

/** A line to write on, with what is to be written under it. */
export function signatureLine(
  shaper: Shaper,
  label: string,
  place: { left: number; width: number },
): Block {
  const { left, width } = place
  const words = textBlock(shaper, label, { role: 'hei', size: 9, colour: 'grey', left, width })
  return {
    height: 13 + words.height,
    ink: (top) => {
      const line = { left, right: left + width, y: top + 12, width: 0.25, colour: 'black' } as const
      return { rules: [horizontalRule(line)], runs: words.ink(top + 13).runs }
    },
  }
}

/** One line at a place, outside the flow. */
export function lineAt(
  shaper: Shaper,
  text: string,
  at: { readonly top: number; readonly align: 'left' | 'right'; readonly size: number },
): ComposedPage {
  const glyphs = shaper.shape(text, 'hei', at.size)
  const right = column.right * pointsPerMm - widthOf(glyphs)
  const x = at.align === 'left' ? column.left * pointsPerMm : right
  return {
    runs: setGlyphs(glyphs, { x, y: baseline(at.top, at.size), colour: 'grey' }),
    rules: [],
  }
}

/** Sets blocks one under another, from `column.top` to `column.bottom` on each page. */
export function paginate(blocks: readonly Block[]): ComposedPage[] {
  const pages: ComposedPage[][] = [[]]
  let top: number = column.top
  for (const [at, block] of blocks.entries()) {
    const next = block.keepWithNext === true ? (blocks[at + 1]?.height ?? 0) : 0
    if (top > column.top && top + block.height + next > column.bottom) {
      pages.push([])
      top = column.top
    }
    pages.at(-1)?.push(block.ink(top))
    top += block.height
  }
  return pages.map(merged)
}

/** Several inks on one page. */
export function merged(parts: readonly ComposedPage[]): ComposedPage {
  return {
    runs: parts.flatMap(({ runs }) => runs),
    rules: parts.flatMap(({ rules }) => rules),
  }
}

/**
 * What a clerk types, as a draft's blocks, and back: a line is a paragraph, headings are told by their form (一、 （一） 1. （1）),
 * lines of `|a|b|` are a table, blank lines part them. Names of recipients, as units of the box where they are known. Pure.
 */
import type { Unit } from '../directory/types.ts'
import { headingOf } from './from_text.ts'
import type { Block, Recipient } from './schema.ts'

/** The blocks of a text; what stands in them is judged by the schema. */
export function blocksFromText(text: string): Block[] {
  const blocks: Block[] = []
  let rows: string[][] = []
  const endTable = (): void => {
    if (rows.length > 0) blocks.push({ type: 'table', rows: squared(rows), header: true })
    rows = []
  }
  for (const line of text.normalize('NFC').split(/\r?\n/)) {
    const typed = line.replace(/\t/g, ' ').replace(/^[\s\u3000]+|[\s\u3000]+$/g, '')
    const cells = cellsOf(typed)
    if (cells !== undefined) {
      rows.push(cells)
      continue
    }
    endTable()
    if (typed !== '') blocks.push(headingOf(typed) ?? { type: 'paragraph', text: typed })
  }
  endTable()
  return blocks
}

/** The text that gives these blocks. */
export function textFromBlocks(blocks: readonly Block[]): string {
  const parts = blocks.map((block) =>
    block.type === 'table'
      ? block.rows.map((row) => `|${row.map(escapeBar).join('|')}|`).join('\n')
      : block.text,
  )
  return parts.join('\n\n')
}

/** Names that were typed, parted by 、，； or lines; those of units here (full or short name) with their code. */
export function recipientsFromText(text: string, units: readonly Unit[]): Recipient[] {
  const byName = new Map(
    units
      .filter(({ active }) => active)
      .flatMap(
        (unit) =>
          [
            [unit.shortName, unit],
            [unit.name, unit],
          ] as const,
      ),
  )
  return text
    .normalize('NFC')
    .split(/[、，,；;\r\n]/)
    .map((name) => name.replace(/^[\s\u3000]+|[\s\u3000：:。]+$/g, ''))
    .filter((name) => name !== '')
    .map((name) => {
      const unit = byName.get(name)
      return unit === undefined ? { name } : { name, unit: unit.uscc }
    })
}

/** The cells of a line between bars; a bar inside a cell is written `\|`. */
function cellsOf(line: string): string[] | undefined {
  if (line.length < 2 || !line.startsWith('|') || !line.endsWith('|')) return undefined
  return line
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'))
}

/** Rows of one length: what a row lacks is empty. */
function squared(rows: readonly string[][]): string[][] {
  const columns = Math.max(...rows.map((row) => row.length))
  return rows.map((row) => Array.from({ length: columns }, (_, at) => row[at] ?? ''))
}

function escapeBar(cell: string): string {
  // A backslash at a cell's end must not escape the bar after it.
  return cell.replaceAll('|', '\\|').replace(/\\$/, '\\ ')
}

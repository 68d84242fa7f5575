/** What matters here of an embedded TrueType font (ISO/IEC 14496-22): which glyphs are empty, and which characters it gives to a glyph. */

export interface TrueType {
  /** Whether the glyph has no outline. */
  isEmpty(glyph: number): boolean
  /** Characters that the font's own Unicode table maps to the glyph; undefined without such a table. */
  readonly characters: ReadonlyMap<number, readonly number[]> | undefined
}

const maxCharacters = 70_000

/** Reads a font; undefined for what is none, or has no glyf table. */
export function readTrueType(bytes: Uint8Array): TrueType | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  try {
    const tables = tablesOf(view)
    const [head, loca, glyf] = ['head', 'loca', 'glyf'].map((tag) => tables.get(tag))
    if (head === undefined || loca === undefined || glyf === undefined) return undefined
    const isLong = view.getInt16(head.at + 50) === 1
    const glyphs = Math.floor(loca.length / (isLong ? 4 : 2)) - 1
    const offset = (glyph: number): number =>
      isLong ? view.getUint32(loca.at + 4 * glyph) : 2 * view.getUint16(loca.at + 2 * glyph)
    const cmap = tables.get('cmap')
    return {
      isEmpty: (glyph) => {
        if (glyph >= glyphs) return true
        const start = offset(glyph)
        // Nothing, or an outline of no contours.
        return offset(glyph + 1) <= start || view.getInt16(glyf.at + start) === 0
      },
      characters: cmap && charactersOf(view, cmap.at),
    }
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

interface Table {
  readonly at: number
  readonly length: number
}

function tablesOf(view: DataView): Map<string, Table> {
  const tables = new Map<string, Table>()
  const count = Math.min(view.getUint16(4), 64)
  for (let index = 0; index < count; index++) {
    const at = 12 + 16 * index
    const tag = [0, 1, 2, 3]
      .map((letter) => String.fromCharCode(view.getUint8(at + letter)))
      .join('')
    const table = { at: view.getUint32(at + 8), length: view.getUint32(at + 12) }
    if (table.at + table.length <= view.byteLength) tables.set(tag, table)
  }
  return tables
}

function charactersOf(view: DataView, at: number): Map<number, number[]> | undefined {
  const count = Math.min(view.getUint16(at + 2), 32)
  let best: Map<number, number[]> | undefined
  for (let index = 0; index < count; index++) {
    const [platform, encoding] = [
      view.getUint16(at + 4 + 8 * index),
      view.getUint16(at + 6 + 8 * index),
    ]
    if (!(platform === 0 || (platform === 3 && (encoding === 1 || encoding === 10)))) continue
    const table = at + view.getUint32(at + 8 + 8 * index)
    const format = view.getUint16(table)
    best ??= new Map()
    if (format === 4) readFormat4(view, table, best)
    else if (format === 12) readFormat12(view, table, best)
  }
  return best?.size === 0 ? undefined : best
}

function add(characters: Map<number, number[]>, glyph: number, character: number): void {
  if (glyph === 0 || characters.size > maxCharacters) return
  const known = characters.get(glyph)
  if (known === undefined) characters.set(glyph, [character])
  else if (known.length < 8) known.push(character)
}

function readFormat4(view: DataView, at: number, characters: Map<number, number[]>): void {
  const segments = view.getUint16(at + 6) / 2
  const [ends, starts] = [at + 14, at + 16 + 2 * segments]
  let total = 0
  for (let index = 0; index < segments; index++) {
    const [end, start] = [view.getUint16(ends + 2 * index), view.getUint16(starts + 2 * index)]
    const delta = view.getUint16(starts + 2 * segments + 2 * index)
    const rangeAt = starts + 4 * segments + 2 * index
    const range = view.getUint16(rangeAt)
    for (
      let character = start;
      character <= end && character < 0xffff && total++ < maxCharacters;
      character++
    ) {
      const listed =
        range === 0 ? character : view.getUint16(rangeAt + range + 2 * (character - start))
      add(characters, listed === 0 && range !== 0 ? 0 : (listed + delta) & 0xffff, character)
    }
  }
}

function readFormat12(view: DataView, at: number, characters: Map<number, number[]>): void {
  const groups = Math.min(view.getUint32(at + 12), maxCharacters)
  let total = 0
  for (let index = 0; index < groups; index++) {
    const group = at + 16 + 12 * index
    const [start, end, glyph] = [0, 4, 8].map((part) => view.getUint32(group + part))
    for (let step = 0; (start ?? 0) + step <= (end ?? 0) && total++ < maxCharacters; step++) {
      add(characters, (glyph ?? 0) + step, (start ?? 0) + step)
    }
  }
}

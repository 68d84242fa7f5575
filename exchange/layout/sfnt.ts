/**
 * Reads what layout needs of a TrueType file: which glyph a character has, how wide glyphs are, the box of the face. Refuses CFF faces and
 * collections, since a subset of those is painted wrongly by common readers. No outlines here (`outlines.ts`). Pure.
 *
 * ISO/IEC 14496-22: head, hhea, hmtx, maxp, cmap formats 4 and 12.
 */
import { ExchangeError } from '../errors.ts'

/** A face as far as it is read; lengths in font units. */
export interface Sfnt {
  unitsPerEm: number
  ascent: number
  descent: number
  /** xMin, yMin, xMax, yMax. */
  box: readonly [number, number, number, number]
  /** The glyph of a code point, 0 if there is none. */
  glyphOf: (codePoint: number) => number
  advanceOf: (glyph: number) => number
}

/** The largest file that is taken for a font: the largest Chinese ones have 30 MB. */
export const maxFontBytes = 64 * 1024 * 1024
const maxTables = 64
const maxCmapEntries = 0x20000

/** Reads a TrueType file; `FONT_UNUSABLE` for anything else. */
export function readSfnt(bytes: Uint8Array): Sfnt {
  try {
    return read(bytes)
  } catch (cause) {
    if (cause instanceof ExchangeError) throw cause
    throw unusable('is damaged', cause)
  }
}

function read(bytes: Uint8Array): Sfnt {
  const tables = readDirectory(bytes)
  const table = (tag: string) => {
    const found = tables.get(tag)
    if (found === undefined)
      throw unusable(`has no table ${tag}; only TrueType outlines (glyf) will do`)
    return found
  }
  table('glyf')
  const head = table('head')
  const hhea = table('hhea')
  const advances = readAdvances(table('hmtx'), hhea.getUint16(34))
  const glyphs = readCmap(table('cmap'), table('maxp').getUint16(4))
  return {
    unitsPerEm: head.getUint16(18),
    ascent: hhea.getInt16(4),
    descent: hhea.getInt16(6),
    box: [head.getInt16(36), head.getInt16(38), head.getInt16(40), head.getInt16(42)],
    ...lookups(glyphs, advances),
  }
}

/** Apart from `read`, so that the file's bytes are not held as long as the face is. */
function lookups(glyphs: ReadonlyMap<number, number>, advances: Uint16Array) {
  return {
    glyphOf: (codePoint: number) => glyphs.get(codePoint) ?? 0,
    advanceOf: (glyph: number) => advances[Math.min(glyph, advances.length - 1)] ?? 0,
  }
}

function readDirectory(bytes: Uint8Array): Map<string, DataView> {
  if (bytes.length > maxFontBytes) throw unusable('is too large')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const version = view.getUint32(0)
  if (version !== 0x00010000 && version !== 0x74727565) throw unusable('is no TrueType file')
  const count = Math.min(view.getUint16(4), maxTables)
  return new Map(
    Array.from({ length: count }, (_, at) => {
      const entry = 12 + 16 * at
      const tag = String.fromCharCode(...bytes.subarray(entry, entry + 4))
      const [start, length] = [view.getUint32(entry + 8), view.getUint32(entry + 12)]
      return [tag, new DataView(bytes.buffer, bytes.byteOffset + start, length)]
    }),
  )
}

function readAdvances(hmtx: DataView, count: number): Uint16Array {
  return Uint16Array.from({ length: count }, (_, glyph) => hmtx.getUint16(4 * glyph))
}

/** All mappings of the best subtable: format 12 before format 4. */
function readCmap(cmap: DataView, glyphCount: number): Map<number, number> {
  const offsets = Array.from({ length: Math.min(cmap.getUint16(2), maxTables) }, (_, at) =>
    cmap.getUint32(4 + 8 * at + 4),
  )
  const full = offsets.find((offset) => cmap.getUint16(offset) === 12)
  const basic = offsets.find((offset) => cmap.getUint16(offset) === 4)
  const ranges =
    full !== undefined
      ? readFormat12(cmap, full)
      : basic !== undefined
        ? readFormat4(cmap, basic)
        : []
  const glyphs = new Map<number, number>()
  for (const [codePoint, glyph] of ranges) {
    if (glyph > 0 && glyph < glyphCount) glyphs.set(codePoint, glyph)
    if (glyphs.size > maxCmapEntries) throw unusable('maps too many characters')
  }
  return glyphs
}

function* readFormat12(cmap: DataView, offset: number): Generator<[number, number]> {
  const groups = cmap.getUint32(offset + 12)
  for (let at = 0; at < groups; at++) {
    const group = offset + 16 + 12 * at
    const [start, end] = [cmap.getUint32(group), Math.min(cmap.getUint32(group + 4), 0x10ffff)]
    const first = cmap.getUint32(group + 8)
    for (let codePoint = start; codePoint <= end; codePoint++) {
      yield [codePoint, first + codePoint - start]
    }
  }
}

function* readFormat4(cmap: DataView, offset: number): Generator<[number, number]> {
  const segments = cmap.getUint16(offset + 6) / 2
  const part = (index: number, at: number) =>
    offset + 14 + index * 2 * segments + (index > 0 ? 2 : 0) + 2 * at
  for (let at = 0; at < segments; at++) {
    const [end, start] = [cmap.getUint16(part(0, at)), cmap.getUint16(part(1, at))]
    const delta = cmap.getUint16(part(2, at))
    const rangeAt = part(3, at)
    const range = cmap.getUint16(rangeAt)
    for (let code = start; code <= end && code !== 0xffff; code++) {
      const raw = range === 0 ? code : cmap.getUint16(rangeAt + range + 2 * (code - start))
      yield [code, range !== 0 && raw === 0 ? 0 : (raw + delta) & 0xffff]
    }
  }
}

function unusable(what: string, cause?: unknown): ExchangeError {
  return new ExchangeError('FONT_UNUSABLE', `the font ${what}`, { cause })
}

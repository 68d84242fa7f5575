/**
 * Puts a subset of a TrueType face into a PDF as a composite font: whole as HarfBuzz made it, identity encoding, widths, and the way back to Unicode. Never
 * through a library's own subsetter: pdf-lib's loses glyphs while their text can still be extracted. Pure but for the subset, which the face makes.
 *
 * ISO 32000-1 9.7 (composite fonts), 9.8 (descriptors), 9.10.3 (ToUnicode).
 */
import { type PDFContext, type PDFRef, PDFHexString, PDFName } from 'pdf-lib'
import { sha256Hex, utf8 } from '../../ca/index.ts'
import type { FontFace } from './fonts.ts'
import { readSfnt, type Sfnt } from './sfnt.ts'

/** A font of one document: its object, and the code of a character in content streams. */
export interface EmbeddedFont {
  ref: PDFRef
  /** Four hexadecimal digits; those of the missing-glyph box for a character that the face lacks. */
  codeOf: (character: string) => string
}

/** Embeds the face with the glyphs of `characters`; same set, same objects. */
export function embedFont(
  context: PDFContext,
  face: FontFace,
  characters: ReadonlySet<string>,
): EmbeddedFont {
  const codePoints = Array.from(characters, (char) => char.codePointAt(0) ?? 0).sort(
    (a, b) => a - b,
  )
  const file = face.subset(codePoints)
  const subset = readSfnt(file)
  const baseFont = `${subsetTag(codePoints)}+${face.name}`
  const descriptor = context.register(
    context.obj({
      Type: 'FontDescriptor',
      FontName: baseFont,
      Flags: 4,
      FontBBox: subset.box.map((edge) => perMille(edge, subset)),
      ItalicAngle: 0,
      Ascent: perMille(subset.ascent, subset),
      Descent: perMille(subset.descent, subset),
      CapHeight: perMille(subset.ascent, subset),
      StemV: 80,
      FontFile2: context.register(context.flateStream(file, { Length1: file.length })),
    }),
  )
  const descendant = context.register(
    context.obj({
      Type: 'Font',
      Subtype: 'CIDFontType2',
      BaseFont: baseFont,
      CIDSystemInfo: {
        Registry: PDFHexString.of('41646F6265'),
        Ordering: PDFHexString.of('4964656E74697479'),
        Supplement: 0,
      },
      FontDescriptor: descriptor,
      DW: 1000,
      W: widths(codePoints, subset),
      CIDToGIDMap: 'Identity',
    }),
  )
  const ref = context.register(
    context.obj({
      Type: 'Font',
      Subtype: 'Type0',
      BaseFont: baseFont,
      Encoding: PDFName.of('Identity-H'),
      DescendantFonts: [descendant],
      ToUnicode: context.register(context.flateStream(toUnicode(codePoints, subset))),
    }),
  )
  const codes = new Map<string, string>()
  for (const character of characters) {
    codes.set(character, hex4(subset.glyphOf(character.codePointAt(0) ?? 0)))
  }
  return { ref, codeOf: (character) => codes.get(character) ?? '0000' }
}

/** Six capital letters out of the set of characters: no chance, so that the same set has the same name. */
function subsetTag(codePoints: readonly number[]): string {
  const digest = sha256Hex(utf8(codePoints.join(' ')))
  return Array.from({ length: 6 }, (_, at) =>
    String.fromCharCode(65 + (parseInt(digest.slice(2 * at, 2 * at + 2), 16) % 26)),
  ).join('')
}

function perMille(units: number, { unitsPerEm }: Sfnt): number {
  return Math.round((units * 1000) / unitsPerEm)
}

/** The W array: only glyphs that are not a full em wide, and the missing-glyph box. */
function widths(codePoints: readonly number[], subset: Sfnt): (number | number[])[] {
  const glyphs = new Set([0, ...codePoints.map(subset.glyphOf)])
  return Array.from(glyphs)
    .sort((a, b) => a - b)
    .map((glyph) => [glyph, (subset.advanceOf(glyph) * 1000) / subset.unitsPerEm] as const)
    .filter(([, width]) => width !== 1000)
    .flatMap(([glyph, width]) => [glyph, [Number(width.toFixed(2))]])
}

/** The map back to Unicode, a hundred glyphs a block as the format asks. */
function toUnicode(codePoints: readonly number[], subset: Sfnt): string {
  const byGlyph = new Map<number, number>()
  for (const codePoint of codePoints) {
    const glyph = subset.glyphOf(codePoint)
    if (!byGlyph.has(glyph)) byGlyph.set(glyph, codePoint)
  }
  const entries = Array.from(
    byGlyph,
    ([glyph, codePoint]) => `<${hex4(glyph)}> <${utf16(codePoint)}>`,
  )
  const blocks = Array.from({ length: Math.ceil(entries.length / 100) }, (_, at) => {
    const block = entries.slice(100 * at, 100 * (at + 1))
    return `${String(block.length)} beginbfchar\n${block.join('\n')}\nendbfchar\n`
  })
  return (
    '/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n' +
    '/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n' +
    '/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n' +
    '1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n' +
    `${blocks.join('')}endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n`
  )
}

function utf16(codePoint: number): string {
  const text = String.fromCodePoint(codePoint)
  return Array.from({ length: text.length }, (_, at) => hex4(text.charCodeAt(at))).join('')
}

function hex4(value: number): string {
  return value.toString(16).toUpperCase().padStart(4, '0')
}

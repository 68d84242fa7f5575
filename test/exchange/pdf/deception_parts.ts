/** What documents that deceive, and their honest twins, are put together from. */
import { deflateSync } from 'node:zlib'
import { latin1 } from '../../../exchange/pdf/index.ts'
import { catalogWith, samplePdf, stream } from './sample.ts'

/** Fonts, pictures and states that the pages below name. */
export const resources =
  '/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>/F2 20 0 R/F3 30 0 R>>/XObject<</I 10 0 R/J 11 0 R/X 12 0 R>>' +
  '/ExtGState<</Half<</ca .5>>/Full<</ca 1>>/Gone<</ca 0>>/Multiply<</BM/Multiply>>/Screen<</BM/Screen>>/Soft<</SMask<</S/Luminosity/G 12 0 R>>>>>>' +
  '/Pattern<</P<</PatternType 1/PaintType 1>>/S<</PatternType 2>>>>/Properties<</Off 40 0 R/On 41 0 R/Md 42 0 R/Ve 43 0 R>>>>'

export const page = (keys = ''): string =>
  `<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R${resources}${keys}>>`

export const image = (keys = '', width = 1, height = 1): string =>
  stream(
    'x'.repeat(width * height),
    `/Type/XObject/Subtype/Image/Width ${String(width)}/Height ${String(height)}/ColorSpace/DeviceGray/BitsPerComponent 8${keys}`,
  )

export const form = (content: string, keys = ''): string =>
  stream(content, `/Type/XObject/Subtype/Form/BBox[0 0 595 842]${keys}`)

export const group = (name: string, keys = ''): string => `<</Type/OCG/Name(${name})${keys}>>`

/** One page with these contents, and more objects. */
export function pageOf(
  contents: string,
  objects: Readonly<Record<number, string>> = {},
  keys = '',
): Uint8Array {
  return samplePdf({
    3: page(keys),
    4: stream(contents),
    10: image(),
    11: image('/SMask 13 0 R'),
    12: form('0 0 595 842 re f'),
    13: image(),
    14: stream('', '/FunctionType 0'),
    20: '<</Type/Font/Subtype/Type1/BaseFont/Courier>>',
    30: '<</Type/Font/Subtype/Type1/BaseFont/Courier>>',
    40: group('off'),
    41: group('on'),
    42: '<</Type/OCMD/OCGs[40 0 R]/P/AllOn>>',
    43: '<</Type/OCMD/OCGs[41 0 R]/VE[/Not 41 0 R]>>',
    ...objects,
  })
}

export const text = 'BT /F1 20 Tf 60 760 Td (You owe 9,000,000) Tj ET '
export const cover = '1 g 50 750 300 40 re f '
export const aside = '1 g 50 450 300 40 re f '
export const picture = 'q 300 0 0 40 50 750 cm /I Do Q '
export const layered = { 1: catalogWith('/OCProperties<</OCGs[40 0 R 41 0 R]/D<</OFF[40 0 R]>>>>') }
export const widget = (keys: string, appearance: string): Record<number, string> => ({
  5: `<</Type/Annot/Subtype/Widget/Rect[100 100 300 130]/F 4/T(a)${keys}/AP<</N 6 0 R>>>>`,
  6: stream(
    appearance,
    '/Subtype/Form/BBox[0 0 200 30]/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>',
  ),
})
export const says = (words: string): string => `/Tx BMC BT /F 12 Tf 2 5 Td (${words}) Tj ET EMC`
export const annots = '/Annots[5 0 R]'
export const mark = (subtype: string, keys: string, contents: string): Record<number, string> => ({
  5: `<</Type/Annot/Subtype/${subtype}/Rect[50 750 350 790]/F 4${keys}/AP<</N 6 0 R>>>>`,
  6: stream(contents, '/Subtype/Form/BBox[0 0 300 40]'),
})

/** A composite TrueType font: glyph 0 and 3 are empty, 1 is for A, 2 for 9. */
export const trueType = ((): string => {
  const tables: Record<string, Buffer> = {
    cmap: Buffer.alloc(12 + 16 + 24),
    glyf: Buffer.concat([
      Buffer.from([0, 1]),
      Buffer.alloc(18),
      Buffer.from([0, 1]),
      Buffer.alloc(18),
    ]),
    head: Buffer.alloc(54),
    loca: Buffer.alloc(10),
  }
  const { cmap, head, loca } = tables as Record<'cmap' | 'head' | 'loca', Buffer>
  cmap.writeUInt16BE(1, 2)
  cmap.writeUInt16BE(3, 4)
  cmap.writeUInt16BE(10, 6)
  cmap.writeUInt32BE(12, 8)
  cmap.writeUInt16BE(12, 12)
  cmap.writeUInt32BE(2, 24)
  ;[0x41, 0x41, 1, 0x39, 0x39, 2].forEach((value, index) =>
    cmap.writeUInt32BE(value, 28 + 4 * index),
  )
  head.writeInt16BE(0, 50)
  ;[0, 0, 10, 20, 20].forEach((value, index) => loca.writeUInt16BE(value, 2 * index))
  const names = Object.keys(tables).sort()
  const header = Buffer.alloc(12 + 16 * names.length)
  header.writeUInt16BE(names.length, 4)
  let at = header.length
  names.forEach((name, index) => {
    const length = tables[name]?.length ?? 0
    header.write(name, 12 + 16 * index, 'latin1')
    header.writeUInt32BE(at, 20 + 16 * index)
    header.writeUInt32BE(length, 24 + 16 * index)
    at += length
  })
  return latin1(Buffer.concat([header, ...names.map((name) => tables[name] ?? Buffer.alloc(0))]))
})()

/** Objects 20 to 24: that font, with characters for its glyphs. */
export const compositeFont = (characters: string): Record<number, string> => ({
  20: '<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/DescendantFonts[21 0 R]/ToUnicode 23 0 R>>',
  21: '<</Type/Font/Subtype/CIDFontType2/CIDToGIDMap/Identity/FontDescriptor 22 0 R/DW 600>>',
  22: '<</Type/FontDescriptor/FontFile2 24 0 R>>',
  23: stream(`1 beginbfchar ${characters} endbfchar`),
  24: stream(trueType, `/Length1 ${String(trueType.length)}`),
})
export const glyph = (code: string): string => `BT /F2 20 Tf 60 700 Td <${code}> Tj ET`

/** A Type 3 font whose glyph a fills a large box. */
export const boxFont: Record<number, string> = {
  30: '<</Type/Font/Subtype/Type3/FontBBox[0 0 100 100]/FontMatrix[.01 0 0 .01 0 0]/FirstChar 97/LastChar 97/Widths[100]/Encoding<</Differences[97/box]>>/CharProcs<</box 31 0 R>>>>',
  31: stream('100 0 0 0 100 100 d1 0 0 100 100 re f'),
}

export const packed = (content: string): string =>
  stream(latin1(deflateSync(Buffer.from(content, 'latin1'))), '/Filter/FlateDecode')

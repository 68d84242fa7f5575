/** Files made to cost time or memory: by name, made only when asked for. */
import { deflateSync } from 'node:zlib'
import { latin1 } from '../../../exchange/pdf/index.ts'
import { catalogWith, pageWith, samplePdf, stream } from './sample.ts'

const mega = 1024 * 1024

const floodBytes = (process.env['SEALBOX_TEST_FULL'] === '1' ? 99 : 8) * mega

/** One word again and again after a header. */
const flood = (word: string): Uint8Array => {
  const bytes = Buffer.alloc(floodBytes, word, 'latin1')
  bytes.write('%PDF-1.7\n', 'latin1')
  return bytes
}

const packed = (data: Buffer, keys: string): string =>
  stream(latin1(deflateSync(data)), `${keys}/Filter/FlateDecode`)

const withContents = (content: Buffer | string, objects: Record<number, string> = {}): Uint8Array =>
  samplePdf({
    3: pageWith('').replace(
      '/Resources<<>>',
      '/Resources<</Font<</F 9 0 R>>/XObject<</X 10 0 R/I 11 0 R>>>>',
    ),
    4: packed(Buffer.from(content), ''),
    9: '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
    10: stream('', '/Subtype/Form/BBox[0 0 9 9]'),
    11: stream('x', '/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8'),
    ...objects,
  })

/** Objects that lie in object streams, each of which unpacks to `bytes`. */
function manyStreams(count: number, bytes: number): Uint8Array {
  const head = Buffer.from('1 0 ')
  const body = packed(Buffer.concat([head, Buffer.alloc(bytes, 32)]), '/Type/ObjStm/N 1/First 4')
  return samplePdf(Object.fromEntries(Array.from({ length: count }, (_, at) => [at + 5, body])))
}

/** A cross-reference stream with so many rows. */
function manyRows(rows: number): Uint8Array {
  const head = '%PDF-1.7\n'
  const data = latin1(deflateSync(Buffer.alloc(rows * 4, Buffer.from([1, 0, 0, 9]))))
  const body = `1 0 obj\n<</Type/XRef/W[1 2 1]/Size ${String(rows)}/Root 1 0 R/Filter/FlateDecode/Length ${String(data.length)}>>\nstream\n${data}\nendstream\nendobj\n`
  return Buffer.from(`${head}${body}startxref\n${String(head.length)}\n%%EOF\n`, 'latin1')
}

/** Many revisions, each a table over all objects. */
function manyRevisions(count: number, objects: number): Uint8Array {
  const rows = '0000000009 00000 n\r\n'.repeat(objects)
  let text = '%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 1 0 R>>\nendobj\n'
  let previous = ''
  const parts: string[] = []
  let at = text.length
  for (let revision = 0; revision < count; revision++) {
    const section = `xref\n1 ${String(objects)}\n${rows}trailer\n<</Size ${String(objects)}/Root 1 0 R${previous}>>\nstartxref\n${String(at)}\n%%EOF\n`
    parts.push(section)
    previous = `/Prev ${String(at)}`
    at += section.length
  }
  text += parts.join('')
  return Buffer.from(text, 'latin1')
}

/** Pages that share one content. */
function manyPages(count: number, content: string): Uint8Array {
  const objects: Record<number, string> = { 4: packed(Buffer.from(content), '') }
  for (let page = 0; page < count; page++) objects[page + 10] = pageWith('')
  const kids = Object.keys(objects)
    .map(Number)
    .filter((number) => number >= 10)
  objects[3] = `[${kids.map((kid) => `${String(kid)} 0 R`).join(' ')}]`
  objects[2] = `<</Type/Pages/Count ${String(count)}/Kids 3 0 R>>`
  return samplePdf(objects)
}

function manyFields(count: number): Uint8Array {
  const objects: Record<number, string> = {}
  const fields = Array.from({ length: count }, (_, at) => `${String(at + 10)} 0 R`).join(' ')
  for (let at = 0; at < count; at++) {
    objects[at + 10] = '<</Type/Annot/Subtype/Widget/FT/Tx/T(a)/V(b)/Rect[0 0 9 9]/AP<</N 6 0 R>>>>'
  }
  return samplePdf({
    1: catalogWith(`/AcroForm<</Fields[${fields}]>>`),
    3: pageWith(`/Annots[${fields}]`),
    6: stream('1 1 m '.repeat(1000), '/Subtype/Form/BBox[0 0 9 9]'),
    ...objects,
  })
}

/** Bombs by name. */
export const bombs: Readonly<Record<string, () => Uint8Array>> = {
  'white space': () => flood(' '),
  'the letter e': () => flood('e'),
  slashes: () => flood('/'),
  'opened dictionaries': () => flood('<<'),
  'opened arrays': () => flood('['),
  'opened strings': () => flood('('),
  'the word endstream': () => flood('endstream '),
  'heads of objects': () => flood('1 0 obj '),
  'heads of other objects': () => flood('1 0 obj<</Type/ObjStm/N 999999>>stream\n'),
  'empty objects': () => flood('7 0 obj null endobj\n'),
  trailers: () => flood('trailer<</Root 1 0 R>>'),
  'traces of signatures': () => flood('/ByteRange[0 1 2 3]/Contents<00>'),
  'ends of files': () => flood('startxref\n9\n%%EOF\n'),
  'an array of arrays': () => samplePdf({ 5: `[${'[]'.repeat(4 * mega)}]` }),
  'an array of zeros': () => samplePdf({ 5: `[${'0 '.repeat(8 * mega)}]` }),
  'many arrays of zeros': () =>
    samplePdf(
      Object.fromEntries(
        Array.from({ length: 60 }, (_, at) => [at + 5, `[${'0 '.repeat(200_000)}]`]),
      ),
    ),
  'a deep array': () => samplePdf({ 5: '['.repeat(8 * mega) }),
  'many object streams': () => manyStreams(40, 15 * mega),
  'rows of cross-references': () => manyRows(4_000_000),
  'rows below the bound': () => manyRows(240_000),
  'many revisions': () => manyRevisions(900, 200),
  'many pages': () => manyPages(19_000, '0 0 m 9 9 l S '.repeat(100)),
  'contents that unpack to 300 MB': () => withContents(Buffer.alloc(300 * mega, ' q Q')),
  'operators without end': () => withContents('q Q '.repeat(5 * mega)),
  'a path of a million curves': () => withContents(`0 0 m ${'1 2 3 4 5 6 c '.repeat(700_000)} f`),
  'text under many shapes': () =>
    withContents(
      `BT /F 1 Tf ${'(abcdefgh) Tj '.repeat(20_000)} ET ${'0 0 400 800 re f '.repeat(20_000)}`,
    ),
  'pictures over pictures': () => withContents('500 0 0 500 0 0 cm /I Do '.repeat(150_000)),
  'forms in forms': () =>
    withContents('/X Do', {
      10: stream(
        '/X Do '.repeat(50),
        '/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 10 0 R>>>>',
      ),
    }),
  'long strings': () => withContents(`BT /F 1 Tf (${'a'.repeat(20 * mega)}) Tj ET`),
  'an array in contents': () => withContents(`[${'1 '.repeat(10 * mega)}] TJ`),
  'nested arrays in contents': () => withContents('['.repeat(20 * mega)),
  'saved states': () => withContents('q '.repeat(10 * mega)),
  'marked content': () => withContents('/A BMC '.repeat(3 * mega)),
  'clips in clips': () =>
    withContents(`${'0 0 500 500 re W n '.repeat(200_000)}${'0 0 9 9 re f '.repeat(200_000)}`),
  'fields with appearances': () => manyFields(2000),
  'a long map of characters': () =>
    withContents('BT /F 1 Tf (a) Tj ET', {
      9: '<</Type/Font/Subtype/Type0/Encoding/Identity-H/DescendantFonts[]/ToUnicode 12 0 R>>',
      12: packed(Buffer.from('<0000> <ffff> <0000> endbfrange '.repeat(30_000)), ''),
    }),
  'references in a circle': () =>
    samplePdf({ 5: '[6 0 R]', 6: '[5 0 R]', 7: '7 0 R', 3: pageWith('/Annots 7 0 R') }),
  'outlines without end': () =>
    samplePdf({
      1: catalogWith('/Outlines 5 0 R'),
      5: '<</First 6 0 R/Next 5 0 R>>',
      6: '<</Next 5 0 R>>',
    }),
}

/** Text out of PDFs: right for honest files, a failure and never a hang for the others. */
import test from 'ava'
import { createPdfTextReader } from '../../../exchange/search/pdf_text.ts'
import { foldRadicals } from '../../../exchange/search/radicals.ts'
import { encryptedPdf, inflatesWithoutEnd, paintsItself, pdf, stream } from '../pdf/raw_pdf.ts'

const toUnicode = stream(
  Buffer.from(`/CIDInit /ProcSet findresource begin 12 dict begin begincmap
1 begincodespacerange <0000> <FFFF> endcodespacerange
4 beginbfchar <0001> <2F64> <0002> <7EA6> <0003> <2EA0> <0004> <4E8B> endbfchar
endcmap end end`),
)

/** One page; its four glyphs say 用约民事, two of them as radicals. */
function onePage(content: Buffer): Uint8Array {
  return pdf([
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>',
    content,
    '<< /Type /Font /Subtype /Type0 /BaseFont /Any /Encoding /Identity-H /DescendantFonts [6 0 R] /ToUnicode 7 0 R >>',
    '<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Any /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /DW 1000 >>',
    toUnicode,
  ])
}

const honest = onePage(stream(Buffer.from('BT /F 12 Tf 50 700 Td <0001000200030004> Tj ET')))

test('an honest page gives its text, with radicals as ideographs', async (t) => {
  t.deepEqual(await createPdfTextReader().read(honest), { pages: ['用约民事'], complete: true })
})

test('radicals of both blocks are folded, the rest is left alone', (t) => {
  t.is(foldRadicals('⼯作⻅⺠，Ａ'), '工作见民，Ａ')
})

test('the limit of characters cuts, and says so', async (t) => {
  const reader = createPdfTextReader({ limits: { maxCharacters: 2 } })
  t.deepEqual(await reader.read(honest), { pages: ['用约'], complete: false })
})

const refused: [string, Uint8Array, string][] = [
  ['nothing', new Uint8Array(0), 'PDF_TEXT_MALFORMED'],
  ['garbage', new Uint8Array(5000).fill(0x25), 'PDF_TEXT_MALFORMED'],
  ['the first half of a file', honest.subarray(0, 120), 'PDF_TEXT_MALFORMED'],
  ['an encrypted file', encryptedPdf(), 'PDF_TEXT_ENCRYPTED'],
]

for (const [what, bytes, failure] of refused) {
  test(`${what} is a failure`, async (t) => {
    t.deepEqual(await createPdfTextReader().read(bytes), { failure })
  })
}

test('too many bytes, too many pages and too little time are failures', async (t) => {
  const read = (limits: object) => createPdfTextReader({ limits }).read(honest)
  t.deepEqual(await read({ maxBytes: 100 }), { failure: 'PDF_TEXT_TOO_LARGE' })
  t.deepEqual(await read({ maxPages: 0 }), { failure: 'PDF_TEXT_TOO_MANY_PAGES' })
  t.deepEqual(await read({ timeoutMs: 1 }), { failure: 'PDF_TEXT_TIMED_OUT' })
  const stopped = createPdfTextReader().read(honest, AbortSignal.abort())
  t.deepEqual(await stopped, { failure: 'PDF_TEXT_STOPPED' })
})

test('a page that inflates without end and a form that paints itself end in time', async (t) => {
  const bomb = onePage(inflatesWithoutEnd())
  const loop = paintsItself()
  const reader = createPdfTextReader({ limits: { timeoutMs: 10_000, maxMemoryMb: 128 } })
  const started = Date.now()
  for (const bytes of [bomb, loop]) {
    const outcome = await reader.read(bytes)
    t.true(
      'failure' in outcome || outcome.pages.join('').trim() === '',
      JSON.stringify(outcome).slice(0, 200),
    )
  }
  t.true(Date.now() - started < 60_000)
  t.deepEqual(await reader.read(honest), { pages: ['用约民事'], complete: true })
})

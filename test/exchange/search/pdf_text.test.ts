/** Text out of PDFs: right for honest files, a failure and never a hang for the others. */
import { deflateSync } from 'node:zlib'
import test from 'ava'
import { createPdfTextReader } from '../../../exchange/search/pdf_text.ts'
import { foldRadicals } from '../../../exchange/search/radicals.ts'

/** A PDF of given objects (number 1 is the catalog), with a right cross-reference table. */
function pdf(objects: (string | Buffer)[]): Uint8Array {
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n')]
  const offsets: number[] = []
  let at = parts[0]?.length ?? 0
  objects.forEach((body, index) => {
    offsets.push(at)
    const bytes = Buffer.concat([
      Buffer.from(`${String(index + 1)} 0 obj\n`),
      Buffer.from(body),
      Buffer.from('\nendobj\n'),
    ])
    parts.push(bytes)
    at += bytes.length
  })
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  const size = String(objects.length + 1)
  const trailer = `xref\n0 ${size}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${String(at)}\n%%EOF\n`
  return new Uint8Array(Buffer.concat([...parts, Buffer.from(trailer)]))
}

function stream(content: Buffer, dictionary = ''): Buffer {
  const head = `<< /Length ${String(content.length)} ${dictionary} >>\nstream\n`
  return Buffer.concat([Buffer.from(head), content, Buffer.from('\nendstream')])
}

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

const encrypted = pdf(['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [] /Count 0 >>'])
const withEncryption = Buffer.from(
  Buffer.from(encrypted)
    .toString('latin1')
    .replace(
      '/Root 1 0 R',
      `/Root 1 0 R /ID [<00><00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <${'00'.repeat(32)}> /U <${'00'.repeat(32)}> >>`,
    ),
  'latin1',
)

const refused: [string, Uint8Array, string][] = [
  ['nothing', new Uint8Array(0), 'PDF_TEXT_MALFORMED'],
  ['garbage', new Uint8Array(5000).fill(0x25), 'PDF_TEXT_MALFORMED'],
  ['the first half of a file', honest.subarray(0, 120), 'PDF_TEXT_MALFORMED'],
  ['an encrypted file', new Uint8Array(withEncryption), 'PDF_TEXT_ENCRYPTED'],
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
  const bomb = onePage(
    stream(deflateSync(Buffer.alloc(300_000_000, ' q Q')), '/Filter /FlateDecode'),
  )
  const loop = pdf([
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R 2 0 R] /Count 2 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>',
    stream(Buffer.from('/X Do')),
    stream(
      Buffer.from('/X Do /X Do /X Do'),
      '/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 5 0 R >> >>',
    ),
  ])
  const reader = createPdfTextReader({ limits: { timeoutMs: 2000, maxMemoryMb: 128 } })
  const started = Date.now()
  for (const bytes of [bomb, loop]) {
    const outcome = await reader.read(bytes)
    t.true(
      'failure' in outcome || outcome.pages.join('').trim() === '',
      JSON.stringify(outcome).slice(0, 200),
    )
  }
  t.true(Date.now() - started < 15_000)
  t.deepEqual(await reader.read(honest), { pages: ['用约民事'], complete: true })
})

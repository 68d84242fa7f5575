/** Forensic reading: what strict reading refuses is still told of, and what it takes has no damage. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import test from 'ava'
import {
  latin1,
  latin1Bytes,
  listPages,
  readPdf,
  readPdfForensic,
  type PdfDamageCode,
} from '../../../exchange/pdf/index.ts'
import { hybridBase, pdfLibBase } from '../seal/bases.ts'
import { encryptedPdf } from './raw_pdf.ts'
import { samplePdf, stream } from './sample.ts'

const changed = (bytes: Uint8Array, from: string | RegExp, to: string): Uint8Array =>
  latin1Bytes(latin1(bytes).replace(from, to))

/** Damage, and a file with it. */
const damaged: readonly (readonly [PdfDamageCode, Uint8Array])[] = [
  ['HEADER_LATE', latin1Bytes(`\n${latin1(samplePdf())}`)],
  ['HEADER_MISSING', changed(samplePdf(), '%PDF-1.7', '%XYZ-1.7')],
  ['XREF_BROKEN', changed(samplePdf(), /startxref\n\d+/, 'startxref\n7')],
  ['XREF_BROKEN', changed(samplePdf(), '\nxref\n', '\nyref\n')],
  ['XREF_WRONG', changed(samplePdf(), '0000000009 00000 n', '0000000012 00000 n')],
  ['TRAILER_MISSING', changed(samplePdf(), 'trailer', 'failure')],
]

test('a damaged file is read all the same, with the damage named', (t) => {
  for (const [code, bytes] of damaged) {
    t.throws(() => listPages(readPdf(bytes)), undefined, code)
    const { document, damage, encrypted } = readPdfForensic(bytes)
    const codes = damage.map((one) => one.code)
    t.true(codes.includes(code), `${code}: ${codes.join(' ')}`)
    t.false(encrypted)
    t.is(document && listPages(document).length, 1, code)
  }
})

test('what strict reading takes has no damage, in every kind of file', async (t) => {
  for (const bytes of [
    samplePdf(),
    hybridBase(),
    await pdfLibBase(true),
    await pdfLibBase(false),
  ]) {
    const { document, damage, revisions } = readPdfForensic(bytes)
    t.deepEqual(damage, [])
    t.is(document && listPages(document).length, 1)
    t.deepEqual(revisions, [{ start: 0, end: bytes.length }])
  }
})

test('objects in object streams are found without their cross-reference', async (t) => {
  const torn = changed(await pdfLibBase(true, 3), /startxref\s+\d+/, 'startxref\n0')
  const { document } = readPdfForensic(torn)
  t.is(document && listPages(document).length, 3)
})

test('an encrypted file is recognised, and its structure told', (t) => {
  const { encrypted, document } = readPdfForensic(encryptedPdf())
  t.true(encrypted)
  t.not(document, undefined)
})

test('bytes without any object have no document', (t) => {
  for (const bytes of [new Uint8Array(), latin1Bytes('%PDF-1.7\n%%EOF'), new Uint8Array(1000)]) {
    const { document, damage } = readPdfForensic(bytes)
    t.is(document, undefined)
    t.true(damage.some(({ code }) => code === 'CATALOG_MISSING'))
  }
})

test('a wrong length of a stream is repaired for looking, not for strict reading', (t) => {
  const bytes = samplePdf({ 4: '<</Length 3>>\nstream\nlonger than three\nendstream' })
  t.throws(() => readPdf(bytes).object(4), { code: 'PDF_MALFORMED' })
  const { document } = readPdfForensic(changed(bytes, /startxref\n\d+/, 'startxref\n7'))
  const object = document?.object(4)?.value
  t.is(
    object?.kind === 'stream' && object.data.end - object.data.start,
    'longer than three\n'.length,
  )
})

test('an object that cannot be read is undefined, not an exception', (t) => {
  const bytes = samplePdf({ 5: '<</A' }, { after: 'x' })
  const { document } = readPdfForensic(bytes)
  t.is(document?.object(5), undefined)
  t.is(document?.object(4)?.number, 4)
})

test('a file above the bound is named as that and not read', (t) => {
  const { damage, document } = readPdfForensic(samplePdf(), { maxFileBytes: 10 })
  t.deepEqual(
    damage.map(({ code }) => code),
    ['TOO_LARGE'],
  )
  t.is(document, undefined)
})

test('too many objects are cut off and said', (t) => {
  const many = latin1Bytes(`%PDF-1.7\n${'1 0 obj\n<</Type/Catalog>>\nendobj\n'.repeat(50)}`)
  const { damage } = readPdfForensic(many, { maxObjects: 10 })
  t.true(damage.some(({ code }) => code === 'LIMIT_REACHED'))
})

test('the hostile and damaged files of the corpora all have pages or a reason', (t) => {
  const folder = new URL('../../../../shared/data/pdf/', import.meta.url)
  if (!existsSync(folder)) {
    t.log('shared data is not here: corpora skipped')
    t.pass()
    return
  }
  for (const file of globSync('**/*.pdf', { cwd: folder.pathname })) {
    const { document, damage } = readPdfForensic(readFileSync(new URL(encodeURI(file), folder)))
    t.true(document !== undefined || damage.length > 0, file)
  }
})

test('a stream in parentheses does not hide the objects behind it', (t) => {
  const bytes = changed(samplePdf({ 4: stream('(') }), /startxref\n\d+/, 'startxref\n7')
  const { document } = readPdfForensic(bytes)
  t.is(document && listPages(document).length, 1)
})

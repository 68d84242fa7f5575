/** Appending: the old bytes stay, the new ones change only what they should, and qpdf has no more to complain of than before. */
import { existsSync, globSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import {
  beginUpdate,
  changeObject,
  inspectPdf,
  latin1,
  listRevisions,
  readPdf,
  type Changes,
} from '../../../exchange/pdf/index.ts'
import { appendDocumentTimestamp } from '../../../exchange/seal/index.ts'
import { allBases } from '../seal/bases.ts'
import { qpdfComplaints } from '../seal/tools.ts'
import { catalogWith, pageWith, samplePdf } from './sample.ts'

const folder = mkdtempSync(join(tmpdir(), 'sealbox-append-'))
const stamp = (): Promise<Uint8Array> => Promise.resolve(Uint8Array.of(0x30, 0))

function complaints(pdf: Uint8Array): string {
  const file = join(folder, 'a.pdf')
  writeFileSync(file, pdf)
  return qpdfComplaints(file)
}

/** What an update adds to the sample when it changes the catalog so. */
function added(pdf: Uint8Array, changes: Changes): string {
  const update = beginUpdate(readPdf(pdf))
  changeObject(update, 1, changes)
  const { bytes } = update.finish()
  return latin1(bytes.subarray(pdf.length)).split('xref\n')[0] ?? ''
}

const reference: Changes = {
  AcroForm: { change: { Fields: { append: ['9 0 R'] }, SigFlags: { set: '3' } } },
}

/** The catalog's keys, other objects, and what the change writes. */
const cases: [string, Record<number, string>, string][] = [
  [
    '',
    {},
    '1 0 obj\n<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[9 0 R]/SigFlags 3>>>>\nendobj\n',
  ],
  [
    '/AcroForm<</DA(x)/Fields[]>>',
    {},
    '1 0 obj\n<</Type/Catalog/Pages 2 0 R/AcroForm<</DA(x)/Fields[ 9 0 R]/SigFlags 3>>>>\nendobj\n',
  ],
  [
    '/AcroForm 5 0 R',
    { 5: '<</SigFlags 1 /Fields [8 0 R] >>' },
    '5 0 obj\n<</SigFlags 3 /Fields [8 0 R 9 0 R] >>\nendobj\n',
  ],
  [
    '/AcroForm 5 0 R',
    { 5: '<</Fields 6 0 R/SigFlags 3>>', 6: '[8 0 R]' },
    '6 0 obj\n[8 0 R 9 0 R]\nendobj\n',
  ],
  [
    '/AcroForm 5 0 R/Lang(zh)',
    {},
    '1 0 obj\n<</Type/Catalog/Pages 2 0 R/AcroForm <</Fields[9 0 R]/SigFlags 3>>/Lang(zh)>>\nendobj\n',
  ],
]

test('a change writes the smallest object that holds it and copies all else', (t) => {
  for (const [keys, objects, expected] of cases) {
    const pdf = samplePdf({ 1: catalogWith(keys), ...objects })
    t.is(added(pdf, reference), expected, keys)
  }
})

test('an object that would have to be two things is refused', (t) => {
  const pdf = samplePdf({ 1: catalogWith('/AcroForm 5 0 R/DSS 5 0 R'), 5: '<<>>' })
  const both: Changes = { ...reference, DSS: { change: { Certs: { append: ['9 0 R'] } } } }
  t.throws(() => added(pdf, both), { code: 'PDF_MALFORMED' })
  t.throws(() => added(samplePdf({ 1: catalogWith('/AcroForm 7') }), reference), {
    code: 'PDF_MALFORMED',
  })
})

test('a shared array of fields and annotations gets the new field once', async (t) => {
  const pdf = samplePdf({
    1: catalogWith('/AcroForm<</Fields 5 0 R>>'),
    3: pageWith('/Annots 5 0 R'),
    5: '[6 0 R]',
    6: '<</Type/Annot/Subtype/Widget/FT/Tx/T(a)/Rect[0 0 9 9]>>',
  })
  const { pdf: stamped } = await appendDocumentTimestamp({ pdf, stamp })
  t.is(latin1(stamped).split('[6 0 R 8 0 R]').length - 1, 1)
  t.is(complaints(stamped), '')
})

test('a table follows a table or hybrid, a stream a stream; five updates in a row are clean', async (t) => {
  for (const { kind, pdf } of await allBases(folder)) {
    let document = readPdf(pdf)
    for (let round = 0; round < 5; round++) {
      const next = await appendDocumentTimestamp({ pdf: document, stamp })
      t.deepEqual(next.pdf.subarray(0, document.bytes.length), document.bytes)
      document = next.document
    }
    const kinds = readPdf(document.bytes)
      .sections.slice(-5)
      .map((section) => section.kind)
    const expected = /stream/.test(kind) ? 'stream' : 'table'
    t.deepEqual(new Set(kinds), new Set([expected]), kind)
    t.deepEqual(listRevisions(readPdf(document.bytes)).problems, [], kind)
    t.is(complaints(document.bytes), '', kind)
  }
})

test('the state carried along equals the file read again', async (t) => {
  for (const { pdf } of await allBases(folder)) {
    const { document } = await appendDocumentTimestamp({ pdf, stamp })
    const again = readPdf(document.bytes)
    t.is(document.size, again.size)
    t.deepEqual(document.startxref, again.startxref)
    for (const number of again.numbers()) {
      t.deepEqual(document.entry(number), again.entry(number))
      const [carried, read] = [document.object(number), again.object(number)]
      t.deepEqual(carried && [carried.value, carried.span], read && [read.value, read.span])
    }
  }
})

test('honest files of others stay as they are in front, and qpdf finds nothing new', async (t) => {
  const shared = new URL('../../../../shared/data/pdf/', import.meta.url)
  if (!existsSync(shared)) {
    t.log('shared data is not here: appending to files of others skipped')
    t.pass()
    return
  }
  const all = globSync('{esig-dss,pyhanko,node-signpdf,digitorus-pdfsign,openpdf}/**/*.pdf', {
    cwd: shared.pathname,
  })
  const step = process.env['SEALBOX_TEST_FULL'] === '1' ? 1 : 4
  let appended = 0
  for (const name of all.toSorted().filter((_, index) => index % step === 0)) {
    const pdf = new Uint8Array(readFileSync(new URL(encodeURI(name), shared)))
    const refused = inspectPdf(pdf).findings.some(({ severity }) => severity === 'refuse')
    if (refused || complaints(pdf) !== '') continue
    const stamped = await appendDocumentTimestamp({ pdf, stamp }).catch((error: unknown) => {
      t.like(error, { code: 'SEAL_NOT_ALLOWED' }, name)
    })
    if (!stamped) continue
    t.is(Buffer.compare(stamped.pdf.subarray(0, pdf.length), pdf), 0, name)
    t.is(complaints(stamped.pdf), '', name)
    appended++
  }
  t.log(`${String(appended)} files, every ${String(step)}th`)
  t.true(appended > 15)
})

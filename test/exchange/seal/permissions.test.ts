/** What a seal forbids after it, and what earlier seals forbid to it: DocMDP, FieldMDP, fields that wait. How little each step writes. */
import test from 'ava'
import {
  appendDocumentTimestamp,
  appendDss,
  completeSeal,
  prepareSeal,
  type SealedPdf,
  type SealRequest,
} from '../../../exchange/seal/index.ts'
import { latin1, readPdf, readSignatureForm } from '../../../exchange/pdf/index.ts'
import { catalogWith, pageWith, samplePdf } from '../pdf/sample.ts'
import { testMark } from './bases.ts'
import { createTestPki } from './pki.ts'

const pki = createTestPki({ suites: ['ecdsa-p256-sha256'] })
const unit = pki.units[0] ?? pki.tsa
const { certificate, algorithm } = unit
const certificates = [certificate, pki.root]

const request = (changes: Partial<SealRequest> = {}): SealRequest => ({
  pdf: samplePdf(),
  ...{ certificate, certificates, algorithm, page: 0, fieldName: 'seal-1' },
  mark: testMark(100),
  centre: { x: 200, y: 200 },
  at: new Date('2026-09-01T08:00:00Z'),
  name: '办公室',
  ...changes,
})

async function sealed(changes: Partial<SealRequest> = {}): Promise<SealedPdf> {
  const prepared = prepareSeal(request(changes))
  const signature = await unit.sign(prepared.attributes)
  return completeSeal({ prepared, signature, algorithm, certificate, certificates })
}

test('a seal that forbids any change lets evidence in and no further seal', async (t) => {
  const { file } = await sealed({ docMdp: 1 })
  const further = { pdf: file, fieldName: 'seal-2', centre: { x: 400, y: 200 } }
  t.throws(() => prepareSeal(request(further)), { code: 'SEAL_NOT_ALLOWED' })
  const stored = appendDss({ pdf: file, ...(await pki.evidence(0)) })
  const stamped = await appendDocumentTimestamp({ pdf: stored.file, stamp: pki.stamp })
  t.throws(() => prepareSeal(request({ ...further, pdf: stamped.pdf })), {
    code: 'SEAL_NOT_ALLOWED',
  })
  for (const docMdp of [2, 3] as const) {
    const open = await sealed({ docMdp })
    t.false(prepareSeal(request({ ...further, pdf: open.file, docMdp })).certifies)
    const [{ value } = {}] = readSignatureForm(readPdf(open.pdf)).fields
    t.is(value?.docMdp, docMdp)
  }
})

const locks = [
  { fieldMdp: { action: 'All' }, text: '/Action/All', refuses: true },
  {
    fieldMdp: { action: 'Include', fields: ['seal-2'] },
    text: '/Action/Include/Fields[<feff007300650061006c002d0032>]',
    refuses: true,
  },
  {
    fieldMdp: { action: 'Include', fields: ['amount', 'seal'] },
    text: '/Action/Include/Fields[',
    refuses: false,
  },
  {
    fieldMdp: { action: 'Exclude', fields: ['a'] },
    text: '/Action/Exclude/Fields[',
    refuses: true,
  },
  {
    fieldMdp: { action: 'Exclude', fields: ['seal-2'] },
    text: '/Action/Exclude/Fields[',
    refuses: false,
  },
] as const

test('a lock stands in the signature and in its field, and keeps seals out of what it locks', async (t) => {
  for (const { fieldMdp, text, refuses } of locks) {
    const { file, pdf } = await sealed({ fieldMdp })
    const written = latin1(pdf)
    t.true(written.includes(`/TransformMethod/FieldMDP/Data 1 0 R`), text)
    t.is(written.split(text).length - 1, 2, text)
    t.true(written.includes('/Lock<</Type/SigFieldLock'))
    // Carried along, and read again.
    for (const source of [file, pdf]) {
      const further = () =>
        prepareSeal(request({ pdf: source, fieldName: 'seal-2', centre: { x: 400, y: 200 } }))
      if (refuses) t.throws(further, { code: 'SEAL_NOT_ALLOWED' }, text)
      else t.notThrows(further, text)
    }
    await t.notThrowsAsync(appendDocumentTimestamp({ pdf: file, stamp: pki.stamp }))
  }
})

const waiting = (keys: string): Uint8Array =>
  samplePdf({
    1: catalogWith('/AcroForm<</Fields[5 0 R]/SigFlags 3>>'),
    3: pageWith('/Annots[5 0 R]'),
    5: `<</Type/Annot/Subtype/Widget/FT/Sig/T(seal-1)/Rect[150 150 250 250]${keys}>>`,
  })

/** A field that waits, and whether a seal may be put into it. */
const fields: readonly (readonly [string, string, boolean])[] = [
  ['as it is', '', true],
  ['shown and printed', '/F 132', true],
  ['hidden', '/F 2', false],
  ['not viewed', '/F 32', false],
  ['with a condition', '/SV<</Type/SV/Ff 1>>', false],
  ['with a lock', '/Lock<</Type/SigFieldLock/Action/All>>', true],
  ['with a lock that says nothing', '/Lock<</Type/SigFieldLock>>', false],
]

test('a seal goes into a field that waits for it, if it can meet what the field asks for', (t) => {
  for (const [what, keys, isGood] of fields) {
    const prepare = () => prepareSeal(request({ pdf: waiting(keys) }))
    if (!isGood) {
      t.throws(prepare, { code: 'SEAL_NOT_ALLOWED' }, what)
      continue
    }
    const { pdf } = prepare()
    const { fields: found } = readSignatureForm(readPdf(pdf))
    t.is(found.length, 1, what)
    t.is(found[0]?.object, 5, what)
    t.is(latin1(pdf).includes('FieldMDP'), keys.includes('Lock'), what)
  }
  const aside = { pdf: waiting(''), centre: { x: 210, y: 200 } }
  t.throws(() => prepareSeal(request(aside)), { code: 'SEAL_NOT_ALLOWED' })
})

/** Numbers of the objects that an update wrote. */
const written = (pdf: Uint8Array, from: number): number[] =>
  [...latin1(pdf.subarray(from)).matchAll(/(\d+) 0 obj\n/g)].map(([, number]) => Number(number))

test('a seal in a reserved field touches neither page nor catalog', async (t) => {
  const reserve = [{ fieldName: 'seal-2', page: 0, centre: { x: 400, y: 200 }, size: 100 }]
  const first = await sealed({ docMdp: 2, reserve })
  const [, second] = readSignatureForm(readPdf(first.pdf)).fields
  t.is(second?.name, 'seal-2')
  t.is(second?.value, undefined)
  const { pdf } = await sealed({ pdf: first.file, fieldName: 'seal-2', centre: { x: 400, y: 200 } })
  t.is(written(pdf, first.pdf.length).length, 3)
  t.true(written(pdf, first.pdf.length).includes(second?.object ?? 0))
  const inTheWay = [{ ...reserve[0], fieldName: 'seal-3', centre: { x: 250, y: 200 } }]
  t.throws(() => prepareSeal(request({ reserve: inTheWay as typeof reserve })), {
    code: 'SEAL_NOT_ALLOWED',
  })
  t.throws(() => prepareSeal(request({ pdf: first.file, fieldName: 'seal-4', reserve })), {
    code: 'SEAL_NOT_ALLOWED',
  })
})

test('a prepared seal may be completed twice, and each file keeps its octets', async (t) => {
  const base = await sealed()
  const prepared = prepareSeal(
    request({ pdf: base.file, fieldName: 'seal-2', centre: { x: 400, y: 200 } }),
  )
  const whole = prepared.pdf
  const copies = [base.pdf.slice(), whole.slice()]
  const signature = await unit.sign(prepared.attributes)
  const completion = { prepared, signature, algorithm, certificate, certificates }
  const [one, other] = [await completeSeal(completion), await completeSeal(completion)]
  t.deepEqual(one.pdf, other.pdf)
  const kept = one.pdf.slice()
  await appendDocumentTimestamp({ pdf: one.file, stamp: pki.stamp })
  await appendDocumentTimestamp({ pdf: one.file, stamp: pki.stamp })
  t.deepEqual(one.pdf, kept)
  t.deepEqual([base.pdf, whole], copies)
})

/** What a seal refuses, what it leaves alone, and what happens when the time-stamping fails. */
import test from 'ava'
import { ExchangeError } from '../../../exchange/errors.ts'
import {
  appendDss,
  completeSeal,
  prepareSeal,
  sealToBaselineLta,
  type BaselineRequest,
  type SealLevel,
  type SealRequest,
} from '../../../exchange/seal/index.ts'
import { latin1, listPages, readPdf, readSignatureForm } from '../../../exchange/pdf/index.ts'
import { verifySignature } from '../../../ca/index.ts'
import { catalogWith, pageWith, samplePdf } from '../pdf/sample.ts'
import { testMark } from './bases.ts'
import { createTestPki } from './pki.ts'
import { signaturesOf } from './tools.ts'

const pki = createTestPki()
const unit = pki.units[0] ?? pki.tsa
const { certificate, algorithm } = unit

const request = (changes: Partial<SealRequest> = {}): SealRequest => ({
  pdf: samplePdf(),
  certificate,
  algorithm,
  mark: testMark(100),
  page: 0,
  centre: { x: 200, y: 200 },
  fieldName: 'seal-1',
  at: new Date('2026-09-01T08:00:00Z'),
  name: '办公室',
  docMdp: 2,
  ...changes,
})

async function baseline(changes: Partial<BaselineRequest> = {}): Promise<BaselineRequest> {
  const prepared = prepareSeal(request())
  return {
    prepared,
    signature: await unit.sign(prepared.attributes),
    algorithm,
    certificate,
    certificates: [certificate, pki.root],
    stamp: pki.stamp,
    evidence: () => pki.evidence(0),
    ...changes,
  }
}

async function sealed(): Promise<Uint8Array> {
  return (await completeSeal(await baseline())).pdf
}

test('preparing is a function of its input: twice the same bytes', (t) => {
  t.deepEqual(prepareSeal(request()).pdf, prepareSeal(request()).pdf)
})

test('the dictionary says what PAdES wants and the CMS has no signing-time', async (t) => {
  const [seal] = signaturesOf(await sealed())
  t.like(seal?.value, {
    type: 'Sig',
    filter: 'Adobe.PPKLite',
    subFilter: 'ETSI.CAdES.detached',
    date: "D:20260901080000+00'00'",
    name: '办公室',
    docMdp: 2,
  })
  const signingTime = Buffer.from('06092a864886f70d010905', 'hex')
  t.false(Buffer.from(seal?.cms ?? []).includes(signingTime))
})

const onPage = (rect: string): Uint8Array =>
  samplePdf({
    1: catalogWith('/AcroForm<</Fields[5 0 R]>>'),
    3: pageWith('/Annots[5 0 R]'),
    5: `<</Type/Annot/Subtype/Widget/FT/Sig/T(old)/Rect${rect}>>`,
  })

const closed = (level: number): Uint8Array =>
  samplePdf({
    1: catalogWith('/AcroForm<</Fields[5 0 R]>>/Perms<</DocMDP 6 0 R>>'),
    3: pageWith('/Annots[5 0 R]'),
    5: '<</Type/Annot/Subtype/Widget/FT/Sig/T(old)/Rect[0 0 0 0]/V 6 0 R>>',
    6: `<</Type/Sig/Contents<00>/Reference[<</TransformMethod/DocMDP/TransformParams<</P ${String(level)}>>>>]>>`,
  })

/** What is refused, and a twin that is not. */
const refusals: [string, Partial<SealRequest>, Partial<SealRequest>][] = [
  ['a page that is not there', { page: 1 }, { page: 0 }],
  ['a mark over the edge', { centre: { x: 49, y: 200 } }, { centre: { x: 50, y: 200 } }],
  [
    'a mark that touches another',
    { pdf: onPage('[250 200 300 300]') },
    { pdf: onPage('[251 200 300 300]') },
  ],
  [
    'a name that is taken',
    { pdf: onPage('[0 0 0 0]'), fieldName: 'old' },
    { pdf: onPage('[0 0 0 0]') },
  ],
  ['a name with a point', { fieldName: 'a.b' }, { fieldName: 'a-b' }],
  ['a file that allows no change', { pdf: closed(1) }, { pdf: closed(2) }],
]

test('what would break the file or another seal is refused', (t) => {
  for (const [what, wrong, right] of refusals) {
    t.throws(() => prepareSeal(request(wrong)), { code: 'SEAL_NOT_ALLOWED' }, what)
    t.notThrows(() => prepareSeal(request(right)), what)
  }
})

test('only the first signature of a file certifies it', (t) => {
  t.true(prepareSeal(request()).certifies)
  const later = prepareSeal(request({ pdf: closed(2) }))
  t.false(later.certifies)
  t.is(readSignatureForm(readPdf(later.pdf)).certifying, 6)
  const plain: Partial<SealRequest> = { ...request() }
  delete (plain as { docMdp?: 2 }).docMdp
  t.false(prepareSeal(plain as SealRequest).certifies)
})

test('a signature that the caller finds wrong is not sealed in', async (t) => {
  const good = await baseline({
    verifySignature: ({ certificate, data, signature }) =>
      verifySignature({ certificate, bytes: data, signature }),
  })
  t.is((await completeSeal(good)).level, 'B-T')
  const wrong = { ...good, signature: await unit.sign(Uint8Array.of(1)) }
  await t.throwsAsync(completeSeal(wrong), { code: 'SEAL_SIGNATURE_WRONG' })
})

test('a CMS that does not fit its place is refused', async (t) => {
  const small = { ...(await baseline()), prepared: prepareSeal(request({ contentsBytes: 1000 })) }
  await t.throwsAsync(completeSeal(small), { code: 'SEAL_PLACEHOLDER_TOO_SMALL' })
})

const failing = (): Promise<never> => Promise.reject(new Error('the clock is on hold'))

/** What fails, and the level that is reached without it. */
const failures: [string, () => Partial<BaselineRequest>, SealLevel][] = [
  ['no stamp', () => ({ stamp: failing }), 'B-B'],
  ['a stamp that is undefined', () => ({ stamp: () => Promise.resolve(undefined) }), 'B-B'],
  ['no evidence', () => ({ evidence: failing }), 'B-T'],
  [
    'no second stamp',
    () => {
      let calls = 0
      return { stamp: (imprint) => (calls++ === 0 ? pki.stamp(imprint) : failing()) }
    },
    'B-LT',
  ],
]

test('no level is lost in silence: an error, or the lower level by name if it was asked for', async (t) => {
  for (const [what, broken, level] of failures) {
    const refused = await t.throwsAsync(sealToBaselineLta(await baseline(broken())), {
      instanceOf: ExchangeError,
    })
    t.is(refused.code, 'SEAL_LEVEL_UNREACHABLE', what)
    const kept = await sealToBaselineLta(
      await baseline({ ...broken(), onStampFailure: 'stamp-later' }),
    )
    t.is(kept.level, level, what)
    t.is(kept.failure?.code, 'SEAL_LEVEL_UNREACHABLE', what)
    t.is(signaturesOf(kept.pdf).length, 1, what)
  }
  const whole = await sealToBaselineLta(await baseline({ onStampFailure: 'stamp-later' }))
  t.is(whole.failure, undefined)
})

test('evidence is asked for after the signature timestamp', async (t) => {
  const calls: string[] = []
  const request = await baseline({
    stamp: (imprint) => {
      calls.push('stamp')
      return pki.stamp(imprint)
    },
    evidence: () => {
      calls.push('evidence')
      return pki.evidence(0)
    },
  })
  t.is((await sealToBaselineLta(request)).level, 'B-LTA')
  t.deepEqual(calls, ['stamp', 'evidence', 'stamp'])
})

test('evidence that the file holds already is not written again', async (t) => {
  const evidence = await pki.evidence(0)
  const first = appendDss({ pdf: samplePdf(), ...evidence })
  const again = appendDss({ pdf: first.document, ...evidence })
  t.is(again.pdf, first.pdf)
  const extra = Uint8Array.of(0x30, 0)
  const more = appendDss({ pdf: first.pdf, ...evidence, crls: [...evidence.crls, extra] })
  const store = latin1(more.pdf.subarray(first.pdf.length))
  t.regex(store, /\/CRLs\[\d+ 0 R \d+ 0 R\]/)
  t.is(store.split('stream\n').length - 1, 2)
})

test('on a turned page the mark is turned back', (t) => {
  for (const [turn, matrix] of [
    [0, undefined],
    [90, '[0 1 -1 0 0 0]'],
    [270, '[0 -1 1 0 0 0]'],
  ] as const) {
    const pdf = samplePdf({ 3: pageWith(`/Rotate ${String(turn)}`) })
    const found = /\/Matrix(\[[^\]]*\])/.exec(latin1(prepareSeal(request({ pdf })).pdf))?.[1]
    t.is(found, matrix)
    t.is(listPages(readPdf(pdf))[0]?.rotate, turn)
  }
})

test('a PDF 2.0 declares no extension, an older one does', (t) => {
  const has = (header: string) =>
    latin1(prepareSeal(request({ pdf: samplePdf({}, { header }) })).pdf).includes('/ESIC')
  t.deepEqual(['%PDF-1.4\n', '%PDF-1.7\n', '%PDF-2.0\n'].map(has), [true, true, false])
})

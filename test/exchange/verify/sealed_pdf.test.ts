/** Sealed PDFs against the verifier: levels, trust, evidence, and what changed after the seal. The evidence is made by OpenSSL. */
import test from 'ava'
import { sha256Hex } from '../../../ca/path/index.ts'
import {
  beginUpdate,
  changeObject,
  listPages,
  readPdf,
  referenceText,
  type Update,
} from '../../../exchange/pdf/index.ts'
import { reportText, verifyFile, type Report } from '../../../exchange/verify/index.ts'
import { addBaselineEvidence, createDistrict, plainPdf, sealPdf } from './openssl_district.ts'

const district = createDistrict()
const stranger = createDistrict('Stranger')
const trial = createDistrict('试用 TRIAL')
test.after.always(() => {
  for (const each of [district, stranger, trial]) each.remove()
})

const day = 86_400_000
const soon = new Date(Date.now() + day)
const verify = (bytes: Uint8Array, at = soon, trust = [district.root]): Promise<Report> =>
  verifyFile({ name: 'sealed.pdf', bytes, trust, at })
const codes = (report: Report): string[] =>
  [...report.findings, ...report.signatures.flatMap((item) => item.findings)].map(
    ({ code }) => code,
  )
const sealed = sealPdf(district)

test('a sealed file passes at level B-LTA, and the report says all there is to say', async (t) => {
  const report = await verify((await sealed).pdf)
  t.is(report.verdict, 'TOTAL-PASSED', JSON.stringify(report))
  t.is(report.seal.verdict, 'TOTAL-PASSED')
  const [signature] = report.signatures
  t.is(report.signatures.length, 1)
  t.like(signature, {
    field: 'Seal1',
    signer: 'CN=Test seal,O=Test,C=CN',
    level: 'B-LTA',
    integrity: 'INTACT',
    claimedTime: '2026-11-23T08:00:00.000Z',
    coversWholeRevision: true,
    changesAfter: ['document security store', 'document timestamp'],
    findings: [],
  })
  t.deepEqual(
    signature?.timestamps.map(({ kind }) => kind),
    ['signature', 'document'],
  )
  t.is(signature?.chain.length, 3)
  t.true(Date.parse(report.validUntil ?? '') > Date.now())
  t.regex(reportText(report, 'zh'), /验证通过[\s\S]*印章有效，内容未改动/)
  t.regex(reportText(report, 'en'), /PASSED[\s\S]*the content unchanged/)
})

test('it still passes two years later, and not once the last timestamp’s certificate has ended', async (t) => {
  const { pdf } = await sealed
  t.is((await verify(pdf, new Date(Date.now() + 730 * day))).verdict, 'TOTAL-PASSED')
  const late = await verify(pdf, new Date(Date.now() + 1000 * day))
  t.like(late, { verdict: 'INDETERMINATE', subIndication: 'OUT_OF_BOUNDS_NO_POE' })
  t.is(late.signatures[0]?.integrity, 'INTACT')
})

test('before it was sealed it does not pass', async (t) => {
  const report = await verify((await sealed).pdf, new Date(Date.now() - day))
  t.is(report.verdict, 'INDETERMINATE')
})

test('with another root, or none, it is not determined, but intact', async (t) => {
  for (const trust of [[stranger.root], []]) {
    const report = await verify((await sealed).pdf, soon, trust)
    t.is(report.verdict, 'INDETERMINATE')
    t.is(report.subIndication, 'NO_CERTIFICATE_CHAIN_FOUND')
    t.is(report.signatures[0]?.integrity, 'INTACT')
  }
  const both = await verify((await sealed).pdf, soon, [stranger.root, district.root])
  t.is(both.verdict, 'TOTAL-PASSED')
})

test('a root that cannot be read is said', async (t) => {
  const report = await verify((await sealed).pdf, soon, [district.root, Uint8Array.of(48, 0)])
  t.true(codes(report).includes('TRUST_UNREADABLE'))
  t.not(report.verdict, 'TOTAL-PASSED')
})

test('a trial district is named as such and passes', async (t) => {
  const { pdf } = await sealPdf(trial)
  const report = await verify(pdf, soon, [trial.root])
  t.is(report.verdict, 'TOTAL-PASSED')
  t.true(codes(report).includes('TRIAL_DISTRICT'))
})

const noEvidence = () => Promise.resolve({ certificates: [], crls: [], ocspResponses: [] })
const levels = [
  { what: 'without a timestamp', options: { level: 'B-B' }, level: 'B-B' },
  { what: 'without evidence', options: { level: 'B-T' }, level: 'B-T' },
  { what: 'with an empty store', options: { evidence: noEvidence }, level: 'B-T' },
] as const
for (const { what, options, level } of levels) {
  test(`a seal ${what} is of level ${level}, intact and not determined`, async (t) => {
    const { pdf } = await sealPdf(district, options)
    const report = await verify(pdf)
    t.like(report, { verdict: 'INDETERMINATE', subIndication: 'TRY_LATER' })
    t.like(report.signatures[0], { level, integrity: 'INTACT' })
  })
}

test('a certificate revoked before it sealed fails', async (t) => {
  const { pdf } = await sealPdf(district, {
    evidence: async (by) => ({
      ...(await district.evidence(by)),
      ocspResponses: [district.ocsp('seal', { revoked: true })],
    }),
  })
  const report = await verify(pdf)
  t.like(report, { verdict: 'TOTAL-FAILED', subIndication: 'REVOKED' })
  t.is(report.signatures[0]?.integrity, 'INTACT')
})

test('an OCSP answer older than the signature timestamp proves nothing', async (t) => {
  const old = await district.evidence()
  await new Promise((resolve) => setTimeout(resolve, 1100)) // OCSP counts whole seconds
  const { pdf } = await sealPdf(district, { evidence: () => Promise.resolve(old) })
  const report = await verify(pdf)
  t.like(report, { verdict: 'INDETERMINATE', subIndication: 'TRY_LATER' })
})

test('a certificate for logging in cannot seal', async (t) => {
  const { pdf } = await sealPdf(district, { by: 'client' })
  const report = await verify(pdf)
  t.is(report.verdict, 'INDETERMINATE')
  t.true(codes(report).includes('CERTIFICATE_PURPOSE'))
})

test('two units seal one file: both seals stay intact', async (t) => {
  const first = await sealPdf(district, { level: 'B-T', x: 150 })
  const second = await sealPdf(district, {
    pdf: first.pdf,
    by: 'seal2',
    level: 'B-T',
    fieldName: 'Seal2',
    x: 400,
  })
  const { pdf } = await addBaselineEvidence({
    pdf: second,
    stamp: district.stamp,
    evidence: async () => {
      const evidence = await district.evidence('seal')
      return { ...evidence, ocspResponses: [...evidence.ocspResponses, district.ocsp('seal2')] }
    },
  })
  const report = await verify(pdf)
  t.is(report.verdict, 'TOTAL-PASSED', JSON.stringify(report))
  t.deepEqual(
    report.signatures.map(({ field, integrity, level }) => [field, integrity, level]),
    [
      ['Seal1', 'INTACT', 'B-LTA'],
      ['Seal2', 'INTACT', 'B-LTA'],
    ],
  )
  t.true(report.signatures[0]?.changesAfter.includes('page 1: further signature'))
})

test('a file without a seal is not determined', async (t) => {
  t.like(await verify(plainPdf()), { verdict: 'INDETERMINATE', subIndication: 'NO_SIGNATURE' })
})

/** Updates by someone who may write well-formed PDF but not sign. */
const manipulations: Readonly<Record<string, (update: Update) => void>> = {
  'other page content': (update) => {
    update.putStream(4, '', new TextEncoder().encode('1 0 0 rg 0 0 300 300 re f'))
  },
  'a note on the page': (update) => {
    const note = update.allocate()
    update.put(note, '<</Type/Annot/Subtype/FreeText/Rect[0 0 500 500]/Contents(x)>>')
    const page = listPages(update.document)[0]?.object.number ?? 0
    changeObject(update, page, { Annots: { append: [referenceText(note)] } })
  },
  'other resources': (update) => {
    const page = listPages(update.document)[0]?.object.number ?? 0
    changeObject(update, page, { Resources: { set: '<</Font<<>>>>' } })
  },
  'a mark over the whole page under the name of a signature': (update) => {
    const [mark, value] = [update.allocate(), update.allocate()]
    const page = listPages(update.document)[0]?.object.number ?? 0
    update.put(value, '<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached>>')
    update.put(
      mark,
      `<</Type/Annot/Subtype/Widget/FT/Sig/T(x)/Rect[0 0 595 842]/V ${referenceText(value)}>>`,
    )
    changeObject(update, page, { Annots: { append: [referenceText(mark)] } })
  },
  'JavaScript when the file is opened': (update) => {
    const { number } = update.document.catalog()
    changeObject(update, number, { OpenAction: { set: '<</S/JavaScript/JS(app.alert\\(1\\))>>' } })
  },
  'another page tree': (update) => {
    const tree = update.allocate()
    update.put(tree, '<</Type/Pages/Kids[3 0 R 3 0 R]/Count 2>>')
    const { number } = update.document.catalog()
    changeObject(update, number, { Pages: { set: referenceText(tree) } })
  },
  'a certification that was not there': (update) => {
    const { number } = update.document.catalog()
    changeObject(update, number, { Perms: { change: { DocMDP: { set: '1 0 R' } } } })
  },
}
for (const [what, manipulate] of Object.entries(manipulations)) {
  test(`${what} after the seal is a change, whatever the roots`, async (t) => {
    const update = beginUpdate(readPdf((await sealed).pdf))
    manipulate(update)
    const { bytes } = update.finish()
    for (const trust of [[district.root], []]) {
      const report = await verify(bytes, soon, trust)
      t.is(report.verdict, 'TOTAL-FAILED', JSON.stringify(report.signatures))
      t.is(report.seal.verdict, 'TOTAL-FAILED')
      t.not(report.signatures[0]?.integrity, 'INTACT')
      t.true(codes(report).some((code) => code === 'CHANGED_AFTER' || code === 'PDF_MALFORMED'))
    }
  })
}

test('an object that fills a reference left open when it was sealed is a change', async (t) => {
  const open = new TextDecoder('latin1')
    .decode(plainPdf())
    .replace('/Resources<<>>', '/Extra 900 0 R')
  // The replacement has the same length, so every offset stays right.
  const { pdf } = await sealPdf(district, {
    pdf: Uint8Array.from(open, (char) => char.charCodeAt(0)),
  })
  t.is((await verify(pdf)).verdict, 'TOTAL-PASSED')
  const update = beginUpdate(readPdf(pdf))
  while (update.allocate() < 899);
  update.put(update.allocate(), '<</X 1>>')
  const report = await verify(update.finish().bytes)
  t.is(report.signatures[0]?.integrity, 'CHANGED')
  t.regex(JSON.stringify(report.signatures[0]?.changesAfter), /left open when it was signed/)
})

for (const tail of ['x', '\n', '%comment\n', '9 0 obj\nnull\nendobj\n']) {
  test(`bytes after the end are a change: ${JSON.stringify(tail)}`, async (t) => {
    const { pdf } = await sealed
    const bytes = Uint8Array.of(...pdf, ...new TextEncoder().encode(tail))
    const report = await verify(bytes)
    t.is(report.verdict, 'TOTAL-FAILED')
  })
}

test('attachments and draft are compared with what the sealed file names', async (t) => {
  const bytes = new TextEncoder().encode('attached')
  const hash = sha256Hex(bytes)
  const list = JSON.stringify([{ name: '附件1', fileName: 'a.txt', bytes: 8, sha256: hash }])
  const hex = Buffer.from(`\ufeff${list}`, 'utf16le').swap16().toString('hex')
  const info = `/SealboxAttachments<${hex}>/SealboxDraftSHA256(${hash})`
  const { pdf } = await sealPdf(district, { pdf: plainPdf(info) })
  const other = new TextEncoder().encode('Attached')
  const cases = [
    { companions: {}, verdict: 'TOTAL-PASSED', code: 'ATTACHMENTS_NOT_GIVEN' },
    { companions: { attachments: [{ fileName: 'a.txt', bytes }] }, verdict: 'TOTAL-PASSED' },
    {
      companions: { attachments: [] },
      verdict: 'INDETERMINATE',
      code: 'ATTACHMENT_MISSING',
    },
    {
      companions: { attachments: [{ fileName: 'a.txt', bytes: other }] },
      verdict: 'TOTAL-FAILED',
      code: 'ATTACHMENT_ALTERED',
    },
    {
      companions: { draft: { hash }, attachments: [{ fileName: 'a.txt', bytes }] },
      verdict: 'TOTAL-PASSED',
    },
    {
      companions: { draft: { hash: sha256Hex(other) } },
      verdict: 'TOTAL-FAILED',
      code: 'DRAFT_DIFFERENT',
    },
  ]
  for (const { companions, verdict, code } of cases) {
    const report = await verifyFile({
      name: 's.pdf',
      bytes: pdf,
      trust: [district.root],
      at: soon,
      companions,
    })
    const actual: string = report.verdict
    t.is(actual, verdict)
    t.is(report.signatures[0]?.integrity, 'INTACT')
    if (code) t.true(codes(report).includes(code))
  }
})

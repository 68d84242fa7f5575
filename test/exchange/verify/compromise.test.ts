/** Statements of compromise: what they take away, what they leave, and which are not honoured. Real tokens of `openssl ts`. */
import { setTimeout as sleep } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { sha256Hex } from '../../../ca/index.ts'
import { readTimeStampToken } from '../../../ca/path/index.ts'
import type { Known } from '../../../exchange/index.ts'
import {
  judgeStatements,
  verifyFile,
  type GivenStatement,
  type Report,
} from '../../../exchange/verify/index.ts'
import type { Stamp } from '../../../exchange/seal/index.ts'
import { createDistrict, sealPdf } from './openssl_district.ts'
import { addOfficers, orderBytes, stated, type Stating } from './stating.ts'

const district = createDistrict()
const foreign = createDistrict('Foreign')
for (const each of [district, foreign]) addOfficers(each)
test.after.always(() => {
  district.remove()
  foreign.remove()
})

const at = new Date(Date.now() + 3_600_000)
const tsa = district.certificate('tsa')
const seal = district.certificate('seal')
/** What the box would journal of the tokens that it gave. */
const journal: Known[] = []
const noting: Stamp = async (imprint) => {
  const token = await district.stamp(imprint)
  if (token !== undefined) {
    const { serialNumber } = readTimeStampToken(token)
    journal.push({ serial: serialNumber, hash: sha256Hex(token) })
  }
  return token
}

let before: Uint8Array
let after: Uint8Array
let from: Date

test.before(async () => {
  before = (await sealPdf(district)).pdf
  await sleep(1100) // tokens of `openssl ts` say whole seconds
  from = new Date(Math.floor(Date.now() / 1000) * 1000)
  await sleep(1100)
  after = (await sealPdf(district, { stamp: noting })).pdf
})

async function verify(
  pdf: Uint8Array,
  given: readonly GivenStatement[],
  trust: readonly Uint8Array[] = [district.root],
): Promise<Report> {
  const statements = await judgeStatements(given, { trust, at })
  return verifyFile({ name: 'a.pdf', bytes: pdf, trust, at, statements })
}

const codes = (report: Report): string[] => [
  ...report.findings.map(({ code }) => code),
  ...report.signatures.flatMap(({ findings }) => findings.map(({ code }) => code)),
]
const state = (more: Partial<Stating>): Promise<GivenStatement> =>
  stated(district, { certificate: tsa, from, known: [], ...more })

test('a token of a compromised key proves nothing from the stated moment on, and all before it', async (t) => {
  const given = [await state({})]
  const good = await verify(before, given)
  t.is(good.verdict, 'TOTAL-PASSED', JSON.stringify(good))
  t.true(codes(good).includes('COMPROMISE_HONOURED'))
  const bad = await verify(after, given)
  t.like(bad, { verdict: 'INDETERMINATE', subIndication: 'REVOKED_NO_POE' })
  t.deepEqual(bad.signatures[0]?.timestamps, [], 'no time is shown as proven')
  t.is(bad.signatures[0]?.integrity, 'INTACT')
  t.true(codes(bad).includes('TIMESTAMP_DISREGARDED'))
  t.is((await verify(after, [])).verdict, 'TOTAL-PASSED', 'without the statement')
})

test('tokens that the journal knows stay trusted, by serial number and hash together', async (t) => {
  t.is(journal.length, 2)
  const known = await verify(after, [await state({ known: journal })])
  t.is(known.verdict, 'TOTAL-PASSED', JSON.stringify(known))
  const forged = journal.map(({ serial }) => ({ serial, hash: sha256Hex(new Uint8Array()) }))
  const repeated = await verify(after, [await state({ known: forged })])
  t.is(repeated.verdict, 'INDETERMINATE', 'who has the key gives a serial number out again')
  const ended = await state({ known: journal, to: from })
  t.is((await verify(after, [ended])).verdict, 'INDETERMINATE', 'after it was used any more')
})

test('a later stamp of another key stands in for one that is left out of account', async (t) => {
  let calls = 0
  const stamp: Stamp = (imprint) => district.stampBy(++calls === 1 ? 'tsa' : 'tsa2')(imprint)
  const { pdf } = await sealPdf(district, { stamp })
  // With the certificate's status as of after that stamp, as it is there in an archive that was renewed.
  const statements = await judgeStatements([await state({})], { trust: [district.root], at })
  const parts = { name: 'a.pdf', bytes: pdf, trust: [district.root], at, statements }
  const report = await verifyFile({ ...parts, companions: await district.evidence() })
  t.is(report.verdict, 'TOTAL-PASSED', JSON.stringify(report))
  t.true(codes(report).includes('TIMESTAMP_DISREGARDED'))
})

test('a seal of a compromised key holds by a sound stamp from before, and by nothing else', async (t) => {
  const given = [await state({ certificate: seal })]
  const good = await verify(before, given)
  t.is(good.verdict, 'TOTAL-PASSED', JSON.stringify(good))
  t.true(codes(good).includes('KEY_COMPROMISED_LATER'))
  const late = await verify(after, given)
  t.like(late, { verdict: 'TOTAL-FAILED', subIndication: 'REVOKED' })
  t.true(codes(late).includes('KEY_COMPROMISED'))
  const { pdf } = await sealPdf(district, { level: 'B-B' })
  const statements = await judgeStatements(given, { trust: [district.root], at })
  const companions = await district.evidence()
  const parts = { name: 'b.pdf', trust: [district.root], statements, companions }
  const unstamped = await verifyFile({ ...parts, bytes: pdf, at: new Date() })
  t.like(unstamped, { verdict: 'INDETERMINATE', subIndication: 'REVOKED_NO_POE' })
  const both = [...given, await state({})]
  t.is((await verify(before, both)).verdict, 'TOTAL-PASSED', 'both keys, stamped before')
})

test('of an authority the certificates that are known stay trusted, and no others', async (t) => {
  const certificates = ['seal', 'tsa', 'tsa2', 'ocsp', 'officer-1', 'officer-2']
  const all = certificates.map((name) => district.known(name))
  const of = (known: readonly Known[]) => state({ certificate: district.issuing, known })
  const passing = await verify(before, [await of(all)])
  t.is(passing.verdict, 'TOTAL-PASSED', JSON.stringify(passing))
  const without = (name: string) => all.filter(({ hash }) => hash !== district.known(name).hash)
  const noSeal = await verify(after, [await of(without('seal'))])
  t.is(noSeal.verdict, 'TOTAL-FAILED', 'a seal that nobody knows')
  const noTsa = await verify(before, [await of(without('tsa'))])
  t.is(noTsa.verdict, 'INDETERMINATE', 'whoever has the authority makes a stamping key of any age')
  const unknownOfficer = await verify(after, [await of(without('officer-2'))])
  t.is(unknownOfficer.verdict, 'TOTAL-PASSED')
  t.true(codes(unknownOfficer).includes('COMPROMISE_NOT_TRUSTED'))
})

const refused: readonly (readonly [
  what: string,
  code: string,
  make: () => Promise<GivenStatement>,
])[] = [
  ['that is none', 'COMPROMISE_UNREADABLE', () => given('{}')],
  ['that is no JSON', 'COMPROMISE_UNREADABLE', () => given('\u0000')],
  [
    'signed twice by one officer',
    'COMPROMISE_ONE_SIGNED',
    () => state({ by: ['officer-1', 'officer-1'] }),
  ],
  [
    'signed with two certificates of one officer',
    'COMPROMISE_ONE_SIGNED',
    () => state({ by: ['officer-1', 'officer-1b'] }),
  ],
  ['signed by a clerk', 'COMPROMISE_ONE_SIGNED', () => state({ by: ['officer-1', 'clerk'] })],
  [
    'proposed by another than it says',
    'COMPROMISE_ONE_SIGNED',
    () => state({ signer: 'person:officer-9' }),
  ],
  [
    'whose second signature is over other bytes',
    'COMPROMISE_ALTERED',
    () => state({ secondOver: orderBytes({ certificate: tsa, from: at }) }),
  ],
  ['with its parameters changed', 'COMPROMISE_ALTERED', changed],
  ['with a signature left out', 'COMPROMISE_UNREADABLE', oneSignature],
  ['without time stamps', 'COMPROMISE_NOT_TRUSTED', () => state({ tsa: null })],
  [
    'stamped by the very key that it takes away',
    'COMPROMISE_NOT_TRUSTED',
    () => state({ tsa: 'tsa' }),
  ],
  [
    'countersigned after it had run out',
    'COMPROMISE_OUT_OF_TIME',
    () => state({ expires: new Date(Date.now() - 5000) }),
  ],
  [
    'of officers of another district',
    'COMPROMISE_NOT_TRUSTED',
    () => stated(foreign, { certificate: tsa, from, known: [] }),
  ],
]

for (const [what, code, make] of refused) {
  test(`a statement ${what} changes no verdict and is named`, async (t) => {
    await staysWithout(t, [await make()], code)
  })
}

async function staysWithout(
  t: ExecutionContext,
  given: readonly GivenStatement[],
  code: string,
): Promise<void> {
  for (const pdf of [before, after]) {
    const report = await verify(pdf, given)
    t.is(report.verdict, 'TOTAL-PASSED', JSON.stringify(report))
    t.deepEqual(
      codes(report).filter((one) => one.startsWith('COMPROMISE_')),
      [code],
    )
  }
}

test('a district says nothing of the keys of another one, though both are trusted', async (t) => {
  const given = [await stated(foreign, { certificate: tsa, from, known: [] })]
  const both = [district.root, foreign.root]
  const report = await verify(after, given, both)
  t.is(report.verdict, 'TOTAL-PASSED', JSON.stringify(report))
  const own = await sealPdf(foreign)
  const about = await stated(foreign, { certificate: foreign.certificate('tsa'), from, known: [] })
  t.is((await verify(own.pdf, [about], both)).verdict, 'INDETERMINATE')
})

test('two statements that take each other away are both named and neither is honoured', async (t) => {
  const officer = (name: string) => district.certificate(name)
  district.issue('officer-3', 'officer', 'officer-3')
  const early = new Date(from.getTime() - 60_000)
  const a = await state({ certificate: officer('officer-3'), from: early })
  const b = await state({
    certificate: officer('officer-2'),
    from: early,
    by: ['officer-1', 'officer-3'],
  })
  const contradicted = ['COMPROMISE_CONTRADICTED', 'COMPROMISE_CONTRADICTED']
  const { findings, compromises } = await judgeStatements([a, b], { trust: [district.root], at })
  t.deepEqual(
    findings.map(({ code }) => code),
    contradicted,
  )
  t.deepEqual(compromises, [])
})

test('a statement of compromise is verified as a file by itself', async (t) => {
  const report = async ({ name, bytes }: GivenStatement) =>
    verifyFile({ name, bytes, trust: [district.root], at })
  const good = await report(await state({}))
  t.is(good.verdict, 'TOTAL-PASSED', JSON.stringify(good))
  t.deepEqual(
    good.signatures.map(({ field }) => field),
    ['sealbox.order', 'sealbox.order'],
  )
  const twice = await report(await state({ by: ['officer-1', 'officer-1b'] }))
  t.is(twice.verdict, 'INDETERMINATE')
  t.true(codes(twice).includes('COMPROMISE_ONE_SIGNED'))
  t.is((await report(await changed())).verdict, 'TOTAL-FAILED')
})

test('of a file altered in any one place nothing else than what was signed is ever honoured', async (t) => {
  const { name, bytes } = await state({})
  const trust = [district.root]
  const [whole] = (await judgeStatements([{ name, bytes }], { trust, at })).compromises
  const samples = process.env['SEALBOX_TEST_FULL'] === '1' ? 2000 : 120
  let refusedFiles = 0
  for (let sample = 0; sample < samples; sample++) {
    const place = draw(bytes.length)
    const altered = bytes.with(place, (bytes[place] ?? 0) ^ (1 << draw(8)))
    const { compromises, findings } = await judgeStatements([{ name, bytes: altered }], {
      trust,
      at,
    })
    t.is(findings.length, 1)
    if (compromises.length === 0) refusedFiles++
    else t.deepEqual(compromises, [whole], `byte ${String(place)}`)
  }
  t.true(refusedFiles > samples / 2, String(refusedFiles))
})

/** Numbers below a bound that follow from the seed 20261125 (Lehmer). */
let drawn = 20_261_125
function draw(below: number): number {
  drawn = (drawn * 48_271) % 2_147_483_647
  return drawn % below
}

function given(text: string): Promise<GivenStatement> {
  return Promise.resolve({ name: 'x.compromise.json', bytes: new TextEncoder().encode(text) })
}

interface FileText {
  statement: string
  signatures: string[]
}

async function edited(edit: (file: FileText) => void): Promise<GivenStatement> {
  const { name, bytes } = await state({})
  const file = JSON.parse(new TextDecoder().decode(bytes)) as FileText
  edit(file)
  return { name, bytes: new TextEncoder().encode(JSON.stringify(file)) }
}

function changed(): Promise<GivenStatement> {
  return edited((file) => {
    const text = Buffer.from(file.statement, 'base64').toString()
    file.statement = Buffer.from(text.replace('失窃', '丢失')).toString('base64')
  })
}

function oneSignature(): Promise<GivenStatement> {
  return edited((file) => file.signatures.pop())
}

/**
 * Freshness and sliding back in time (EN 319 102-1 5.2.5, 5.6.2), on the sets of certvalidator: root, intermediate, alice; OCSP answers and CRLs
 * of 1 October, 29 November and 10 December 2020. Alice, and in the CRL of the root a second certificate of the intermediate, were revoked
 * on 1 December. CRLs are for ten days, answers for ten minutes.
 */
import { existsSync, readFileSync } from 'node:fs'
import test from 'ava'
import {
  collectRevocationFacts,
  commonValidity,
  freshnessOf,
  readCertificate,
  slideTime,
  validatePath,
  type FreshnessPolicy,
  type RevocationFact,
} from '../../../ca/path/index.ts'

const base = new URL('../../../../shared/data/certvalidator-ocsp/', import.meta.url)
const withData = existsSync(base) ? test : test.skip
const day = (text: string): Date => new Date(`2020-${text}Z`)
const dayMs = 86_400_000

function collection(name: 'freshness' | 'ades/time-slide') {
  const read = (file: string) => new Uint8Array(readFileSync(new URL(`${name}/${file}`, base)))
  const certificate = (label: string) => readCertificate(read(`certs/${label}.crt`))
  return {
    read,
    root: certificate('root'),
    interm: certificate('interm'),
    intermRevoked: certificate('interm-revoked'),
    alice: certificate('alice'),
  }
}

async function factsOf(options: {
  readonly name: 'freshness' | 'ades/time-slide'
  readonly of: 'alice' | 'interm' | 'intermRevoked'
  readonly files: readonly string[]
}): Promise<readonly RevocationFact[]> {
  const set = collection(options.name)
  const pieces = options.files.map(set.read)
  return collectRevocationFacts({
    certificate: set[options.of],
    issuer: options.of === 'alice' ? set.interm : set.root,
    crls: pieces.filter((_, at) => options.files[at]?.endsWith('.crl')),
    ocspResponses: pieces.filter((_, at) => options.files[at]?.endsWith('.ors')),
  })
}

const current: FreshnessPolicy = { kind: 'current' }
const ownAge: FreshnessPolicy = { kind: 'age' }
const within = (days: number): FreshnessPolicy => ({ kind: 'age', maxAgeMs: days * dayMs })
const after = (usedAt: string, days: number): FreshnessPolicy => ({
  kind: 'after-use',
  usedAt: day(usedAt),
  graceMs: days * dayMs,
})

/** File, moment, policy, how fresh; the OCSP answers are of midnight, the CRL of 29 November runs from 21 November to 1 December. */
const freshnessRows = [
  ['alice-2020-10-01.ors', '10-01T00:05:00', current, 'fresh'],
  ['alice-2020-10-01.ors', '10-01T00:10:00', current, 'fresh'],
  ['alice-2020-10-01.ors', '10-01T00:10:01', current, 'stale'],
  ['alice-2020-10-01.ors', '09-30T23:59:59', current, 'not yet'],
  ['alice-2020-10-01.ors', '10-02T00:00:00', within(1), 'fresh'],
  ['alice-2020-10-01.ors', '10-02T00:00:01', within(1), 'stale'],
  ['alice-2020-10-01.ors', '10-01T00:11:00', ownAge, 'stale'],
  ['alice-2020-10-01.ors', '10-01T00:10:00', ownAge, 'fresh'],
  ['alice-2020-11-29.ors', '10-01T00:00:00', ownAge, 'fresh'],
  ['alice-2020-11-29.ors', '12-01T00:00:00', after('11-28T00:00:00', 1), 'fresh'],
  ['alice-2020-11-29.ors', '12-01T00:00:00', after('11-28T00:00:00', 2), 'stale'],
  ['alice-2020-12-10.ors', '12-10T00:05:00', current, 'fresh'],
  ['root-2020-11-29.crl', '11-29T00:00:00', current, 'fresh'],
  ['root-2020-11-29.crl', '12-01T00:00:00', current, 'fresh'],
  ['root-2020-11-29.crl', '12-01T00:00:01', current, 'stale'],
  ['root-2020-11-29.crl', '12-01T00:00:00', ownAge, 'fresh'],
  ['root-2020-11-29.crl', '12-01T00:00:00', within(9), 'stale'],
  ['root-2020-11-29.crl', '12-01T00:00:00', within(10), 'fresh'],
  ['root-2020-11-29.crl', '12-01T00:00:00', after('11-22T00:00:00', 0), 'stale'],
] as const

for (const [file, moment, policy, expected] of freshnessRows) {
  withData(`${file} is ${expected} at ${moment} by ${JSON.stringify(policy)}`, async (t) => {
    const of = file.startsWith('alice') ? 'alice' : 'interm'
    const [fact, more] = await factsOf({ name: 'freshness', of, files: [file] })
    t.is(more, undefined)
    t.is(fact && freshnessOf(fact, day(moment), { policy }), expected)
  })
}

test('clocks may differ by the tolerance, and data without an end is untold', (t) => {
  const data = { thisUpdate: day('10-01T00:00:00'), nextUpdate: day('10-02T00:00:00') }
  const judge = (moment: string, policy: FreshnessPolicy, toleranceMs: number) =>
    freshnessOf(data, day(moment), { policy, toleranceMs })
  t.is(judge('09-30T23:59:59', current, 1000), 'fresh')
  t.is(judge('09-30T23:59:58', current, 1000), 'not yet')
  t.is(judge('10-02T00:00:01', current, 1000), 'fresh')
  t.is(judge('10-02T00:00:02', ownAge, 1000), 'stale')
  t.is(judge('10-02T00:00:00', after('10-01T00:00:01', 0), 1000), 'fresh')
  const endless = { ...data, nextUpdate: undefined }
  for (const policy of [current, ownAge])
    t.is(freshnessOf(endless, day('10-01T00:00:00'), { policy }), 'untold')
  t.is(freshnessOf(endless, day('10-01T12:00:00'), { policy: within(1) }), 'fresh')
})

/** What is at hand of each certificate, where the slide starts, and where it ends. */
interface Slide {
  readonly interm?: readonly string[]
  readonly revokedInterm?: boolean
  readonly alice: readonly string[]
  readonly at?: string
  readonly policy?: FreshnessPolicy
  readonly expected: string
}

const decemberRoot = ['root-2020-12-10.crl']
const slides: Readonly<Record<string, Slide>> = {
  'a revoked certificate is good until it was revoked': {
    alice: ['alice-2020-12-10.ors'],
    expected: '12-01T00:00:00',
  },
  'the CRL says the same as the OCSP answer': {
    alice: ['interm-2020-12-10.crl'],
    expected: '12-01T00:00:00',
  },
  'the newest data counts, not the most pleasant': {
    alice: [
      'alice-2020-10-01.ors',
      'alice-2020-11-29.ors',
      'interm-2020-11-29.crl',
      'interm-2020-12-10.crl',
    ],
    expected: '12-01T00:00:00',
  },
  'data that is not fresh proves only the moment it was issued': {
    alice: ['alice-2020-11-29.ors'],
    expected: '11-29T00:00:00',
  },
  'an old CRL too': {
    alice: ['interm-2020-11-29.crl'],
    expected: '11-21T00:00:00',
  },
  'data that is fresh by policy leaves the time as it is': {
    alice: ['alice-2020-11-29.ors'],
    policy: within(30),
    expected: '12-10T00:05:00',
  },
  'a revoked authority takes all below back to its revocation': {
    revokedInterm: true,
    alice: ['alice-2020-11-29.ors'],
    policy: within(30),
    expected: '12-01T00:00:00',
  },
  'after which data issued later proves nothing': {
    revokedInterm: true,
    alice: ['alice-2020-12-10.ors'],
    expected: 'NO_POE 1',
  },
  'from before the revocation nothing slides': {
    interm: ['root-2020-11-29.crl'],
    alice: ['alice-2020-11-29.ors'],
    at: '11-29T00:05:00',
    expected: '11-29T00:05:00',
  },
  'without data on the authority there is no proof': {
    interm: [],
    alice: ['alice-2020-12-10.ors'],
    expected: 'NO_POE 0',
  },
  'without data on the certificate there is no proof': { alice: [], expected: 'NO_POE 1' },
  'data of the future proves nothing': {
    interm: ['root-2020-11-29.crl'],
    alice: ['alice-2020-12-10.ors'],
    at: '11-29T00:05:00',
    expected: 'NO_POE 1',
  },
}

for (const [title, slide] of Object.entries(slides)) {
  withData(`time slide: ${title}`, async (t) => {
    const name = 'ades/time-slide'
    const set = collection(name)
    const of = slide.revokedInterm ? 'intermRevoked' : 'interm'
    const all = [
      await factsOf({ name, of, files: slide.interm ?? decemberRoot }),
      await factsOf({ name, of: 'alice', files: slide.alice }),
    ]
    const result = slideTime({
      at: day(slide.at ?? '12-10T00:05:00'),
      freshness: slide.policy ?? ownAge,
      // Each piece was kept from the moment it was issued, the certificates from their first second.
      steps: all.map((facts) => ({
        provenAt: set.alice.notBefore,
        facts: facts.map((fact) => ({ ...fact, provenAt: fact.thisUpdate })),
      })),
    })
    const said =
      'failure' in result ? `NO_POE ${String(result.index)}` : result.controlTime.toISOString()
    t.is(said, slide.expected.startsWith('NO') ? slide.expected : day(slide.expected).toISOString())
  })
}

const fact = (issued: string, provenAt = issued) => ({
  thisUpdate: day(`${issued}T00:00:00`),
  nextUpdate: day('12-31T00:00:00'),
  revokedAt: undefined,
  provenAt: day(`${provenAt}T00:00:00`),
})
const begin = { at: day('12-10T00:00:00'), freshness: ownAge }

test('time slide: what is proven only later does not count, of data and of certificates', (t) => {
  const provenAt = day('01-01T00:00:00')
  const late = slideTime({ ...begin, steps: [{ provenAt, facts: [fact('12-01', '12-11')] }] })
  t.like(late, { failure: 'NO_POE', index: 0 })
  const unproven = slideTime({
    ...begin,
    steps: [{ provenAt: day('12-11T00:00:00'), facts: [fact('12-01')] }],
  })
  t.like(unproven, { failure: 'NO_POE', index: 0 })
})

test('time slide: anchor and algorithms end, and nothing after them counts', (t) => {
  const provenAt = day('01-01T00:00:00')
  const steps = [
    { provenAt, facts: [fact('11-01')] },
    { provenAt, facts: [fact('11-02')] },
  ]
  const anchorUntil = day('12-05T00:00:00')
  t.deepEqual(slideTime({ ...begin, steps, anchorUntil }), { controlTime: anchorUntil })
  const algorithmsUntil = day('11-01T12:00:00')
  const [first] = steps
  const weak = first ? [{ ...first, algorithmsUntil }, ...steps.slice(1)] : []
  t.like(slideTime({ ...begin, steps: weak }), {
    failure: 'NO_POE',
    index: 1,
    controlTime: algorithmsUntil,
  })
  t.deepEqual(slideTime({ ...begin, steps: [] }), { controlTime: begin.at })
})

withData(
  'the path itself is validated at a moment when all its certificates were valid',
  async (t) => {
    const { root, interm, alice } = collection('ades/time-slide')
    const common = commonValidity([alice, interm, root])
    t.deepEqual(common, { from: alice.notBefore, to: alice.notAfter })
    const report = await validatePath({
      target: alice.raw,
      intermediates: [interm.raw],
      anchors: [root.raw],
      crls: [],
      at: common?.from ?? new Date(0),
      revocation: 'none',
    })
    t.true(report.valid)
    t.is(commonValidity([alice, { ...root, notAfter: new Date(0) }]), undefined)
    t.is(commonValidity([]), undefined)
  },
)

withData('the same sets by validatePath: at each date the CRLs of that date decide', async (t) => {
  const { read, root, interm, alice } = collection('ades/time-slide')
  for (const [date, expected] of [
    ['2020-10-01', 'valid'],
    ['2020-11-29', 'valid'],
    ['2020-12-10', 'REVOKED'],
  ] as const) {
    const question = {
      target: alice.raw,
      intermediates: [interm.raw],
      anchors: [root.raw],
      crls: [read(`root-${date}.crl`), read(`interm-${date}.crl`)],
    }
    const report = await validatePath({ ...question, at: new Date(`${date}T00:05:00Z`) })
    t.is(report.valid ? 'valid' : report.findings[0]?.code, expected, date)
    const later = await validatePath({ ...question, at: new Date('2021-06-01T00:00:00Z') })
    t.is(later.findings[0]?.code, 'REVOCATION_STALE')
  }
})

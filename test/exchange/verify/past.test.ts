/**
 * The past, judged by proofs of existence (EN 319 102-1 5.6): the verdict as of any date, the very second at which it flips, and what a
 * revocation means before and after what is proven. Evidence by OpenSSL; each that passes has a twin that does not.
 */
import test from 'ava'
import { createTimeStampAuthority, systemRandom } from '../../../ca/index.ts'
import { algorithmEnd, fromPem, sha256Hex, type SignatureScheme } from '../../../ca/path/index.ts'
import { verifyFile, type Companions, type Report } from '../../../exchange/verify/index.ts'
import { generateKeyPairSync } from 'node:crypto'
import {
  addBaselineEvidence,
  createDistrict,
  revokingRootCrl,
  sealPdf,
} from './openssl_district.ts'

const district = createDistrict()
test.after.always(() => {
  district.remove()
})
const [hour, day] = [3_600_000, 86_400_000]
const after = (ms: number): Date => new Date(Date.now() + ms)
const soon = after(day)
const verify = (bytes: Uint8Array, at = soon, companions: Companions = {}): Promise<Report> =>
  verifyFile({ name: 'x', bytes, trust: [district.root], at, companions })
const codes = (report: Report): string[] =>
  [...report.findings, ...report.signatures.flatMap((item) => item.findings)].map(
    ({ code }) => code,
  )
const sealed = sealPdf(district)

/** Passes through the last second of `validUntil`, and not in the next. */
const flips: readonly {
  readonly what: string
  readonly file: () => Promise<Uint8Array>
  readonly companions?: () => Companions
  readonly then: string
}[] = [
  {
    what: 'a file of level B-LTA',
    file: async () => (await sealed).pdf,
    then: 'OUT_OF_BOUNDS_NO_POE',
  },
  {
    what: 'a file that was stamped once more',
    file: async () => {
      const once = await sealed
      const evidence = () => district.evidence('seal')
      return (await addBaselineEvidence({ pdf: once, evidence, stamp: district.stamp })).pdf
    },
    then: 'OUT_OF_BOUNDS_NO_POE',
  },
  {
    what: 'a token by itself',
    file: async () => (await district.stamp(new Uint8Array(32))) ?? new Uint8Array(),
    companions: () => ({ crls: [district.rootCrl()] }),
    then: 'OUT_OF_BOUNDS_NO_POE',
  },
  {
    what: 'a certificate with current revocation data',
    file: () => Promise.resolve(district.certificate('seal')),
    companions: () => ({
      certificates: [district.issuing],
      crls: [district.rootCrl()],
      ocspResponses: [district.ocsp('seal')],
    }),
    then: 'TRY_LATER',
  },
]
for (const { what, file, companions, then } of flips) {
  test(`${what} passes through the very second that the report predicts`, async (t) => {
    const [bytes, beside] = [await file(), companions?.() ?? {}]
    const { verdict, validUntil = '' } = await verify(bytes, after(hour), beside)
    t.is(verdict, 'TOTAL-PASSED')
    const end = new Date(validUntil)
    t.true(end > soon)
    for (const ms of [-1000, 0, 999]) {
      const report = await verify(bytes, new Date(end.getTime() + ms), beside)
      t.is(report.verdict, 'TOTAL-PASSED', `${String(ms)} ms after ${validUntil}`)
      t.is(report.validUntil, validUntil)
    }
    const late = await verify(bytes, new Date(end.getTime() + 1000), beside)
    t.like(late, { verdict: 'INDETERMINATE', subIndication: then })
    t.is(late.validUntil, undefined)
  })
}

/** What is yet to come at the moment of validation, each on a day of its own. */
const coming: Readonly<Record<string, () => { beside?: Companions; compromised?: string }>> = {
  'the seal is revoked': () => ({
    beside: { ocspResponses: [district.ocsp('seal', { revoked: after(5 * day) })] },
  }),
  'the stamping key is superseded': () => {
    const superseded = { revoked: after(6 * day), reason: 'superseded' }
    return { beside: { ocspResponses: [district.ocsp('open', superseded)] } }
  },
  'the stamping key is revoked': () => ({
    beside: { ocspResponses: [district.ocsp('open', { revoked: after(8 * day) })] },
  }),
  'the authority is revoked': () => ({
    beside: { crls: [revokingRootCrl(district, after(7 * day))] },
  }),
  'the seal is stolen': () => ({ compromised: 'seal' }),
  'the stamping key is stolen': () => ({ compromised: 'open' }),
  'the authority is stolen': () => ({ compromised: 'issuing' }),
}
const stolenOn: Readonly<Record<string, number>> = { seal: 4.5, open: 7.5, issuing: 9.5 }

test('whatever two things of the time to come the evidence beside it tells, a verdict holds through its last second and no longer', async (t) => {
  t.timeout(300_000)
  district.issue('open', 'open-tsa', 'Test open')
  const stamp = district.stampBy('open')
  const known = { ocspResponses: [district.ocsp('seal'), district.ocsp('open')] }
  const crls = [district.rootCrl()]
  const certificates = [...district.certificates, district.certificate('open')]
  const evidence = () => Promise.resolve({ ...known, crls, certificates })
  const files = {
    'B-B': (await sealPdf(district, { level: 'B-B' })).pdf,
    'B-T': (await sealPdf(district, { level: 'B-T', stamp })).pdf,
    'B-LTA': (await sealPdf(district, { stamp, evidence })).pdf,
    'B-LTA by a key without revocation': (await sealed).pdf,
    'a token': (await stamp(new Uint8Array(32))) ?? new Uint8Array(),
    'a certificate': district.certificate('seal'),
  }
  const later = Object.entries(coming).map(([what, make]) => ({ what, ...make() }))
  // No stamp is of that moment: they say whole seconds.
  const early = new Date(Math.floor(Date.now() / 1000) * 1000 - 500)
  let judged = 0
  for (let set = 0; set < 2 ** later.length; set++) {
    const some = later.filter((_, at) => (set >> at) & 1)
    if (some.length > 2) continue // three tell no more than two
    const companions: Companions = {
      certificates,
      crls: [...crls, ...some.flatMap(({ beside }) => beside?.crls ?? [])],
      ocspResponses: [
        ...known.ocspResponses,
        ...some.flatMap(({ beside }) => beside?.ocspResponses ?? []),
      ],
    }
    const compromises = some.flatMap(({ compromised: name }) => {
      if (name === undefined) return []
      const certificate = sha256Hex(district.certificate(name))
      const from = after((stolenOn[name] ?? 0) * day)
      return [{ certificate, from, to: null, known: new Set<string>(), roots: [district.root] }]
    })
    for (const [kind, bytes] of Object.entries(files)) {
      const ask = (at: Date): Promise<Report> =>
        verifyFile({
          ...{ name: 'x', bytes, trust: [district.root], at, companions },
          statements: { compromises, findings: [] },
        })
      for (const at of [early, after(hour)]) {
        const report = await ask(at)
        if (report.verdict !== 'TOTAL-PASSED') continue
        judged++
        const told = some.map((one) => one.what).join(', ')
        const what = `${kind}, ${at.toISOString()}, ${told}, until ${report.validUntil ?? ''}`
        const end = Date.parse(report.validUntil ?? '')
        t.true(end >= at.getTime(), what)
        const [last, next] = [await ask(new Date(end)), await ask(new Date(end + 1000))]
        t.is(last.verdict, 'TOTAL-PASSED', what)
        t.not(next.verdict, 'TOTAL-PASSED', what)
      }
    }
  }
  t.true(judged > 100, String(judged))
})

test('the report names the moment of validation, and by when the seal is proven to be there', async (t) => {
  const { pdf } = await sealed
  const report = await verify(pdf)
  t.is(report.at, soon.toISOString())
  const [signature] = report.signatures
  t.is(signature?.provenBy, signature?.timestamps[0]?.time)
  const unproven = await verify((await sealPdf(district, { level: 'B-B' })).pdf)
  t.is(unproven.signatures[0]?.provenBy, undefined)
})

test('a seal revoked after it was stamped still passes, and says so', async (t) => {
  const { pdf } = await sealed
  const beside = { ocspResponses: [district.ocsp('seal', { revoked: after(hour) })] }
  const report = await verify(pdf, soon, beside)
  t.is(report.verdict, 'TOTAL-PASSED', JSON.stringify(report))
  t.true(codes(report).includes('REVOKED_LATER'))
})

test('a seal without a stamp whose certificate is revoked is not determined: it may be older', async (t) => {
  const { pdf } = await sealPdf(district, { level: 'B-B' })
  const ocspResponses = [district.ocsp('seal', { revoked: after(hour) })]
  const beside = { ocspResponses, crls: [district.rootCrl()], certificates: [district.issuing] }
  const report = await verify(pdf, soon, beside)
  t.like(report, { verdict: 'INDETERMINATE', subIndication: 'REVOKED_NO_POE' })
  t.true(codes(report).includes('REVOKED_UNPROVEN'))
  // Revoked before it was even valid, it has never been good.
  const never = { ...beside, ocspResponses: [district.ocsp('seal', { revoked: true })] }
  t.like(await verify(pdf, soon, never), { verdict: 'TOTAL-FAILED', subIndication: 'REVOKED' })
})

test('good news of a time to come says nothing yet, bad news does', async (t) => {
  const { pdf } = await sealPdf(district, { level: 'B-T' })
  const early = after(0)
  await new Promise((resolve) => setTimeout(resolve, 1100)) // OCSP counts whole seconds
  const common = { crls: [district.rootCrl()], certificates: [district.issuing] }
  const good = { ...common, ocspResponses: [district.ocsp('seal')] }
  const before = await verify(pdf, early, good)
  t.like(before, { verdict: 'INDETERMINATE', subIndication: 'TRY_LATER' })
  t.regex(JSON.stringify(before.signatures[0]?.findings), /of a later time/)
  t.is((await verify(pdf, after(0), good)).verdict, 'TOTAL-PASSED')
  const bad = { ...common, ocspResponses: [district.ocsp('seal', { revoked: true })] }
  t.like(await verify(pdf, early, bad), { verdict: 'TOTAL-FAILED', subIndication: 'REVOKED' })
})

test('a hold that was lifted is none, and any other revocation stays', async (t) => {
  const { pdf } = await sealed
  const held = district.ocsp('seal', { revoked: true, reason: 'certificateHold' })
  t.is((await verify(pdf, soon, { ocspResponses: [held] })).verdict, 'TOTAL-FAILED')
  await new Promise((resolve) => setTimeout(resolve, 1100)) // OCSP counts whole seconds
  const ocspResponses = [held, district.ocsp('seal')]
  t.is((await verify(pdf, soon, { ocspResponses })).verdict, 'TOTAL-PASSED')
  const stolen = district.ocsp('seal', { revoked: true })
  await new Promise((resolve) => setTimeout(resolve, 1100))
  const conflicting = { ocspResponses: [district.ocsp('seal'), stolen] }
  t.like(await verify(pdf, soon, conflicting), {
    verdict: 'TOTAL-FAILED',
    subIndication: 'REVOKED',
  })
})

test('of a time-stamping key in other hands only what another stamp covers is believed', async (t) => {
  district.issue('tsa2', 'open-tsa', 'Test tsa2')
  const good = district.ocsp('tsa2')
  const certificates = [district.certificate('tsa2')]
  const evidence = async () => {
    const own = await district.evidence('seal')
    return {
      ...own,
      certificates: [...own.certificates, ...certificates],
      ocspResponses: [...own.ocspResponses, good, district.ocsp('tsa2')],
    }
  }
  const [under, last] = [await stampedBy('tsa2', 'tsa'), await stampedBy('tsa', 'tsa2')]
  const revoked = (reason: string) => ({
    ocspResponses: [district.ocsp('tsa2'), district.ocsp('tsa2', { revoked: after(hour), reason })],
  })
  t.is((await verify(under)).verdict, 'TOTAL-PASSED')
  t.is((await verify(under, soon, revoked('keyCompromise'))).verdict, 'TOTAL-PASSED')
  const stolen = await verify(last, soon, revoked('keyCompromise'))
  t.like(stolen, { verdict: 'INDETERMINATE', subIndication: 'REVOKED_NO_POE' })
  t.is(stolen.signatures[0]?.integrity, 'INTACT')
  t.is((await verify(last, soon, revoked('superseded'))).verdict, 'TOTAL-PASSED')

  async function stampedBy(signature: string, document: string): Promise<Uint8Array> {
    const first = await sealPdf(district, { level: 'B-T', stamp: district.stampBy(signature) })
    const stamp = district.stampBy(document)
    return (await addBaselineEvidence({ pdf: first, evidence, stamp })).pdf
  }
})

test('once the issuing authority is revoked, nothing under it proves what it was before', async (t) => {
  const { pdf } = await sealed
  const crls = [revokingRootCrl(district, after(hour))]
  const later = await verify(pdf, soon, { crls })
  t.like(later, { verdict: 'INDETERMINATE', subIndication: 'REVOKED_CA_NO_POE' })
  t.is(later.signatures[0]?.integrity, 'INTACT')
  t.is((await verify(pdf, after(hour / 2), { crls })).verdict, 'TOTAL-PASSED')
})

test('forged evidence says nothing: an answer by a stranger, a list of another root, one with a flipped bit', async (t) => {
  const stranger = createDistrict()
  const flipped = district.ocsp('seal', { revoked: true })
  flipped.set([(flipped.at(-1) ?? 0) ^ 1], flipped.length - 1)
  const beside = {
    ocspResponses: [stranger.ocsp('seal', { revoked: true }), flipped],
    crls: [revokingRootCrl(stranger, after(-day))],
  }
  stranger.remove()
  const { pdf } = await sealed
  t.is((await verify(pdf, soon, beside)).verdict, 'TOTAL-PASSED')
  const { pdf: bare } = await sealPdf(district, {
    evidence: () =>
      Promise.resolve({ certificates: district.certificates, crls: [], ocspResponses: [flipped] }),
  })
  t.is((await verify(bare)).subIndication, 'TRY_LATER')
})

test('a document timestamp of an earlier time than the seal’s own stamp orders nothing', async (t) => {
  const stampAt = (ms: number) => {
    const key = {
      signer: district.signer('tsa'),
      certificates: [district.certificate('tsa'), district.issuing],
    }
    const authority = createTimeStampAuthority({
      key: () => key,
      record: () => Promise.resolve(),
      clock: { now: () => after(ms), timeSource: 'host', state: 'confirmed' },
      random: systemRandom,
    })
    return (imprint: Uint8Array) => authority.stamp(imprint)
  }
  const file = async (signature: number, document: number) => {
    const first = await sealPdf(district, { level: 'B-T', stamp: stampAt(signature) })
    const evidence = () => district.evidence('seal')
    return addBaselineEvidence({ pdf: first, evidence, stamp: stampAt(document) })
  }
  const inOrder = await verify((await file(0, hour)).pdf)
  t.is(inOrder.verdict, 'TOTAL-PASSED', JSON.stringify(inOrder))
  const report = await verify((await file(2 * hour, hour)).pdf)
  t.is(report.verdict, 'INDETERMINATE')
  t.true(codes(report).includes('TIMESTAMP_AHEAD'), JSON.stringify(report))
})

test('as of a moment before its stamps were made a seal does not pass', async (t) => {
  const first = await sealPdf(district, { level: 'B-T' })
  const report = await verify(first.pdf, after(-hour))
  t.not(report.verdict, 'TOTAL-PASSED')
  t.true(codes(report).includes('TIMESTAMP_AHEAD'))
})

const ends: readonly {
  readonly bits: number
  readonly hash: 'SHA-1' | 'SHA-256'
  readonly end: string | undefined
}[] = [
  { bits: 1024, hash: 'SHA-256', end: '2013-12-31T23:59:59.000Z' },
  { bits: 2048, hash: 'SHA-256', end: '2030-12-31T23:59:59.000Z' },
  { bits: 2048, hash: 'SHA-1', end: '2013-12-31T23:59:59.000Z' },
  { bits: 3072, hash: 'SHA-256', end: undefined },
]
for (const { bits, hash, end } of ends) {
  test(`RSA-${String(bits)} with ${hash} ends ${end ?? 'at no known time'}`, (t) => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: bits })
    const [spki = new Uint8Array()] = fromPem(
      'PUBLIC KEY',
      publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    )
    const scheme: SignatureScheme = { kind: 'rsa-pkcs1', hash }
    t.is(algorithmEnd(scheme, spki)?.end.toISOString(), end)
  })
}

/**
 * Signatures that are old, careless or forged, each part wrong by itself: what is authentic is told from what is not, and nothing that
 * is not as the baseline demands passes. The twin of each is the seal that is right.
 */
import { createHash } from 'node:crypto'
import test from 'ava'
import { concat, der, oids, readDer, children } from '../../../ca/path/index.ts'
import { addBaselineEvidence, createDistrict } from './openssl_district.ts'
import { attribute, forgeSeal, issueFor, type Forgery } from './forged_seal.ts'
import { verifyFile, type Integrity, type Report } from '../../../exchange/verify/index.ts'
import { openSource } from '../../../exchange/seal/index.ts'

const district = createDistrict()
test.after.always(() => {
  district.remove()
})
const at = new Date(Date.now() + 86_400_000)
const verify = (bytes: Uint8Array): Promise<Report> =>
  verifyFile({ name: 'sealed.pdf', bytes, trust: [district.root], at })

const imprintOf = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(createHash('sha256').update(bytes).digest())
const stamped = async (signature: Uint8Array): Promise<Uint8Array[]> => [
  attribute(
    oids.signatureTimeStampToken,
    (await district.stamp(imprintOf(signature))) ?? new Uint8Array(),
  ),
]

/** Brings a seal by hand to B-LTA, and judges it. */
async function judged(forgery: Forgery): Promise<Report> {
  const pdf = await forgeSeal(district, { unsigned: stamped, ...forgery })
  const opened = openSource(pdf)
  const sealed = { pdf, document: opened.document, file: opened, level: 'B-T' as const }
  const evidence = () => district.evidence(forgery.by ?? 'seal')
  const file = await addBaselineEvidence({ pdf: sealed, evidence, stamp: district.stamp })
  return verify(file.pdf)
}

test('a seal by hand that is right passes at B-LTA', async (t) => {
  const report = await judged({})
  t.is(report.verdict, 'TOTAL-PASSED', JSON.stringify(report))
  t.is(report.signatures[0]?.level, 'B-LTA')
  t.deepEqual(report.conformance, [])
})

const suites: readonly (Forgery & { readonly genpkey: readonly string[] })[] = [
  {
    by: 'p384',
    hash: 'sha384',
    genpkey: ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'],
  },
  {
    by: 'p521',
    hash: 'sha512',
    genpkey: ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-521'],
  },
  { by: 'rsa', kind: 'rsa', genpkey: ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'] },
  {
    by: 'rsa512',
    kind: 'rsa',
    hash: 'sha512',
    genpkey: ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
  },
  { by: 'pss', kind: 'pss', genpkey: ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'] },
  { by: 'ed', kind: 'ed25519', hash: 'sha512', genpkey: ['-algorithm', 'ED25519'] },
]
for (const { genpkey, ...forgery } of suites) {
  const { by = '', kind = 'ecdsa', hash = 'sha256' } = forgery
  test(`a seal of ${by} (${kind}, ${hash}) passes, and with another hash it is broken`, async (t) => {
    issueFor(district, by, genpkey)
    const report = await judged(forgery)
    t.is(report.verdict, 'TOTAL-PASSED', JSON.stringify(report))
    const wrong = attribute(oids.messageDigest, der.octetString(new Uint8Array(32)))
    const broken = await judged({
      ...forgery,
      attributes: ([type = wrong, , bound = wrong]) => [type, wrong, bound],
    })
    t.like(broken, { verdict: 'TOTAL-FAILED', subIndication: 'HASH_FAILURE' })
    t.is(broken.signatures[0]?.integrity, 'BROKEN')
  })
}

const weak: readonly (Forgery & { readonly what: string; readonly genpkey?: readonly string[] })[] =
  [
    { what: 'SHA-1', hash: 'sha1' },
    {
      what: 'RSA-1024',
      by: 'rsa1024',
      kind: 'rsa',
      genpkey: ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024'],
    },
  ]
for (const { what, genpkey, ...forgery } of weak) {
  test(`a seal by ${what} is authentic, and not accepted since the end of 2013`, async (t) => {
    if (genpkey) issueFor(district, forgery.by ?? '', genpkey)
    const report = await judged(forgery)
    t.like(report, { verdict: 'INDETERMINATE', subIndication: 'CRYPTO_CONSTRAINTS_FAILURE' })
    const [signature] = report.signatures
    t.is(signature?.integrity, 'INTACT')
    const ended = signature?.findings.find(({ code }) => code === 'ALGORITHM_ENDED')
    t.regex(ended?.message ?? '', new RegExp(`${what}, 2013-12-31T23:59:59`))
    // Without a stamp nothing proves that it was not made yesterday.
    const unproven = await verify(await forgeSeal(district, forgery))
    t.is(unproven.subIndication, 'CRYPTO_CONSTRAINTS_FAILURE_NO_POE')
  })
}

/** The contents octets of a CMS as BER: the outermost lengths indefinite. */
function berOf(cms: Uint8Array): Uint8Array {
  const outer = readDer(cms)
  const end = new Uint8Array(2)
  const inner = children(outer).map(({ raw }) => raw)
  return concat(Uint8Array.of(0x30, 0x80), ...inner, end)
}

const careless: readonly { readonly what: string; readonly forgery: Forgery }[] = [
  { what: 'encoded as BER', forgery: { cms: berOf } },
  {
    what: 'with its attributes in another order',
    forgery: { unsorted: true, attributes: (right) => right.toReversed() },
  },
  { what: 'over the content alone', forgery: { bare: true } },
  { what: 'not bound to its certificate', forgery: { attributes: (right) => right.slice(0, 2) } },
]
for (const { what, forgery } of careless) {
  test(`a seal ${what} is authentic, but does not pass`, async (t) => {
    const report = await judged(forgery)
    t.is(report.verdict, 'INDETERMINATE', JSON.stringify(report.signatures))
    t.like(report.signatures[0], { integrity: 'INTACT', level: null })
  })
}

const otherToken = async (signature: Uint8Array): Promise<Uint8Array[]> => [
  attribute(
    oids.signatureTimeStampToken,
    (await district.stamp(imprintOf(concat(signature, signature)))) ?? new Uint8Array(),
  ),
]
const twoTokens = async (signature: Uint8Array): Promise<Uint8Array[]> => {
  const tokens = [
    await district.stamp(imprintOf(signature)),
    await district.stamp(imprintOf(signature)),
  ]
  return [attribute(oids.signatureTimeStampToken, ...tokens.flatMap((one) => (one ? [one] : [])))]
}

test('the old kind adbe.pkcs7.sha1 is understood and not accepted; over other content it is broken', async (t) => {
  const report = await judged({ sha1Inside: true })
  t.like(report, { verdict: 'INDETERMINATE', subIndication: 'CRYPTO_CONSTRAINTS_FAILURE' })
  t.like(report.signatures[0], { integrity: 'INTACT', level: null })
  const other = await judged({ sha1Inside: new Uint8Array(3) })
  t.is(other.verdict, 'TOTAL-FAILED')
  t.is(other.signatures[0]?.integrity, 'BROKEN')
})

test('several signature timestamps that hold do no harm, and the earliest counts', async (t) => {
  const report = await judged({ unsigned: twoTokens })
  t.is(report.verdict, 'TOTAL-PASSED', JSON.stringify(report))
  const { timestamps = [], provenBy } = report.signatures[0] ?? {}
  t.is(timestamps.filter(({ kind }) => kind === 'signature').length, 2)
  t.is(provenBy, timestamps[0]?.time)
})

const broken: readonly {
  readonly what: string
  readonly forgery: Forgery
  readonly integrity: Integrity
}[] = [
  { what: 'two signers', forgery: { signers: (right) => [right, right] }, integrity: 'BROKEN' },
  { what: 'no signer', forgery: { signers: () => [] }, integrity: 'BROKEN' },
  {
    what: 'other content embedded',
    forgery: { embedded: new TextEncoder().encode('other') },
    integrity: 'BROKEN',
  },
  {
    what: 'two message digests',
    forgery: {
      attributes: (right) => [
        ...right,
        attribute(oids.messageDigest, der.octetString(new Uint8Array(32))),
      ],
    },
    integrity: 'BROKEN',
  },
  {
    what: 'a token over something else',
    forgery: { unsigned: otherToken },
    integrity: 'INTACT',
  },
  {
    what: 'the token attribute twice',
    forgery: {
      unsigned: async (signature) => [
        ...(await stamped(signature)),
        ...(await otherToken(signature)),
      ],
    },
    integrity: 'BROKEN',
  },
  {
    what: 'a certificate from nowhere',
    forgery: { certificates: [district.certificate('seal'), district.issuing, createStranger()] },
    integrity: 'INTACT',
  },
  {
    what: 'a hundred unsigned attributes stuffed in',
    forgery: {
      unsigned: async (signature) => [
        ...(await stamped(signature)),
        ...Array.from({ length: 100 }, (_, index) =>
          attribute(`1.3.6.1.4.1.99999.${String(index)}`, der.octetString(new Uint8Array(8))),
        ),
      ],
    },
    integrity: 'BROKEN',
  },
]

function createStranger(): Uint8Array {
  const stranger = createDistrict('Stranger')
  const certificate = stranger.certificate('seal')
  stranger.remove()
  return certificate
}

for (const { what, forgery, integrity } of broken) {
  test(`a seal with ${what} does not pass`, async (t) => {
    const report = await judged(forgery)
    t.not(report.verdict, 'TOTAL-PASSED')
    t.is(report.signatures[0]?.integrity, integrity, JSON.stringify(report.signatures))
  })
}

/** The file without the first stretch that fits, blanks in its place. */
const without =
  (what: RegExp) =>
  (text: string): string =>
    text.replace(what, (found) => ' '.repeat(found.length))

const notes: readonly { readonly code: string; readonly forgery: Forgery }[] = [
  {
    code: 'SIGNING_TIME_PRESENT',
    forgery: {
      attributes: (right) => [
        ...right,
        attribute(oids.signingTime, der.time(new Date('2026-11-23T08:00:00Z'))),
      ],
    },
  },
  {
    code: 'ATTRIBUTE_NOT_ALLOWED',
    forgery: {
      attributes: (right) => [...right, attribute('1.2.840.113549.1.9.16.2.17', der.sequence())],
    },
  },
  { code: 'M_MISSING', forgery: { file: without(/\/M ?\(D:[^)]*\)/) } },
  { code: 'FILTER_MISSING', forgery: { file: without(/\/Filter ?\/Adobe.PPKLite/) } },
  {
    code: 'SUBFILTER_NOT_PADES',
    forgery: { file: (text) => text.replace('/ETSI.CAdES.detached', '/adbe.pkcs7.detached') },
  },
  { code: 'CMS_NOT_DER', forgery: { cms: berOf } },
  { code: 'SIGNING_CERTIFICATE_V2_MISSING', forgery: { attributes: (right) => right.slice(0, 2) } },
  { code: 'SIGNER_CERTIFICATE_OUTSIDE', forgery: { certificates: [district.issuing] } },
  {
    code: 'CERTIFICATE_EXTRA',
    forgery: {
      certificates: [
        district.certificate('seal'),
        district.issuing,
        district.certificate('client'),
      ],
    },
  },
]
for (const { code, forgery } of notes) {
  test(`conformance says ${code} of its field, and no other thing`, async (t) => {
    const report = await judged(forgery)
    t.deepEqual(
      report.conformance.map((note) => [note.code, note.field]),
      [[code, 'Seal1']],
    )
  })
}

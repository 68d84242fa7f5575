/** CMS, time-stamp tokens, OCSP answers and CRLs made by OpenSSL, each with its failing twins. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import {
  readCertificate,
  readSignedData,
  sha256,
  validatePath,
  verifyCrl,
  verifyOcsp,
  verifySignerInfo,
  verifyTimeStampToken,
  type CmsVerdict,
} from '../../../ca/path/index.ts'
import { createDistrict } from '../../exchange/verify/openssl_district.ts'

const district = createDistrict()
const stranger = createDistrict()
test.after.always(() => {
  district.remove()
  stranger.remove()
})
const content = new TextEncoder().encode('what is signed')
const at = new Date(Date.now() + 86_400_000)

const keys = {
  'P-256': ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  'P-384': ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'],
  'P-521': ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-521'],
  'RSA-2048': ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
} as const

/** A detached signature by `openssl cms -sign -cades` with a self-signed certificate. */
function opensslSign(kind: keyof typeof keys, ...extra: string[]): Uint8Array {
  const run = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: district.folder, stdio: 'pipe' })
  const name = `cms-${kind}-${String(extra.length)}`
  run('genpkey', ...keys[kind], '-out', `${name}.key`)
  run(
    'req',
    '-x509',
    '-new',
    '-key',
    `${name}.key`,
    '-subj',
    `/CN=${kind}`,
    '-days',
    '9',
    '-out',
    `${name}.pem`,
  )
  writeFileSync(join(district.folder, 'content'), content)
  const signer = ['-signer', `${name}.pem`, '-inkey', `${name}.key`]
  run(
    'cms',
    '-sign',
    '-binary',
    '-cades',
    '-md',
    'sha256',
    '-in',
    'content',
    ...signer,
    ...extra,
    '-outform',
    'DER',
    '-out',
    `${name}.p7s`,
  )
  return new Uint8Array(readFileSync(join(district.folder, `${name}.p7s`)))
}

async function verifyCms(cms: Uint8Array, over = content): Promise<CmsVerdict> {
  const signedData = readSignedData(cms)
  const [signerInfo] = signedData.signerInfos
  if (!signerInfo) throw new TypeError('no signer')
  return verifySignerInfo({ signedData, signerInfo, content: over })
}

const suites = [
  ...(Object.keys(keys) as (keyof typeof keys)[]).map((kind) => ({ kind, extra: [] as string[] })),
  {
    kind: 'RSA-2048' as const,
    extra: ['-keyopt', 'rsa_padding_mode:pss', '-keyopt', 'rsa_pss_saltlen:32'],
  },
]
for (const { kind, extra } of suites) {
  test(`CMS by OpenSSL with ${kind} ${extra[1] ?? ''} verifies, and not over other content`, async (t) => {
    const cms = opensslSign(kind, ...extra)
    const good = await verifyCms(cms)
    t.deepEqual(good.findings, [])
    t.true(good.valid)
    t.is(good.certificate?.subject.text, `CN=${kind}`)
    const bad = await verifyCms(cms, new TextEncoder().encode('what is not'))
    t.deepEqual(
      bad.findings.map(({ code }) => code),
      ['MESSAGE_DIGEST_MISMATCH'],
    )
    t.false(bad.authentic)
  })
}

test('a CMS without its certificate, or with octets behind it, is refused', async (t) => {
  const bare = await verifyCms(opensslSign('P-256', '-nocerts'))
  t.is(bare.findings[0]?.code, 'SIGNER_CERTIFICATE_MISSING')
  const cms = opensslSign('P-384', '-nosmimecap')
  t.throws(() => readSignedData(Uint8Array.of(...cms, 0)), { code: 'DER_MALFORMED' })
  t.notThrows(() => readSignedData(Uint8Array.of(...cms, 0, 0), { padded: true }))
  t.throws(() => readSignedData(Uint8Array.of(...cms, 0, 1), { padded: true }))
})

test('no altered octet of a CMS lets it verify over other content or by another key', async (t) => {
  const cms = opensslSign('P-256', '-nosmimecap')
  const { certificate } = await verifyCms(cms)
  for (let place = 0; place < cms.length; place++) {
    const damaged = cms.slice()
    damaged[place] = (damaged[place] ?? 0) ^ (1 << (place % 8))
    try {
      const verdict = await verifyCms(damaged)
      if (verdict.valid) t.deepEqual(verdict.certificate?.raw, certificate?.raw)
    } catch (error) {
      t.like(error, { code: 'DER_MALFORMED' }, `byte ${String(place)}`)
    }
  }
})

test('a token by OpenSSL verifies over its data alone, and by a certificate for nothing else', async (t) => {
  const token = await district.stamp(sha256(content))
  if (!token) throw new TypeError('no token')
  const good = await verifyTimeStampToken({ token, data: content })
  t.deepEqual(good.findings, [])
  t.is(good.token?.accuracyMs, 1000)
  const other = await verifyTimeStampToken({ token, data: token })
  t.deepEqual(
    other.findings.map(({ code }) => code),
    ['TOKEN_IMPRINT_MISMATCH'],
  )
  const garbage = await verifyTimeStampToken({ token: content, data: content })
  t.is(garbage.findings[0]?.code, 'TOKEN_MALFORMED')
})

test('an OCSP answer speaks of one certificate of one issuer, and only by an entitled responder', async (t) => {
  const [certificate, other, issuer, elsewhere] = [
    district.certificate('seal'),
    district.certificate('seal2'),
    district.issuing,
    stranger.issuing,
  ].map(readCertificate)
  if (!certificate || !other || !issuer || !elsewhere) throw new TypeError('no certificates')
  const response = district.ocsp('seal')
  t.like(await verifyOcsp({ response, certificate, issuer }), {
    valid: true,
    certificate: { status: 'good' },
  })
  const revoked = district.ocsp('seal', { revoked: true })
  t.like(await verifyOcsp({ response: revoked, certificate, issuer }), {
    certificate: { status: 'revoked', reason: 1 },
  })
  const refused = [
    { response, certificate: other, issuer, code: 'OCSP_NOT_ABOUT_CERTIFICATE' },
    { response, certificate, issuer: elsewhere, code: 'OCSP_NOT_ABOUT_CERTIFICATE' },
    { response: content, certificate, issuer, code: 'OCSP_MALFORMED' },
    { response: withLastBitFlipped(response), certificate, issuer, code: undefined },
  ]
  for (const { code, ...question } of refused) {
    const verdict = await verifyOcsp(question)
    t.false(verdict.valid)
    if (code !== undefined) t.like(verdict, { code })
  }
})

/** Alters the responder's certificate, which ends the answer: its issuer no longer vouches for it. */
function withLastBitFlipped(bytes: Uint8Array): Uint8Array {
  const damaged = bytes.slice()
  damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 1
  return damaged
}

test('a CRL speaks only for its own issuer', async (t) => {
  const [issuing, root, foreign] = [district.issuing, district.root, stranger.root].map(
    readCertificate,
  )
  if (!issuing || !root || !foreign) throw new TypeError('no certificates')
  const crl = district.rootCrl()
  const good = await verifyCrl({ crl, certificate: issuing, issuer: root })
  t.is(good?.status.status, 'good')
  t.is(await verifyCrl({ crl, certificate: issuing, issuer: foreign }), undefined)
  t.is(await verifyCrl({ crl: content, certificate: issuing, issuer: root }), undefined)
})

test('look-alike intermediates cost a bounded number of signature checks', async (t) => {
  const { issuing } = district
  const copies = Array.from({ length: 450 }, (_, number) => {
    const copy = issuing.slice()
    const place = copy.length - 1 - (number % 16)
    copy[place] = (copy[place] ?? 0) ^ (1 + (number >> 4))
    return copy
  })
  let asked = 0
  const report = await validatePath({
    target: district.certificate('seal'),
    intermediates: copies,
    anchors: [district.root],
    crls: [],
    at,
    revocation: 'none',
    verifySignature: ({ publicKey }) => {
      asked++
      return publicKey.length < 0
    },
  })
  t.false(report.valid)
  t.true(asked <= 400)
})

test('a path may be asked with an anchor of name and key alone', async (t) => {
  const { subject, publicKey } = readCertificate(district.root)
  const question = {
    target: district.certificate('seal'),
    intermediates: [district.issuing],
    crls: [],
    at,
    revocation: 'none',
  } as const
  const anchors = [{ subject: subject.raw, publicKey }]
  const report = await validatePath({ ...question, anchors })
  t.true(report.valid)
  t.is(report.path.length, 2)
  const foreign = await validatePath({ ...question, anchors: [stranger.root] })
  t.is(foreign.findings[0]?.code, 'SIGNATURE_INVALID')
  const broken = await validatePath({ ...question, target: content, anchors })
  t.is(broken.findings[0]?.code, 'TARGET_MALFORMED')
})

/** Certificates of every profile, held against RFC 5280 by OpenSSL and GnuTLS; issuing and revoking; refusals and their twins. */
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import test from 'ava'
import {
  boxActor,
  CaError,
  oids,
  profiles,
  sha256,
  sha256Hex,
  toHex,
  type ProfileName,
  type ProvenPublicKey,
} from '../../../ca/index.ts'
import { buildCertificate, drawSerial, type Issuer } from '../../../ca/certificates/build.ts'
import { generalizedTime, time } from '../../../ca/der/write.ts'
import { readDer, sequenceOf } from '../../../ca/der/read.ts'
import { readCertificate } from '../../../ca/path/certificate.ts'
import {
  freshKey,
  issueSeat,
  openDistrict,
  pem,
  seededRandom,
  tool,
  type TestDistrict,
} from './district.ts'

const authorities = new Set<ProfileName>(['root', 'root-link', 'issuing'])
const issuable = (Object.keys(profiles) as ProfileName[]).filter((name) => !authorities.has(name))

async function issueProfile(district: TestDistrict, profile: ProfileName): Promise<Uint8Array> {
  return district.authority.issue({
    profile,
    subject: {
      organization: '测试单位',
      organizationalUnit: '办公室',
      commonName: `测试 ${profile}`,
    },
    publicKey: freshKey(),
    holder: `test:${profile}`,
    actor: boxActor,
    ...(profile === 'tls-server' && { hostNames: ['localhost', '127.0.0.1', '::1'] }),
  })
}

/** Runs `openssl verify -crl_check_all -x509_strict` on a certificate with the district's current lists. */
async function verifyStrictly(district: TestDistrict, certificate: Uint8Array): Promise<string> {
  const { authority, certificates } = district
  const name = sha256Hex(certificate).slice(0, 8)
  const roots = await district.file(
    `${name}-ca.pem`,
    pem('CERTIFICATE', certificates.root) +
      pem('X509 CRL', (await authority.crl('root')).crl, (await authority.crl('issuing')).crl),
  )
  const { output } = await tool(
    'openssl',
    ...['verify', '-x509_strict', '-crl_check_all', '-policy_check', '-CAfile', roots],
    ...[
      '-untrusted',
      await district.file(`${name}-issuing.pem`, pem('CERTIFICATE', certificates.issuing)),
    ],
    await district.file(`${name}.pem`, pem('CERTIFICATE', certificate)),
  )
  return output
}

test('every profile passes openssl verify -x509_strict, and is refused once revoked', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  for (const profile of issuable) {
    const certificate = await issueProfile(district, profile)
    const before = await verifyStrictly(district, certificate)
    t.regex(before, /: OK/, `${profile}: ${before}`)
    await district.authority.revoke({
      sha256: sha256Hex(certificate),
      reason: 'keyCompromise',
      actor: boxActor,
    })
    t.regex(await verifyStrictly(district, certificate), /certificate revoked/, profile)
  }
})

test('a district on RSA-3072 passes openssl verify -x509_strict too, and stamps', async (t) => {
  const district = await openDistrict({ algorithm: 'rsa-sha256' })
  t.teardown(() => district.close())
  t.regex(await verifyStrictly(district, await issueSeat(district.authority)), /: OK/)
  const token = await district.timeStamps.stamp(sha256(new Uint8Array()))
  const verified = await tool(
    'openssl',
    ...['ts', '-verify', '-token_in', '-digest', sha256Hex(new Uint8Array())],
    ...['-in', await district.file('token.p7', token)],
    ...['-CAfile', await district.file('root.pem', pem('CERTIFICATE', district.certificates.root))],
  )
  t.regex(verified.output, /Verification: OK/)
})

test('the certificates of first boot are what their profiles say, as OpenSSL and GnuTLS read them', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const texts: Record<string, string> = {}
  for (const [name, certificate] of Object.entries(district.certificates)) {
    const path = await district.file(`${name}.pem`, pem('CERTIFICATE', certificate))
    texts[name] = (
      await tool('openssl', 'x509', '-in', path, '-noout', '-text', '-nameopt', 'utf8')
    ).output
    const gnutls = await tool('certtool', '-i', '--infile', path)
    t.is(gnutls.status, 0, gnutls.output)
    t.regex(await verifyStrictly(district, certificate), /: OK/, name)
  }
  t.regex(texts['root'] ?? '', /CN ?= ?测试区 根证书 试用 TRIAL[\s\S]*CA:TRUE, pathlen:1/)
  t.notRegex(texts['root'] ?? '', /CRL Distribution/)
  t.regex(texts['issuing'] ?? '', /Basic Constraints: critical\s+CA:TRUE, pathlen:0/)
  t.regex(texts['issuing'] ?? '', /\/ca\/root\.crl/)
  t.regex(
    texts['tls'] ?? '',
    /DNS:localhost, IP Address:127\.0\.0\.1, IP Address:0:0:0:0:0:0:0:1, DNS:box\.district/,
  )
  t.regex(texts['timestamping'] ?? '', /Extended Key Usage: critical\s+Time Stamping\n/)
  t.regex(texts['timestamping'] ?? '', /Private Key Usage Period/)
  t.notRegex(texts['timestamping'] ?? '', /CRL Distribution|Authority Information/)
  t.regex(texts['ocsp'] ?? '', /OCSP No Check/)
  t.regex(texts['journal'] ?? '', /ED25519/)
})

test('10,000 serial numbers are distinct, positive, of 16 octets', (t) => {
  // Seed: "serials".
  const random = seededRandom('serials')
  const seen = new Set<string>()
  for (let draw = 0; draw < 10_000; draw++) {
    const serial = drawSerial(random)
    if (serial.length !== 16 || (serial[0] ?? 0) < 0x40 || (serial[0] ?? 0) > 0x7f)
      t.fail(toHex(serial))
    seen.add(toHex(serial))
  }
  t.is(seen.size, 10_000)
})

test('draws that begin with zeros or a high bit still give 16 positive octets', (t) => {
  for (const first of [0x00, 0x80, 0xff]) {
    const serial = drawSerial((length) => new Uint8Array(length).fill(first))
    t.is(serial.length, 16)
    t.true((serial[0] ?? 0) >= 0x40 && (serial[0] ?? 0) <= 0x7f)
  }
})

test('a certificate is found by its hash, its serial number and its holder', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { authority, clock } = district
  const certificate = await issueSeat(authority)
  const sha256 = sha256Hex(certificate)
  const live = await authority.liveCertificate(sha256, clock.now())
  t.is(live?.holder, 'seat:张三')
  t.is(live?.profile, 'seat-client')
  t.deepEqual(live?.certificate, certificate)
  t.is((await authority.certificateBySerial('issuing', live?.serial ?? ''))?.sha256, sha256)
  t.deepEqual(
    (await authority.certificatesOf('seat:张三')).map((found) => found.sha256),
    [sha256],
  )
  t.deepEqual(await authority.certificatesOf('seat:张'), [])
  t.is((await authority.certificatesOf('box')).length, 6)
})

test('a certificate is not live when unknown, not yet or no longer valid, held or revoked', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { authority, clock } = district
  const sha256 = sha256Hex(await issueSeat(authority))
  const live = async (at: Date): Promise<boolean> =>
    (await authority.liveCertificate(sha256, at)) !== undefined
  const now = clock.now()
  t.true(await live(now))
  t.is(await authority.liveCertificate('0'.repeat(64), now), undefined)
  t.false(await live(new Date(now.getTime() - 3_600_000)))
  t.false(await live(new Date(now.getTime() + 4 * 365 * 86_400_000)))
  await authority.revoke({ sha256, reason: 'certificateHold', actor: boxActor })
  t.false(await live(now))
  await authority.revoke({ sha256, reason: 'superseded', actor: boxActor })
  t.false(await live(now))
})

test('revoking is refused for an unknown certificate and a second time, and allowed after expiry', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { authority, clock } = district
  const revoke = (sha256: string): Promise<void> =>
    authority.revoke({ sha256, reason: 'superseded', actor: boxActor })
  const sha256 = sha256Hex(await issueSeat(authority))
  await t.throwsAsync(revoke('f'.repeat(64)), { code: 'CA_CERTIFICATE_UNKNOWN' })
  clock.at = new Date(clock.at.getTime() + 4 * 365 * 86_400_000)
  await revoke(sha256)
  await t.throwsAsync(revoke(sha256), { code: 'CA_ALREADY_REVOKED' })
})

test('a certificate on hold is released: live, off the list, good by OCSP, its entries kept', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { authority, clock, journal } = district
  const certificate = await issueSeat(authority)
  const sha256 = sha256Hex(certificate)
  const release = (): Promise<void> => authority.release({ sha256, actor: boxActor })
  await t.throwsAsync(release(), { code: 'CA_NOT_HELD' })
  const from = journal.size
  await authority.revoke({ sha256, reason: 'certificateHold', actor: boxActor })
  const held = (await authority.crl('issuing')).crl
  const serial = Buffer.from(readCertificate(certificate).serialNumber, 'hex')
  t.true(Buffer.from(held).includes(serial))
  await release()
  t.is((await authority.liveCertificate(sha256, clock.now()))?.sha256, sha256)
  const { crl } = await authority.crl('issuing')
  t.false(Buffer.from(crl).includes(serial))
  t.is(sequenceOf(sequenceOf(readDer(crl), 'CRL')[0], 'tbs').length, 6, 'no empty list inside')
  const answer = Buffer.from(await authority.ocsp.answerFor(certificate, clock.now()))
  t.true(answer.includes(Buffer.concat([serial, Buffer.of(0x80, 0)])))
  const types: string[] = []
  for await (const { type } of journal.read(from)) types.push(type)
  t.deepEqual(types, ['certificate.revoked', 'crl.issued', 'certificate.released', 'crl.issued'])
  await t.throwsAsync(release(), { code: 'CA_NOT_HELD' })
  await authority.revoke({ sha256, reason: 'certificateHold', actor: boxActor })
  await authority.revoke({ sha256, reason: 'keyCompromise', actor: boxActor })
  await t.throwsAsync(release(), { code: 'CA_NOT_HELD' })
  await t.throwsAsync(authority.release({ sha256: 'f'.repeat(64), actor: boxActor }), {
    code: 'CA_CERTIFICATE_UNKNOWN',
  })
})

test('a hold that becomes final keeps the date on which it began', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { authority, clock } = district
  const sha256 = sha256Hex(await issueSeat(authority))
  const began = clock.now().toISOString()
  await authority.revoke({ sha256, reason: 'certificateHold', actor: boxActor })
  clock.at = new Date(clock.at.getTime() + 86_400_000)
  await authority.revoke({ sha256, reason: 'keyCompromise', actor: boxActor })
  const { revoked } = (await authority.certificate(sha256)) ?? {}
  t.deepEqual(revoked, { reason: 'keyCompromise', revokedAt: began, invalidityDate: null })
})

test('an invalidity date is neither yet to come nor before the certificate begins', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { authority, clock } = district
  const certificate = await issueSeat(authority)
  const sha256 = sha256Hex(certificate)
  const { notBefore } = readCertificate(certificate)
  const revoke = (at: number): Promise<void> =>
    authority.revoke({
      ...{ sha256, reason: 'keyCompromise', actor: boxActor },
      invalidityDate: new Date(at),
    })
  for (const at of [clock.now().getTime() + 1, notBefore.getTime() - 1]) {
    await t.throwsAsync(revoke(at), { code: 'CA_INVALIDITY_DATE_REFUSED' })
  }
  t.is((await authority.certificate(sha256))?.revoked, undefined)
  await revoke(notBefore.getTime())
  const { revoked } = (await authority.certificate(sha256)) ?? {}
  t.is(revoked?.invalidityDate, notBefore.toISOString())
})

test('of two who revoke one certificate at once, one is told of the conflict', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { authority } = district
  const sha256 = sha256Hex(await issueSeat(authority))
  const outcomes = await Promise.allSettled(
    ['superseded' as const, 'keyCompromise' as const].map((reason) =>
      authority.revoke({ sha256, reason, actor: boxActor }),
    ),
  )
  t.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
})

test('a key is certified once, ever: for nobody else, for no other purpose, and not again', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const publicKey = freshKey()
  const issue = (holder: string, profile: ProfileName): Promise<Uint8Array> =>
    district.authority.issue({
      profile,
      subject: { commonName: '张三' },
      publicKey,
      holder,
      actor: boxActor,
    })
  const certificate = await issue('seat:1', 'seat-client')
  const refused = { code: 'CA_REQUEST_KEY_REFUSED' }
  await t.throwsAsync(issue('seat:2', 'seat-client'), refused)
  await t.throwsAsync(issue('seat:1', 'seat-signing'), refused)
  await t.throwsAsync(issue('seat:1', 'seat-client'), refused)
  // Revoked or not: otherwise a stolen key would come back to life.
  const reason = 'keyCompromise'
  await district.authority.revoke({ sha256: sha256Hex(certificate), reason, actor: boxActor })
  await t.throwsAsync(issue('seat:1', 'seat-client'), refused)
})

test('names are refused when empty, too long, or with characters that cannot be seen', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  await t.notThrowsAsync(issueSeat(district.authority, '长'.repeat(64)))
  for (const name of ['', '长'.repeat(65), ' 张三', '张\u202e三', '张\u0000三']) {
    await t.throwsAsync(issueSeat(district.authority, name), { code: 'CA_PROFILE_VIOLATED' })
  }
})

test('host names are refused when missing or malformed', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const issue = (hostNames?: string[]): Promise<Uint8Array> =>
    district.authority.issue({
      profile: 'tls-server',
      subject: { commonName: 'box' },
      publicKey: freshKey(),
      holder: 'box',
      actor: boxActor,
      ...(hostNames && { hostNames }),
    })
  await t.notThrowsAsync(issue(['box.district', 'fd00::1', '10.0.0.1']))
  for (const bad of [undefined, [], ['-box'], ['box district'], ['a'.repeat(64)], ['印匣']]) {
    await t.throwsAsync(issue(bad), { instanceOf: CaError, code: 'CA_PROFILE_VIOLATED' })
  }
})

test('times are UTCTime through 2049 and GeneralizedTime from 2050', async (t) => {
  const district = await openDistrict({ at: new Date('2048-06-01T00:00:00Z') })
  t.teardown(() => district.close())
  const certificate = toHex(await issueSeat(district.authority))
  // 10 minutes before the clock, and three years after that.
  const utcTime = toHex(time(new Date('2048-05-31T23:50:00Z')))
  const generalized = toHex(generalizedTime(new Date('2051-05-31T23:50:00Z')))
  t.is(utcTime, `170d${Buffer.from('480531235000Z').toString('hex')}`)
  t.true(certificate.includes(utcTime + generalized))
  t.notThrows(() => readCertificate(district.certificates.root))
})

test('a certificate never outlives its issuer, and none is issued after that', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { clock, certificates, authority } = district
  const { notAfter } = readCertificate(certificates.issuing)
  clock.at = new Date(notAfter.getTime() - 86_400_000)
  t.deepEqual(readCertificate(await issueSeat(authority)).notAfter, notAfter)
  clock.at = new Date(notAfter.getTime() + 86_400_000)
  await t.throwsAsync(issueSeat(authority, '李四'), { code: 'CA_PROFILE_VIOLATED' })
})

test('links of a root roll-over let each root stand for the other, and never outlive what they link', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { authorities, urls } = district.authorityOptions
  const root = authorities.find(({ role }) => role === 'root')?.signer
  if (!root) return t.fail()
  const subject = { organization: '测试区', commonName: '测试区 根证书 试用 TRIAL' }
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spki = (key: KeyObject): ProvenPublicKey =>
    new Uint8Array(key.export({ format: 'der', type: 'spki' })) as ProvenPublicKey
  const build = (
    profile: ProfileName,
    issuer: Issuer,
    publicKey: ProvenPublicKey,
    notAfter?: Date,
  ): Promise<Uint8Array> =>
    buildCertificate(
      {
        ...{ profile, subject, publicKey, urls, notBefore: new Date() },
        serial: drawSerial(district.random),
        ...(notAfter && { notAfter }),
      },
      issuer,
    )
  const bare = {
    algorithm: 'ecdsa-p256-sha256',
    sign: (bytes: Uint8Array) =>
      Promise.resolve(new Uint8Array(sign('sha256', bytes, pair.privateKey))),
  } as const
  const second = await build('root', bare, spki(pair.publicKey))
  const oldRoot = readCertificate(root.certificate)
  const oldKey = oldRoot.publicKey as ProvenPublicKey
  const oldWithNew = await build(
    'root-link',
    { ...bare, certificate: second },
    oldKey,
    oldRoot.notAfter,
  )
  const newWithOld = await build('root-link', root, spki(pair.publicKey))
  t.deepEqual(readCertificate(oldWithNew).notAfter, oldRoot.notAfter)
  t.deepEqual(readCertificate(newWithOld).notAfter, oldRoot.notAfter)
  const seat = await issueSeat(district.authority)
  const verify = async (...links: readonly Uint8Array[]): Promise<string> => {
    const anchor = await district.file('second.pem', pem('CERTIFICATE', second))
    const others = pem('CERTIFICATE', district.certificates.issuing, ...links)
    const { output } = await tool(
      'openssl',
      ...['verify', '-x509_strict', '-policy', oids.certificatePolicyUnit, '-explicit_policy'],
      ...['-CAfile', anchor],
      ...['-untrusted', await district.file('others.pem', others)],
      await district.file('seat.pem', pem('CERTIFICATE', seat)),
    )
    return output
  }
  t.regex(await verify(oldWithNew), /: OK/)
  t.notRegex(await verify(newWithOld), /: OK/)
  t.notRegex(await verify(), /: OK/)
  // A link that names another is none.
  await t.throwsAsync(
    buildCertificate(
      {
        profile: 'root-link',
        subject: { commonName: '别人' },
        publicKey: oldKey,
        urls,
        notBefore: new Date(),
        serial: drawSerial(district.random),
      },
      root,
    ),
    { message: /e_self_issued_not_as_profile/ },
  )
})

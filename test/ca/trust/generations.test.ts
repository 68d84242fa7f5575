/** Several authorities at once, as after a roll-over: the newest issues, the older ones go on with their lists and their answers. */
import test from 'ava'
import {
  boxActor,
  createAuthority,
  createKeyFolder,
  crlIssuedEntry,
  issuerId,
  sha256Hex,
  systemRandom,
  urlsBelow,
  type Authority,
  type AuthorityKey,
  type Signer,
} from '../../../ca/index.ts'
import { buildCertificate, drawSerial } from '../../../ca/certificates/build.ts'
import { readCertificate } from '../../../ca/path/certificate.ts'
import { issueSeat, openDistrict, pem, tool, type TestDistrict } from './district.ts'

const origin = 'http://127.0.0.1:8080'

/** A second issuing authority below the root, with its responder; both with keys of their own. */
async function rollOver(district: TestDistrict): Promise<Authority> {
  const { authorityOptions: options, clock, journal, directory } = district
  const keys = createKeyFolder({
    directory: `${directory}/second`,
    passphrase: 'x',
    secretStrength: 'random',
    random: systemRandom,
  })
  const root = options.authorities.find(({ key }) => key === 'root')?.signer as Signer
  const certify = async (
    key: string,
    { profile, issuer }: { profile: 'issuing' | 'ocsp'; issuer: Signer },
  ): Promise<Signer> => {
    const publicKey = await keys.generate(key, 'ecdsa-p256-sha256')
    const certificate = await buildCertificate(
      {
        ...{ profile, publicKey, serial: drawSerial(systemRandom) },
        subject: { organization: '测试区', commonName: `测试区 ${key} 试用 TRIAL` },
        notBefore: clock.now(),
        urls: urlsBelow(origin, { issuing: 'issuing-2' }),
      },
      issuer,
    )
    return keys.open(key, certificate)
  }
  const signer = await certify('issuing-2', { profile: 'issuing', issuer: root })
  const second: AuthorityKey = {
    ...{ key: 'issuing-2', role: 'issuing', generation: 2, certificate: signer.certificate },
    ...{ signer, ocsp: await certify('ocsp-2', { profile: 'ocsp', issuer: signer }) },
  }
  const issuer = issuerId(signer.certificate)
  await journal.commit({
    entries: [crlIssuedEntry({ issuer, actor: boxActor, at: clock.now(), crlValidForDays: 7 })],
  })
  return createAuthority({ ...options, authorities: [second, ...options.authorities] })
}

test('after a roll-over the newest authority issues, and says where its own list is', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const authority = await rollOver(district)
  const certificate = await issueSeat(authority)
  const [issuing = certificate, root] = authority.chain
  t.is(readCertificate(certificate).authorityKeyIdentifier, issuerId(issuing))
  t.not(sha256Hex(issuing), sha256Hex(district.certificates.issuing))
  t.deepEqual(root, district.certificates.root)
  t.true(Buffer.from(certificate).includes(`${origin}/ca/issuing-2.crl`))
  t.true(Buffer.from(certificate).includes(`${origin}/ca/issuing-2.crt`))
  t.deepEqual(
    authority.authorities.map(({ key }) => key),
    ['root', 'issuing', 'issuing-2'],
  )
})

test('what the older authority issued is still revoked on its list, answered by its responder, and by no other', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const old = await issueSeat(district.authority)
  const authority = await rollOver(district)
  const fresh = await issueSeat(authority, '李四')
  await authority.revoke({ sha256: sha256Hex(old), reason: 'superseded', actor: boxActor })
  for (const [certificate, key, status] of [
    [old, 'issuing', 'revoked'],
    [fresh, 'issuing-2', 'good'],
  ] as const) {
    const { output } = await asked(district, authority, certificate)
    t.regex(output, new RegExp(`asked\\.pem: ${status}`))
    t.regex(output, /Response verify OK/)
    const { crl } = await authority.crl(key)
    const serial = Buffer.from(readCertificate(certificate).serialNumber, 'hex')
    t.is(Buffer.from(crl).includes(serial), status === 'revoked')
  }
  const lists = await authority.crlsFor([old, fresh])
  t.is(lists.length, 3)
  t.is((await authority.crlsFor([old])).length, 2)
  await t.throwsAsync(authority.crl('issuing-3'), { code: 'CA_ISSUER_UNKNOWN' })
})

/** OpenSSL's verdict on the answer for a certificate, whose own authority must have certified the responder. */
async function asked(
  district: TestDistrict,
  authority: Authority,
  certificate: Uint8Array,
): Promise<{ output: string }> {
  const [issuing = certificate] = authority.chainOf(certificate)
  const answer = await authority.ocsp.answerFor(certificate, district.clock.now())
  return tool(
    'openssl',
    ...['ocsp', '-respin', await district.file('answer.der', answer)],
    ...['-issuer', await district.file('issuer.pem', pem('CERTIFICATE', issuing)), '-sha256'],
    ...['-cert', await district.file('asked.pem', pem('CERTIFICATE', certificate))],
    ...[
      '-CAfile',
      await district.file('root.pem', pem('CERTIFICATE', district.certificates.root, issuing)),
    ],
  )
}

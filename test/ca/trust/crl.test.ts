/** Certificate revocation lists, held against RFC 5280 5 by OpenSSL and GnuTLS, and against OCSP for contradictions. */
import test from 'ava'
import { boxActor, revocationReasons, sha256Hex, type RevocationReason } from '../../../ca/index.ts'
import { buildCrl } from '../../../ca/crl/build.ts'
import { readDer, sequenceOf } from '../../../ca/der/read.ts'
import { issueSeat, openDistrict, pem, tool, type TestDistrict } from './district.ts'

async function textOf(district: TestDistrict, crl: Uint8Array): Promise<string> {
  const path = await district.file('list.crl', crl)
  const { output } = await tool('openssl', 'crl', '-inform', 'DER', '-in', path, '-noout', '-text')
  return output
}

test('an empty list has no revokedCertificates, and all that RFC 5280 asks of a list', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  for (const issuer of ['root', 'issuing'] as const) {
    const { crl, number } = await district.authority.crl(issuer)
    const text = await textOf(district, crl)
    t.regex(text, /Version 2 \(0x1\)/)
    t.regex(text, /No Revoked Certificates/)
    t.regex(text, new RegExp(`CRL Number:\\s+${String(number)}\\n`))
    t.regex(text, /Authority Key Identifier:\s+[0-9A-F]/)
    t.regex(text, /Next Update: /)
    t.notRegex(text, /Issuing Distribution|critical/)
    t.is(sequenceOf(sequenceOf(readDer(crl), 'CRL')[0], 'tbs').length, 6, 'no empty list inside')
    const ca = await district.file(
      `${issuer}.pem`,
      pem('CERTIFICATE', district.certificates[issuer]),
    )
    const path = await district.file('list.crl', crl)
    t.regex(
      (await tool('openssl', 'crl', '-inform', 'DER', '-in', path, '-noout', '-CAfile', ca)).output,
      /verify OK/,
    )
  }
})

test('each reason stands on the list by its name, and unspecified by none', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { authority } = district
  const names: Partial<Record<RevocationReason, RegExp>> = {
    keyCompromise: /Key Compromise/,
    cACompromise: /CA Compromise/,
    affiliationChanged: /Affiliation Changed/,
    superseded: /Superseded/,
    cessationOfOperation: /Cessation Of Operation/,
    certificateHold: /Certificate Hold/,
    privilegeWithdrawn: /Privilege Withdrawn/,
    aACompromise: /AA Compromise/,
  }
  for (const reason of Object.keys(revocationReasons) as RevocationReason[]) {
    const sha256 = sha256Hex(await issueSeat(authority, reason))
    const invalidityDate = new Date('2020-01-02T03:04:05Z')
    await authority.revoke({ sha256, reason, actor: boxActor, invalidityDate })
  }
  const text = await textOf(district, (await authority.crl('issuing')).crl)
  t.is(text.match(/Serial Number: /g)?.length, Object.keys(revocationReasons).length)
  t.is(text.match(/Invalidity Date/g)?.length, Object.keys(revocationReasons).length)
  t.is(text.match(/CRL Reason Code/g)?.length, Object.keys(revocationReasons).length - 1)
  for (const name of Object.values(names)) t.regex(text, name)
  const path = await district.file('list.crl', (await authority.crl('issuing')).crl)
  const gnutls = await tool('certtool', '--crl-info', '--inder', '--infile', path)
  t.regex(gnutls.output, /Revoked certificates \(9\)/)
})

test('revoking is one commit, whose list number is the index of its entry', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { authority, journal } = district
  const sha256 = sha256Hex(await issueSeat(authority))
  const size = journal.size
  await authority.revoke({ sha256, reason: 'superseded', actor: boxActor })
  t.is(journal.size, size + 2)
  t.is((await journal.entry(size))?.type, 'certificate.revoked')
  t.is((await journal.entry(size + 1))?.type, 'crl.issued')
  t.is((await authority.crl('issuing')).number, size + 1)
})

test('numbers and times only go forwards, also where acts overlap', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { authority, clock } = district
  const certificates = await Promise.all(
    Array.from({ length: 8 }, (_, at) => issueSeat(authority, `甲${String(at)}`)),
  )
  const lists = await Promise.all(
    certificates.map(async (certificate, at) => {
      clock.at = new Date(clock.at.getTime() + (at % 2 === 0 ? 5000 : -3000))
      await authority.revoke({
        sha256: sha256Hex(certificate),
        reason: 'superseded',
        actor: boxActor,
      })
      return authority.crl('issuing')
    }),
  )
  const last = await authority.crl('issuing')
  t.is((await textOf(district, last.crl)).match(/Serial Number: /g)?.length, 8)
  for (const { number, thisUpdate } of lists) {
    t.true(number <= last.number && thisUpdate <= last.thisUpdate)
  }
})

test('a list is refreshed after half its life and not before, and keeps expired certificates', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { authority, clock, journal } = district
  await authority.revoke({
    sha256: sha256Hex(await issueSeat(authority)),
    reason: 'keyCompromise',
    actor: boxActor,
  })
  const size = journal.size
  await authority.refreshCrls(boxActor)
  t.is(journal.size, size)
  clock.at = new Date(clock.at.getTime() + 4 * 365 * 86_400_000)
  const before = await authority.crl('issuing')
  await authority.refreshCrls(boxActor)
  t.is(journal.size, size + 2)
  const after = await authority.crl('issuing')
  t.true(after.number > before.number)
  t.deepEqual(after.thisUpdate, clock.at)
  t.is(after.nextUpdate.getTime() - after.thisUpdate.getTime(), 7 * 86_400_000)
  const text = await textOf(district, after.crl)
  t.regex(text, /Serial Number: /)
  t.regex(text, /2\.5\.29\.60/)
})

test('after a restart the list has the same number and contents', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const sha256 = sha256Hex(await issueSeat(district.authority))
  await district.authority.revoke({ sha256, reason: 'superseded', actor: boxActor })
  const signed = async (list: Promise<{ crl: Uint8Array }>): Promise<Uint8Array | undefined> =>
    sequenceOf(readDer((await list).crl), 'CRL')[0]?.raw
  t.deepEqual(
    await signed(district.reopened().crl('issuing')),
    await signed(district.authority.crl('issuing')),
  )
})

test('a serial number with its high bit set stands on the list as it is', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const crl = await buildCrl({
    signer: {
      certificate: district.certificates.issuing,
      algorithm: 'ecdsa-p256-sha256',
      sign: () => Promise.resolve(new Uint8Array(8)),
    },
    number: 2 ** 40,
    thisUpdate: new Date(0),
    nextUpdate: new Date(1e6),
    revoked: [{ serial: `ff${'0'.repeat(30)}`, revokedAt: new Date(0), reason: 'unspecified' }],
  })
  t.regex(await textOf(district, crl), /Serial Number: FF0{30}\n/)
})

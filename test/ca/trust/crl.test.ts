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
    const invalidityDate = district.clock.now()
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

test('revoking is one commit, whose list number is the time of its entry', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { authority, journal, clock } = district
  clock.at = new Date(clock.at.getTime() + 1000)
  const sha256 = sha256Hex(await issueSeat(authority))
  const size = journal.size
  await authority.revoke({ sha256, reason: 'superseded', actor: boxActor })
  t.is(journal.size, size + 2)
  t.is((await journal.entry(size))?.type, 'certificate.revoked')
  t.is((await journal.entry(size + 1))?.type, 'crl.issued')
  t.is(
    (await authority.crl('issuing')).number,
    Date.parse((await journal.entry(size + 1))?.time ?? ''),
  )
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

test('of one millisecond, and of a clock that is set back, no two lists have one number', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { authority, clock, journal } = district
  const numbers = [(await authority.crl('issuing')).number]
  for (const ms of [0, 0, -3_600_000, 1]) {
    clock.at = new Date(clock.at.getTime() + ms)
    await journal.commit(authority.prepareFreshCrls({ actor: boxActor }))
    numbers.push((await authority.crl('issuing')).number)
  }
  t.deepEqual(
    numbers.map((number) => number - (numbers[0] ?? 0)),
    [0, 1, 2, 3, 4],
  )
})

test('lists of a restored backup have numbers beyond those that the lost journal published', async (t) => {
  const restored = await openDistrict()
  t.teardown(() => restored.close())
  const { authority, journal, clock } = restored
  // What was published after the backup was made, in 60 revocations of one second; then the backup is opened a minute later.
  const lost = clock.now().getTime() + 60
  clock.at = new Date(clock.at.getTime() + 60_000)
  await journal.commit(authority.prepareFreshCrls({ actor: boxActor }))
  t.true((await authority.crl('issuing')).number > lost)
  t.true((await authority.crl('root')).number > lost)
  // A clock that had run ahead by years: the number seen on a published list is named.
  const seen = clock.now().getTime() + 5 * 365 * 86_400_000
  await journal.commit(authority.prepareFreshCrls({ actor: boxActor, above: seen }))
  t.is((await authority.crl('issuing')).number, seen + 1)
  const sha256 = sha256Hex(await issueSeat(authority))
  await authority.revoke({ sha256, reason: 'superseded', actor: boxActor })
  t.is((await authority.crl('issuing')).number, seen + 2)
  t.regex(
    await textOf(restored, (await authority.crl('issuing')).crl),
    new RegExp(`CRL Number:\\s+${String(seen + 2)}\n`),
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

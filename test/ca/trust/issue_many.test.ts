/**
 * Many certificates at once: no serial number twice, journal and views at one. 1,000 certificates, 10,000 in full; seed "serials".
 * And the serial numbers that others mishandle: with a first octet from 0x80 on, and with leading zeros.
 */
import test from 'ava'
import {
  boxActor,
  caFolds,
  createAuthority,
  rebuildViews,
  sha256Hex,
  toHex,
  type ProvenPublicKey,
} from '../../../ca/index.ts'
import { certificateIssuedEntry } from '../../../ca/authority/entries.ts'
import { buildCertificate } from '../../../ca/certificates/build.ts'
import { brokenCrlChecks } from '../../../ca/certificates/lint/crl.ts'
import { readDer, sequenceOf } from '../../../ca/der/read.ts'
import { readCertificate } from '../../../ca/path/certificate.ts'
import { readCrl } from '../../../ca/path/crl.ts'
import { freshKey, openDistrict, pem, seededRandom, tool } from './district.ts'

const isFull = process.env['SEALBOX_TEST_FULL'] === '1'
const count = isFull ? 10_000 : 1_000
const subject = { organization: '测试区', commonName: '文书' }

test(`${String(count)} certificates issued at once have a serial number each, and views made anew are the same`, async (t) => {
  t.timeout(600_000)
  const district = await openDistrict()
  t.teardown(() => district.close())
  const drawn: number[] = []
  const random = seededRandom('serials')
  const authority = createAuthority({
    ...district.authorityOptions,
    random: (length) => {
      // Serial numbers are cut out of larger draws, 16 octets each.
      const bytes = random(length)
      for (let at = 0; at < length; at += 16) drawn.push(bytes[at] ?? 0)
      return bytes
    },
  })
  const size = district.journal.size
  const issued = await Promise.all(
    Array.from({ length: count }, (_, at) =>
      authority.issue({
        profile: at % 2 === 0 ? 'seat-client' : 'seat-signing',
        subject,
        publicKey: freshKey(),
        holder: `seat:${String(at >> 1)}`,
        actor: boxActor,
      }),
    ),
  )
  t.is(district.journal.size, size + count)
  // The draws that go wrong elsewhere were among them.
  t.true(drawn.filter((first) => first >= 0x80).length > count / 3)
  t.true(drawn.includes(0))
  const serials = issued.map((certificate) => readCertificate(certificate).serialNumber)
  t.is(new Set(serials).size, count)
  t.true(serials.every((serial) => /^[4-7][0-9a-f]{31}$/.test(serial)))

  // All that was answered stands in the journal, once, and under each of its keys in the views.
  const inJournal: string[] = []
  for await (const { type, data } of district.journal.read(size)) {
    if (type === 'certificate.issued') inJournal.push(data['sha256'] as string)
  }
  t.deepEqual(inJournal.toSorted(), issued.map(sha256Hex).toSorted())
  for (const at of [0, 1, Math.floor(count / 2), count - 1]) {
    const certificate = issued[at] ?? t.fail()
    const found = await authority.certificateBySerial('issuing', serials[at] ?? '')
    t.deepEqual(found?.certificate, certificate)
    t.is(found?.holder, `seat:${String(at >> 1)}`)
    t.is((await authority.certificatesOf(`seat:${String(at >> 1)}`)).length, 2)
  }
  const live = await district.dump()
  await rebuildViews({ ...district.storage, folds: caFolds, foldsVersion: 1 })
  t.deepEqual(await district.dump(), live)
})

test('of two certificates that draw the same serial number, or ask for the same key, one is issued', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const stuck = createAuthority({
    ...district.authorityOptions,
    random: (length) => new Uint8Array(length).fill(0x55),
  })
  const issue = (publicKey: ProvenPublicKey): Promise<Uint8Array> =>
    stuck.issue({ profile: 'seat-client', subject, publicKey, holder: 'seat:1', actor: boxActor })
  const outcomes = await Promise.allSettled([issue(freshKey()), issue(freshKey())])
  t.deepEqual(outcomes.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'])
  // Also much later.
  await t.throwsAsync(issue(freshKey()), { code: 'JOURNAL_CONFLICT' })
  const key = freshKey()
  const again = await Promise.allSettled(
    [1, 2].map((seat) =>
      district.authority.issue({
        profile: 'seat-client',
        subject,
        publicKey: key,
        holder: `seat:${String(seat)}`,
        actor: boxActor,
      }),
    ),
  )
  t.deepEqual(again.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'])
})

test('serial numbers from 0x80 on, or with leading zeros, are found, revoked and refused like others', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { authority, authorityOptions, certificates, clock, journal } = district
  const { urls, authorities } = authorityOptions
  const issuer = authorities.find(({ role }) => role === 'issuing')?.signer ?? t.fail()
  const file = (name: string, bytes: Uint8Array): Promise<string> =>
    district.file(name, pem('CERTIFICATE', bytes))
  for (const [serial, written] of [
    [Uint8Array.from({ length: 16 }, () => 0x80), '80'.repeat(16)],
    [Uint8Array.from({ length: 16 }, () => 0xff), 'ff'.repeat(16)],
    [Uint8Array.from({ length: 16 }, (_, at) => (at < 3 ? 0 : 0x91)), '91'.repeat(13)],
    [Uint8Array.from({ length: 16 }, (_, at) => (at < 3 ? 0 : 0x11)), '11'.repeat(13)],
  ] as const) {
    const certificate = await buildCertificate(
      {
        ...{ profile: 'seat-client', subject, publicKey: freshKey(), serial, urls },
        notBefore: clock.now(),
      },
      issuer,
    )
    const entry = certificateIssuedEntry({
      certificate,
      profile: 'seat-client',
      holder: 'seat:1',
      actor: boxActor,
    })
    await journal.commit({ entries: [entry] })
    const found = await authority.certificateBySerial('issuing', written)
    t.deepEqual(found?.certificate, certificate, written)
    const verify = async (): Promise<string> => {
      const { crl } = await authority.crl('issuing')
      const { output } = await tool(
        'openssl',
        ...[
          'verify',
          '-x509_strict',
          '-crl_check',
          '-CAfile',
          await file('root.pem', certificates.root),
        ],
        ...['-untrusted', await file('issuing.pem', certificates.issuing)],
        ...['-CRLfile', await district.file('list.pem', pem('X509 CRL', crl))],
        await file('serial.pem', certificate),
      )
      return output
    }
    t.regex(await verify(), /: OK/)
    await authority.revoke({
      sha256: sha256Hex(certificate),
      reason: 'superseded',
      actor: boxActor,
    })
    t.regex(await verify(), /certificate revoked/, written)
    const { crl } = await authority.crl('issuing')
    t.true(
      readCrl(crl).readEntries().bySerial.has(readCertificate(certificate).serialNumber),
      written,
    )
    const [tbs, algorithm] = sequenceOf(readDer(crl), 'crl')
    const input = { tbs: tbs?.raw ?? crl, signatureAlgorithm: algorithm?.raw ?? crl }
    t.deepEqual(brokenCrlChecks(input), [])
    const answer = toHex(await authority.ocsp.answerFor(certificate, clock.now()))
    const encoded = readCertificate(certificate).serialNumber
    const length = (encoded.length / 2).toString(16).padStart(2, '0')
    // CertID ends with the serial; certStatus [1] follows it.
    t.true(answer.includes(`02${length}${encoded}a1`), written)
  }
})

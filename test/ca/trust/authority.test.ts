/** The authority on its journal: prepared acts inside a larger commit, restart, rebuilt views, first boot, CRL and OCSP at one. */
import { join } from 'node:path'
import test from 'ava'
import {
  boxActor,
  caFolds,
  createAuthority,
  createKeyFolder,
  createTrialDistrict,
  rebuildViews,
  sha256Hex,
  systemRandom,
  urlsBelow,
} from '../../../ca/index.ts'
import { readCertificate } from '../../../ca/path/certificate.ts'
import { freshKey, issueSeat, openDistrict, pem, tool, type TestDistrict } from './district.ts'

const note = { type: 'note.taken', actor: boxActor, subject: 'note', data: {} }

test('a prepared certificate stands once the commit around it stands, and not before', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { authority, journal, clock } = district
  const prepared = await authority.prepareIssue({
    profile: 'seat-signing',
    subject: { organization: '测试单位', commonName: '张三' },
    publicKey: freshKey(),
    holder: 'seat:1',
    actor: boxActor,
  })
  const sha256 = sha256Hex(prepared.certificate)
  t.is(await authority.liveCertificate(sha256, clock.now()), undefined)
  const size = journal.size
  await journal.commit({ entries: [note, ...prepared.entries], expect: prepared.expect })
  t.is(journal.size, size + 2)
  t.is((await authority.liveCertificate(sha256, clock.now()))?.holder, 'seat:1')
  await t.throwsAsync(journal.commit(prepared), { code: 'JOURNAL_CONFLICT' })
})

test('a prepared revocation switches list and OCSP with the commit around it', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { authority, journal } = district
  const certificate = await issueSeat(authority)
  const sha256 = sha256Hex(certificate)
  const prepared = await authority.prepareRevoke({ sha256, reason: 'superseded', actor: boxActor })
  t.deepEqual(await statuses(district, certificate), { crl: 'good', ocsp: 'good' })
  await journal.commit({ entries: [...prepared.entries, note], expect: prepared.expect })
  t.deepEqual(await statuses(district, certificate), { crl: 'revoked', ocsp: 'revoked' })
})

test('all certificates are listed by holder, in pages that neither repeat nor leave out', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { authority } = district
  for (let at = 0; at < 5; at++) await issueSeat(authority, `甲${String(at % 2)}`)
  const whole = await authority.certificates({ limit: 500 })
  t.is(whole.next, undefined)
  t.is(whole.items.length, new Set(whole.items.map(({ sha256 }) => sha256)).size)
  const holders = whole.items.map(({ holder }) => encodeURIComponent(holder))
  t.deepEqual(holders, holders.toSorted())
  const paged: string[] = []
  let after: string | undefined
  do {
    const page = await authority.certificates({ limit: 2, ...(after !== undefined && { after }) })
    t.true(page.items.length <= 2)
    paged.push(...page.items.map(({ sha256 }) => sha256))
    after = page.next
  } while (after !== undefined)
  t.deepEqual(
    paged,
    whole.items.map(({ sha256 }) => sha256),
  )
  const bounded = await authority.certificates({ limit: 0, after: 'f'.repeat(64) })
  t.is(bounded.items.length, 1)
})

test('list and OCSP never contradict each other, whatever is revoked at the same time', async (t) => {
  // 24 certificates, 120 in full.
  const count = process.env['SEALBOX_TEST_FULL'] === '1' ? 120 : 24
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { authority } = district
  const certificates = await Promise.all(
    Array.from({ length: count }, (_, at) => issueSeat(authority, `甲${String(at)}`)),
  )
  await Promise.all(
    certificates.map(async (certificate) => {
      await authority.revoke({
        sha256: sha256Hex(certificate),
        reason: 'superseded',
        actor: boxActor,
      })
      // Answered means that everybody is told, though others are being revoked meanwhile.
      t.deepEqual(await statuses(district, certificate), { crl: 'revoked', ocsp: 'revoked' })
    }),
  )
})

/** What the current list and an OCSP answer say, by their bytes. */
async function statuses(
  { authority, clock }: TestDistrict,
  certificate: Uint8Array,
): Promise<{ crl: string; ocsp: string }> {
  const serial = Buffer.from(readCertificate(certificate).serialNumber, 'hex')
  const { crl } = await authority.crl('issuing')
  const answer = Buffer.from(await authority.ocsp.answerFor(certificate, clock.now()))
  const good = Buffer.concat([serial, Buffer.of(0x80, 0)])
  return {
    crl: Buffer.from(crl).includes(serial) ? 'revoked' : 'good',
    ocsp: answer.includes(good) ? 'good' : 'revoked',
  }
}

test('GnuTLS accepts a certificate with the current list, and refuses it once revoked', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { authority, certificates } = district
  const certificate = await issueSeat(authority)
  const verify = async (): Promise<string> => {
    const paths = [
      await district.file(
        'trusted.pem',
        pem('CERTIFICATE', certificates.root, certificates.issuing),
      ),
      await district.file('list.pem', pem('X509 CRL', (await authority.crl('issuing')).crl)),
      await district.file('seat.pem', pem('CERTIFICATE', certificate)),
    ] as const
    const [trusted, list, seat] = paths
    const { output } = await tool(
      'certtool',
      ...['--verify', '--load-ca-certificate', trusted, '--load-crl', list, '--infile', seat],
    )
    return output
  }
  t.regex(await verify(), /Verified\. The certificate is trusted/)
  await authority.revoke({ sha256: sha256Hex(certificate), reason: 'superseded', actor: boxActor })
  t.regex(await verify(), /certificate chain is revoked/)
})

test('views rebuilt from the journal equal the live ones', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { authority, clock } = district
  for (const name of ['甲', '乙', '丙']) {
    const sha256 = sha256Hex(await issueSeat(authority, name))
    clock.at = new Date(clock.at.getTime() + 60_000)
    if (name === '丙') continue
    await authority.revoke({ sha256, reason: 'certificateHold', actor: boxActor })
    if (name === '甲') await authority.revoke({ sha256, reason: 'keyCompromise', actor: boxActor })
  }
  const live = await district.dump()
  t.true(live.length > 30)
  await rebuildViews({ ...district.storage, folds: caFolds, foldsVersion: 1 })
  t.deepEqual(await district.dump(), live)
})

test('without its root key a box revokes below the issuing authority, but nothing of the root', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { journal, clock, certificates, authority } = district
  const sha256 = sha256Hex(await issueSeat(authority))
  const { authorities } = district.authorityOptions
  const box = createAuthority({
    ...district.authorityOptions,
    authorities: authorities.map((one) =>
      one.role === 'root' ? { ...one, signer: undefined } : one,
    ),
  })
  await t.notThrowsAsync(box.revoke({ sha256, reason: 'superseded', actor: boxActor }))
  const revokeIssuing = { sha256: sha256Hex(certificates.issuing), reason: 'cACompromise' } as const
  await t.throwsAsync(box.revoke({ ...revokeIssuing, actor: boxActor }), {
    code: 'CA_ISSUER_OFFLINE',
  })
  await t.throwsAsync(box.crl('root'), { code: 'CA_ISSUER_OFFLINE' })
  clock.at = new Date(clock.at.getTime() + 6 * 86_400_000)
  const size = journal.size
  await box.refreshCrls(boxActor)
  t.is(journal.size, size + 1)
  await t.notThrowsAsync(authority.revoke({ ...revokeIssuing, actor: boxActor }))
})

test('a first boot that was cut short can be repeated with the same keys', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const boot = async (districtName: string): ReturnType<typeof createTrialDistrict> =>
    createTrialDistrict({
      keys: createKeyFolder({
        directory: join(district.directory, 'again'),
        passphrase: 'x',
        secretStrength: 'random',
        random: systemRandom,
      }),
      clock: district.clock,
      random: systemRandom,
      districtName,
      hostNames: ['localhost'],
      urls: urlsBelow('http://localhost:8080'),
    })
  await t.throwsAsync(boot('长'.repeat(60)), { code: 'CA_PROFILE_VIOLATED' })
  const first = await boot('区')
  const second = await boot('区')
  for (const name of ['root', 'issuing', 'tls', 'timestamping', 'ocsp', 'journal'] as const) {
    const [before, after] = [first.certificates[name], second.certificates[name]].map(
      readCertificate,
    )
    t.deepEqual(before?.publicKey, after?.publicKey)
    t.not(before?.serialNumber, after?.serialNumber)
  }
  t.deepEqual(
    first.entries.map(({ type }) => type),
    [
      'box.created',
      ...Array.from({ length: 6 }, () => 'certificate.issued'),
      ...Array.from({ length: 6 }, () => 'service.activated'),
      'crl.issued',
      'crl.issued',
    ],
  )
})

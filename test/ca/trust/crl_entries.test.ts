/** The kept entries of a list against a list written anew: whatever was put, replaced and taken off, the bytes are the same. */
import test from 'ava'
import fc from 'fast-check'
import { boxActor, crlPublishedEntry, issuerId, sha256Hex } from '../../../ca/index.ts'
import { buildCrl, signCrl } from '../../../ca/crl/build.ts'
import { createCrlEntries, type RevokedCertificate } from '../../../ca/crl/entries.ts'
import { readDer, sequenceOf } from '../../../ca/der/read.ts'
import { issueSeat, openDistrict } from './district.ts'

const seed = 20261125
const at = new Date('2026-11-25T08:00:00Z')
const reasons = ['unspecified', 'keyCompromise', 'certificateHold', 'superseded'] as const

/** Few enough numbers that they meet again, of one to twenty octets. */
const serial = fc
  .tuple(
    fc.integer({ min: 1, max: 0x7f }),
    fc.integer({ min: 0, max: 3 }),
    fc.integer({ min: 0, max: 19 }),
  )
  .map(([first, second, more]) =>
    Buffer.from(
      [first, second, ...Array.from({ length: more }, () => 7)].slice(0, more + 1),
    ).toString('hex'),
  )
const act = fc.oneof(
  { weight: 3, arbitrary: fc.record({ put: serial, reason: fc.constantFrom(...reasons) }) },
  { weight: 1, arbitrary: fc.record({ remove: serial }) },
)

test(`entries kept over any acts make the same list as those written anew (200 runs, 2,000 in full; seed ${String(seed)})`, async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const signer = {
    certificate: district.certificates.issuing,
    algorithm: 'ecdsa-p256-sha256' as const,
    sign: () => Promise.resolve(new Uint8Array(8)),
  }
  const times = { number: 7, thisUpdate: at, nextUpdate: new Date(at.getTime() + 1000) }
  const numRuns = process.env['SEALBOX_TEST_FULL'] === '1' ? 2000 : 200
  const property = fc.asyncProperty(fc.array(act, { maxLength: 60 }), async (acts) => {
    const entries = createCrlEntries()
    const model = new Map<string, RevokedCertificate>()
    for (const one of acts) {
      if ('remove' in one) {
        entries.remove(one.remove)
        model.delete(one.remove)
      } else {
        const revoked = { serial: one.put, reason: one.reason, revokedAt: at }
        entries.put(revoked)
        model.set(one.put, revoked)
      }
      // Built in between as well, so that what is joined is thrown away where it must be.
      if (acts.length % 3 === 0) await entries.pieces(() => undefined)
    }
    const kept = await signCrl({ signer, ...times, entries, turn: () => undefined })
    const anew = await buildCrl({ signer, ...times, revoked: [...model.values()] })
    t.is(entries.size, model.size)
    t.deepEqual(kept, anew)
    const fields = sequenceOf(sequenceOf(readDer(kept), 'CRL')[0], 'tbs')
    t.is(fields.length, model.size === 0 ? 6 : 7)
  })
  await fc.assert(property, { seed, numRuns })
})

test('an entry that no list may have is refused before it is kept, and a list older than its entries before it is signed', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const entries = createCrlEntries()
  t.throws(
    () => {
      entries.put({ serial: `01${'00'.repeat(20)}`, reason: 'superseded', revokedAt: at })
    },
    { code: 'CA_PROFILE_VIOLATED' },
    'more than 20 octets',
  )
  t.is(entries.size, 0)
  let signed = 0
  const signer = {
    certificate: district.certificates.issuing,
    algorithm: 'ecdsa-p256-sha256' as const,
    sign: () => {
      signed += 1
      return Promise.resolve(new Uint8Array(8))
    },
  }
  const build = (thisUpdate: Date, nextUpdate: Date): Promise<Uint8Array> =>
    buildCrl({
      ...{ signer, number: 1, thisUpdate, nextUpdate },
      revoked: [{ serial: '4a', reason: 'superseded', revokedAt: at }],
    })
  const later = new Date(at.getTime() + 1000)
  await t.throwsAsync(build(new Date(at.getTime() - 1000), later), { code: 'CA_PROFILE_VIOLATED' })
  await t.throwsAsync(build(at, at), { code: 'CA_PROFILE_VIOLATED' })
  t.is(signed, 0)
})

test('a root that comes back for a ceremony goes on above the lists that it left behind', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { authority, certificates, clock, journal } = district
  const number = clock.now().getTime() + 1_000_000
  const times = { thisUpdate: clock.now(), nextUpdate: new Date(clock.now().getTime() + 1000) }
  const list = { crl: certificates.root, number, ...times }
  await journal.commit({
    entries: [crlPublishedEntry({ ...list, issuer: issuerId(certificates.root), actor: boxActor })],
  })
  await journal.commit(authority.prepareFreshCrls({ actor: boxActor }))
  t.is((await authority.crl('root')).number, number + 1)
  t.true((await authority.crl('issuing')).number < number)
})

test('a revoked issuing authority issues nothing more, and its lists and answers go on', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { authority, certificates, clock } = district
  const seat = await issueSeat(authority)
  await authority.revoke({
    ...{ sha256: sha256Hex(certificates.issuing), reason: 'cACompromise', actor: boxActor },
  })
  await t.throwsAsync(issueSeat(authority, '李四'), { code: 'CA_ISSUER_REVOKED' })
  t.is((await authority.crl('root')).revoked, 1)
  await authority.revoke({ sha256: sha256Hex(seat), reason: 'superseded', actor: boxActor })
  t.is((await authority.crl('issuing')).revoked, 1)
  t.true((await authority.ocsp.answerFor(seat, clock.now())).length > 0)
})

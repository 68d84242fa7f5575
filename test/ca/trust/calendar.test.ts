/** Certificates by month, by end, and found by the beginning of a number, without reading through all of them. */
import test from 'ava'
import {
  boxActor,
  caFolds,
  countByMonth,
  countEnding,
  endingBetween,
  findByDigits,
  rebuildViews,
  revokedCertificates,
  sha256Hex,
  type CertificateState,
  type RevocationReason,
} from '../../../ca/index.ts'
import { issueSeat, openDistrict, type TestDistrict } from './district.ts'

const day = 86_400_000

async function states(
  { authority }: TestDistrict,
  count: number,
): Promise<readonly CertificateState[]> {
  const found: CertificateState[] = []
  for (let at = 0; at < count; at++) {
    const der = await issueSeat(authority, `甲${String(at)}`)
    const state = await authority.certificate(sha256Hex(der))
    if (state !== undefined) found.push(state)
  }
  return found
}

const revoke = (
  { authority }: TestDistrict,
  { sha256 }: CertificateState,
  reason: RevocationReason,
): Promise<void> => authority.revoke({ sha256, reason, actor: boxActor })

test('each month says how many were issued, end and were revoked; a hold ends nothing', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { views } = district.journal
  const [one, two, three] = await states(district, 3)
  if (!one || !two || !three) return t.fail()
  const end = one.notAfter.toISOString().slice(0, 7)
  const now = district.clock.now().toISOString().slice(0, 7)
  const counts = async (month: string) =>
    (await countByMonth(views)).find((row) => row.month === month)
  const before = (await counts(end))?.ending ?? 0
  t.true(before >= 3)
  await revoke(district, one, 'keyCompromise')
  await revoke(district, two, 'certificateHold')
  t.is((await counts(end))?.ending, before - 1)
  t.is((await counts(now))?.revoked, 1)
  await revoke(district, two, 'superseded')
  t.is((await counts(end))?.ending, before - 2)
  t.is((await counts(now))?.revoked, 2)
  const all = await district.authority.certificates({ limit: 500 })
  t.is((await counts(now))?.issued, all.items.length)
  const months = await countByMonth(views)
  t.deepEqual(
    months.map(({ month }) => month),
    months.map(({ month }) => month).toSorted(),
  )
  t.is(
    months.reduce((sum, { ending }) => sum + ending, 0),
    all.items.length - 2,
  )
})

test('certificates are listed by their ends in pages, without those that were revoked', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { views } = district.journal
  const made = await states(district, 5)
  const [first] = made
  if (!first) return t.fail()
  await revoke(district, first, 'superseded')
  const range = {
    from: new Date(first.notAfter.getTime() - day),
    to: new Date(first.notAfter.getTime() + day),
  }
  const seen: string[] = []
  let after: CertificateState | undefined
  for (;;) {
    const page = await endingBetween(views, { ...range, limit: 2, ...(after && { after }) })
    seen.push(...page.items.map(({ sha256 }) => sha256))
    after = page.items.at(-1)
    if (!page.hasMore) break
  }
  const rest = made.slice(1).map(({ sha256 }) => sha256)
  t.deepEqual(seen.toSorted(), rest.toSorted())
  t.deepEqual(await countEnding(views, { ...range, limit: 10 }), { count: 4, hasMore: false })
  t.deepEqual(await countEnding(views, { ...range, limit: 3 }), { count: 3, hasMore: true })
  const past = { from: new Date(0), to: new Date(first.notAfter.getTime() - 30 * day), limit: 9 }
  const early = (await endingBetween(views, past)).items.map(({ holder }) => holder)
  // The box's own that end sooner.
  t.deepEqual([...new Set(early)], ['box'])
})

test('a certificate is found by the beginning of its fingerprint or serial number, of any issuer', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { views } = district.journal
  const [one] = await states(district, 3)
  const [, root] = district.authority.chain
  if (!one || !root) return t.fail()
  const found = async (digits: string): Promise<string[]> =>
    (await findByDigits(views, { digits, limit: 5 })).items.map(({ sha256 }) => sha256)
  t.deepEqual(await found(one.sha256), [one.sha256])
  t.true((await found(one.sha256.slice(0, 8))).includes(one.sha256))
  t.true((await found(one.serial.slice(0, 8))).includes(one.sha256))
  const rootState = await district.authority.certificate(sha256Hex(root))
  t.deepEqual(await found(rootState?.serial ?? ''), [sha256Hex(root)])
  t.deepEqual(await found('zzzz'), [])
  t.deepEqual(await found('12'), [])
  t.deepEqual(await found(`${one.sha256}/`), [])
})

test('what is revoked or on hold is listed in pages without looking at the rest', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const { views } = district.journal
  const made = await states(district, 4)
  for (const one of made.slice(1)) await revoke(district, one, 'certificateHold')
  const seen: string[] = []
  let after: CertificateState | undefined
  for (;;) {
    const page = await revokedCertificates(views, { limit: 2, ...(after && { after }) })
    seen.push(...page.items.map(({ sha256 }) => sha256))
    after = page.items.at(-1)
    if (!page.hasMore) break
  }
  const gone = made.slice(1).map(({ sha256 }) => sha256)
  t.deepEqual(seen.toSorted(), gone.toSorted())
})

test('rebuilt views count the same', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const [one] = await states(district, 2)
  if (!one) return t.fail()
  await revoke(district, one, 'certificateHold')
  await revoke(district, one, 'keyCompromise')
  const live = await district.dump()
  await rebuildViews({ ...district.storage, folds: caFolds, foldsVersion: 1 })
  t.deepEqual(await district.dump(), live)
})

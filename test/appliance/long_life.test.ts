/**
 * Long life (RFC 4998): a whole box on clocks that the test turns on by months. Years pass, keys follow one another, nobody touches a
 * document; what was signed in the first hour is judged by what its unit took home then and by the records of today.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { unzipSync } from 'fflate'
import {
  boxActor,
  currentService,
  readClocks,
  crlIssuedEntry,
  issuerId,
  rollOverIssuing,
  rollOverRoot,
  suiteOf,
  systemRandom,
} from '../../ca/index.ts'
import { readBoxFile } from '../../appliance/box/data_folder.ts'
import { openBoxKeys } from '../../appliance/box/keys.ts'
import { prepareRollOver } from '../../appliance/box/roll_over.ts'
import { readCertificate } from '../../ca/path/index.ts'
import type { Principal } from '../../exchange/index.ts'
import { requestsOf, verifyFile, type GivenFile, type Report } from '../../exchange/verify/index.ts'
import { openTestBox, type TestBox, type TestUnit } from '../web/box_fixture.ts'
import { dispatched, type Between } from '../web/trip.ts'
import { dump, openStore } from '../ca/journal/places.ts'
import { differingKeys, run, sealbox, temporaryFolder, type Ended } from './places.ts'

const dayMs = 86_400_000

/** A box whose time passes as the test says. */
async function openPassing(t: ExecutionContext) {
  let passed = 0
  const box = await openTestBox({
    readClocks: () => {
      const { wall, monotonic } = readClocks()
      return { wall: wall + passed, monotonic: monotonic + passed }
    },
  })
  t.teardown(() => box.close())
  return {
    box,
    now: () => box.parts.clock.now(),
    /** Time goes on, and the box does what it does by itself. */
    async pass(days: number) {
      passed += days * dayMs
      await box.box.rollOver()
      await box.parts.authority.refreshCrls(boxActor)
      return box.parts.archive.tend()
    },
    after: (days: number) => new Date(Date.now() + passed + days * dayMs),
  }
}

type Passing = Awaited<ReturnType<typeof openPassing>>

/** What the unit has of a document. */
async function holdings(box: TestBox, of: TestUnit, id: string): Promise<GivenFile[]> {
  const { bytes } = await box.parts.bundles(await clerk(box, of), id)
  return Object.entries(unzipSync(bytes)).map(([name, file]) => ({ name, bytes: file }))
}

async function clerk(box: TestBox, of: TestUnit): Promise<Principal> {
  const principal = await box.parts.directory.principal(
    `seat:${of.unit.uscc}/clerk`,
    of.keys.clerk.name,
  )
  if (principal === undefined) throw new TypeError('no such seat')
  return principal
}

/** Reports on all that can be judged among some files, by the root alone. */
async function judge(
  box: TestBox,
  files: readonly GivenFile[],
  { at, trust = [box.root] }: { readonly at: Date; readonly trust?: readonly Uint8Array[] },
): Promise<Report[]> {
  const { links: certificates } = box.parts.authority
  const common = { trust, at, companions: { certificates } }
  const wanted = files.filter(({ name }) => /\.pdf|\.(receipt|dispatch|approval)\.json/.test(name))
  return Promise.all(requestsOf(wanted, common).map(verifyFile))
}

const verdicts = (reports: readonly Report[]) =>
  reports.map(({ file, verdict }) => `${file.split('.').slice(1).join('.')} ${verdict}`).sort()
const worstOf = (reports: readonly Report[]) => [...new Set(reports.map(({ verdict }) => verdict))]
const record = (files: readonly GivenFile[], ending: string) =>
  files.find(({ name }) => name.endsWith(ending))?.bytes ?? new Uint8Array()

async function signedFor(between: Between): Promise<string> {
  const { id } = await dispatched(between)
  for (const { clerk: seat } of between.main ?? []) {
    await seat.signFor(id)
  }
  return id
}

/** A root follows in a ceremony, with the links between the two (docs/ceremony.md). */
async function rollOverTheRoot(passing: Passing): Promise<void> {
  const { trust, journal } = passing.box.box
  const { keys, parts, close } = await ceremony(passing)
  await keys.generate('root-2', 'ecdsa-p256-sha256')
  const rolled = await rollOverRoot(parts, {
    roots: trust.services.root.map(({ certificate }) => certificate),
    old: await keys.open('root', currentService(trust.services, 'root').certificate),
    key: await keys.openKey('root-2'),
  })
  const issuer = issuerId(rolled.root.certificate)
  const list = crlIssuedEntry({ issuer, actor: boxActor, at: parts.at, crlValidForDays: 7 })
  await journal.commit({ entries: [...rolled.entries, list] })
  await trust.reload()
  await close()
}

async function ceremony({ box, now }: Passing) {
  const { directory } = box
  const file = readBoxFile(directory)
  const { keys, close } = await openBoxKeys({ directory, file, secrets: undefined })
  const { mode, districtName, hostNames, pkiUrl: origin } = file
  const identity = { mode, districtName, hostNames }
  const parts = { box: identity, random: systemRandom, at: now(), origin }
  return { file, keys, parts, close }
}

/** An authority follows in a ceremony, and keys below it that stamp and sign heads. */
async function rollOverAuthority(
  passing: Passing,
  roles: readonly ('timestamping' | 'journal')[] = ['timestamping', 'journal'],
): Promise<void> {
  const { box } = passing
  const { trust, journal } = box.box
  const { file, keys, parts, close } = await ceremony(passing)
  const { services } = trust
  const root = currentService(services, 'root')
  const rolled = await rollOverIssuing(parts, {
    ...{ keys, root: await keys.open(root.key, root.certificate) },
    generations: {
      root: services.root.length,
      issuing: services.issuing.length,
      ocsp: services.ocsp.length,
    },
    algorithm: suiteOf(root.certificate) === 'rsa-sha256' ? 'rsa-sha256' : 'ecdsa-p256-sha256',
  })
  await journal.commit({ entries: rolled.entries })
  await trust.reload()
  const ground = { file, journal, keys, clock: box.parts.clock, random: systemRandom, trust }
  for (const role of roles) {
    await journal.commit(await prepareRollOver(ground, { role, actor: boxActor }))
    await trust.reload()
  }
  await close()
}

test('nightly timestamps and renewals carry a document and its receipts over the ends of all certificates', async (t) => {
  const passing = await openPassing(t)
  const { box, now } = passing
  const { archive } = box.parts
  const [one, two] = box.units
  const id = await signedFor({ issuers: [one], main: [two] })

  t.deepEqual(await archive.tend(), { stamped: undefined, renewed: undefined }, 'no night passed')
  const today = await holdings(box, one, id)
  t.false(today.some(({ name }) => name.endsWith('.ers')))
  const { stamped } = await passing.pass(1)
  const size = box.parts.journal.size
  const journalled = await box.entries(size - 1, 'evidence.stamped')
  t.is(journalled[0]?.data['root'], stamped?.root)
  t.is(journalled[0]?.data['count'], stamped?.count)
  const first = await holdings(box, one, id)
  const records = first.filter(({ name }) => name.endsWith('.ers')).map(({ name }) => name)
  t.is(records.length, 4, `of PDF, approval, dispatch and receipt: ${records.join(' ')}`)

  const reports = await judge(box, first, { at: now() })
  t.deepEqual(worstOf(reports), ['TOTAL-PASSED'], JSON.stringify(verdicts(reports)))
  t.true(reports.every(({ renewals }) => renewals?.length === 1))
  // Without a renewal the verdict flips on the second that the reports predict.
  for (const report of reports) {
    const last = new Date(report.validUntil ?? 0)
    const files = first.filter(({ name }) => name.split('/').at(-1)?.startsWith(report.file))
    t.deepEqual(worstOf(await judge(box, files, { at: last })), ['TOTAL-PASSED'])
    const after = new Date(last.getTime() + 1000)
    t.deepEqual(worstOf(await judge(box, files, { at: after })), ['INDETERMINATE'], report.file)
  }
  const firstEnd = new Date(reports[0]?.validUntil ?? 0)

  const [years, stepDays] = [20.5, 60]
  const begin = now().getTime()
  let renewals = 0
  let authorities = 1
  let roots = 1
  while (now().getTime() < begin + years * 365 * dayMs) {
    const { renewed } = await passing.pass(stepDays)
    if (renewed) renewals++
    const passed = (now().getTime() - begin) / (365 * dayMs)
    if (passed > 12 * roots) roots += await rollOverTheRoot(passing).then(() => 1)
    if (passed > 8 * authorities) authorities += await rollOverAuthority(passing).then(() => 1)
    const state = await archive.state()
    t.not(state.renewal, 'blocked')
    t.true((state.validUntil ?? new Date(0)) > now(), 'never without evidence')
  }
  t.true(now() > firstEnd, 'what was taken home then has ended')
  t.deepEqual(worstOf(await judge(box, first, { at: now() })), ['INDETERMINATE'])
  t.is(renewals, 5)
  const fresh = await holdings(box, one, id)
  t.deepEqual(record(fresh, '.pdf'), record(first, '.pdf'), 'not an octet of the document changed')
  // The first root lives for twenty years; whoever trusts the newest root alone finds the way by the links.
  const trust = box.parts.authority.roots.slice(-1)
  const renewed = await judge(box, fresh, { at: now(), trust })
  t.deepEqual(
    worstOf(renewed),
    ['TOTAL-PASSED'],
    JSON.stringify(renewed.map((one) => one.findings)),
  )
  const lastDay = new Date(Math.min(now().getTime(), readCertificate(box.root).notAfter.getTime()))
  t.deepEqual(worstOf(await judge(box, fresh, { at: lastDay })), ['TOTAL-PASSED'])
  // The bundle as a whole, which has the links inside.
  const { bytes } = await box.parts.bundles(await clerk(box, one), id)
  const whole = await verifyFile({ name: 'x.asice', bytes, trust, at: now() })
  t.is(whole.verdict, 'TOTAL-PASSED', JSON.stringify(whole.findings))
  const ends = renewed.map(({ validUntil }) => new Date(validUntil ?? 0))
  t.true(ends.every((end) => end > now()))
})

test('what is signed after a roll-over of the authority passes, though signer and services have different ones', async (t) => {
  const passing = await openPassing(t)
  const { box, now } = passing
  // The units of this test know the journal's key as it was.
  await rollOverAuthority(passing, ['timestamping'])
  const [one, two] = box.units
  const id = await signedFor({ issuers: [one], main: [two] })
  await box.parts.archive.tend({ now: true })
  const reports = await judge(box, await holdings(box, one, id), { at: now() })
  t.is(reports.length, 4)
  t.deepEqual(
    worstOf(reports),
    ['TOTAL-PASSED'],
    JSON.stringify(reports.map((one) => one.signatures)),
  )
})

test('another hash algorithm covers everything anew, also where the work was cut short', async (t) => {
  const passing = await openPassing(t)
  const { box, now } = passing
  const { archive, timeStamping } = box.parts
  const [one, two] = box.units
  const id = await signedFor({ issuers: [one], main: [two] })
  await passing.pass(1)
  const stamp = timeStamping.stamp.bind(timeStamping)
  timeStamping.stamp = () => Promise.reject(new Error('the box is switched off'))
  await t.throwsAsync(archive.rehash('SHA-512'), { message: 'the box is switched off' })
  timeStamping.stamp = stamp
  t.is((await archive.state()).renewed, undefined, 'nothing counts before its entry stands')
  const rehashed = await archive.rehash('SHA-512')
  t.is(rehashed?.hash, 'SHA-512')
  const files = await holdings(box, one, id)
  const reports = await judge(box, files, { at: now() })
  t.deepEqual(worstOf(reports), ['TOTAL-PASSED'])
  t.true(reports.every(({ renewals }) => renewals?.length === 1))
  // What comes in from now on is hashed by the new algorithm, and renewed with the rest.
  const renewed = await archive.renew()
  t.is(renewed?.hash, 'SHA-512')
  const again = await judge(box, await holdings(box, one, id), { at: now() })
  t.true(again.every(({ renewals }) => renewals?.length === 1))
})

test('what was signed while time-stamping was down gets its timestamp beside it, and no octet changes', async (t) => {
  const passing = await openPassing(t)
  const { box, now } = passing
  const { archive, timeStamping } = box.parts
  const [one, two] = box.units
  const stamp = timeStamping.stamp.bind(timeStamping)
  timeStamping.stamp = () => Promise.reject(new Error('the token is away'))
  const id = await signedFor({ issuers: [one], main: [two] })
  const before = await holdings(box, one, id)
  t.true((await archive.state()).unstamped > 0)
  await t.throwsAsync(archive.tend(), { message: 'the token is away' })
  const open = await judge(box, before, { at: now() })
  t.true(
    open.every(({ findings, signatures }) =>
      JSON.stringify([findings, signatures]).includes('NO_TIMESTAMP'),
    ),
  )

  timeStamping.stamp = stamp
  const { stamped } = await archive.tend()
  t.truthy(stamped, 'at once, not at night')
  t.is((await archive.state()).unstamped, 0)
  const after = await holdings(box, one, id)
  for (const { name, bytes } of before) {
    // The document and what was signed; the rest is about the journal of now.
    if (!/^(statements|receipts)\/|^[^/]*\.pdf$/.test(name)) continue
    t.deepEqual(after.find((file) => file.name === name)?.bytes, bytes, name)
  }
  // The unit's certificates end after three years; what they signed is proven for as long as the record lasts.
  const later = await judge(box, after, { at: passing.after(4 * 365) })
  t.deepEqual(worstOf(later), ['TOTAL-PASSED'], JSON.stringify(later.map((one) => one.signatures)))
  const without = await judge(box, before, { at: passing.after(4 * 365) })
  t.deepEqual(worstOf(without), ['INDETERMINATE'])
})

const library = '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1'

/** Runs the command line on a machine whose clock says something else. */
async function sealboxAt(time: string, args: readonly string[]): Promise<Ended> {
  const faked = [
    `LD_PRELOAD=${library}`,
    `FAKETIME=${time}`,
    'DONT_FAKE_MONOTONIC=1',
    'NO_FAKE_STAT=1',
  ]
  return run('env', [...faked, sealbox, ...args])
}

test('on a machine of two and a half years later the command line passes what was taken home today, of six and a half no more', async (t) => {
  const folder = await temporaryFolder(t)
  const passing = await openPassing(t)
  const { box } = passing
  const [one, two] = box.units
  const id = await signedFor({ issuers: [one], main: [two] })
  await box.parts.archive.tend({ now: true })
  const paths: string[] = []
  for (const { name, bytes } of await holdings(box, one, id)) {
    if (!/^(statements|receipts)\/|^[^/]*\.pdf/.test(name)) continue
    const path = join(folder, name.replaceAll('/', '.'))
    await writeFile(path, bytes)
    if (/\.(pdf|json)$/.test(name)) paths.push(path)
  }
  const trust = join(folder, 'root.pem')
  await writeFile(trust, box.rootPem)
  const verify = ['verify', ...paths, '--trust', trust, '--json']
  const then = await sealboxAt('+920d', verify)
  t.is(then.status, 0, then.stderr + then.stdout)
  const reports = then.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Report)
  t.is(reports.length, 4)
  const muchLater = new Date(Date.now() + 900 * dayMs).toISOString()
  t.true(reports.every(({ renewals, at }) => renewals?.length === 1 && at > muchLater))
  t.is((await sealboxAt('+2380d', verify)).status, 2)

  // The command does on a box at rest what a night does.
  await box.stop()
  const renew = ['renew-evidence', '--data', box.directory, '--all', '--hash', 'SHA-512']
  const night = await sealboxAt('+1d', renew)
  t.is(night.status, 0, night.stderr + night.stdout)
  t.regex(night.stdout, /renewed: 1 \(SHA-256/)
  t.regex(night.stdout, /hashed anew: \d+ \(SHA-512/)
  t.is((await sealboxAt('+1d', ['renew-evidence', '--hash', 'MD5'])).status, 64)
  const views = async (): Promise<Map<string, string>> => {
    const store = await openStore(join(box.directory, 'views'))
    const all = await dump(store)
    await store.close()
    return all
  }
  const live = await views()
  t.is((await run(sealbox, ['rebuild', '--data', box.directory])).status, 0)
  t.deepEqual(differingKeys(await views(), live), [], 'rebuilt views equal the live ones')
})

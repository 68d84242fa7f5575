/** Bringing and ordering an upgrade: administrators bring, two officers order, root judges again, and the journal says how it ended. */
import { randomUUID } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import test from 'ava'
import { statementAttributes, type Statement } from '../../exchange/index.ts'
import { toBase64 } from '../../ca/index.ts'
import { refusal } from '../../appliance/upgrade/act.ts'
import { UpgradeError } from '../../appliance/upgrade/errors.ts'
import { installUpgrade } from '../../appliance/upgrade/install.ts'
import type { Outcome } from '../../appliance/upgrade/job.ts'
import { keepOrFall } from '../../appliance/upgrade/healthy.ts'
import { slotIo } from '../../appliance/upgrade/slot_io.ts'
import {
  benchMachine,
  makeReleaseKey,
  now,
  type BenchMachine,
  type BuiltBundle,
} from '../appliance/upgrade/bench_machine.ts'
import { proposedOrder } from '../exchange/unit/asking.ts'
import { openTestBox, type Reply, type TestBox, type TestPerson } from './box_fixture.ts'
import { browserOf, type Browser } from './pages/browse.ts'

let bench: BenchMachine
let box: TestBox
let second: TestPerson
let keeper: TestPerson
let administrator: Browser
let officer: Browser
/** How often the machine was asked to start again. */
let restarts = 0
/** Keeps root from acting, as a crash would. */
let isGone = false

/** Root's part on the files of a test. */
async function install(
  of: Pick<Parameters<typeof installUpgrade>[0], 'manifest' | 'order'>,
): Promise<Outcome> {
  if (isGone) throw new Error('nobody answers')
  try {
    const { version } = await installUpgrade({ machine: bench.machine, now, ...of })
    return { installed: true, version }
  } catch (error) {
    if (error instanceof UpgradeError) return refusal(error)
    throw error
  }
}

test.before(async () => {
  bench = await benchMachine()
  box = await openTestBox({
    upgrades: {
      machine: bench.machine,
      hands: {
        install,
        reboot: () => {
          restarts += 1
          return Promise.resolve()
        },
        onStick: () => Promise.resolve(['sealbox-1.1.0.sealbox-upgrade']),
        fromStick: async () => (await bench.build({ version: '1.1.0' })).path,
      },
    },
  })
  second = await box.appoint('officer-two', 'officer')
  keeper = await box.appoint('administrator-1', 'administrator')
  administrator = browserOf(box, keeper.login)
  officer = browserOf(box, second.login)
})
test.after.always(async () => {
  await box.close()
  await bench.remove()
})

const piece = (offset: number, body: Uint8Array, as = keeper.login): Promise<Reply> =>
  box.request({
    ...{ method: 'POST', path: `/api/v1/upgrade/acts/append?offset=${String(offset)}`, as, body },
    headers: { 'Content-Type': 'application/octet-stream', 'Idempotency-Key': randomUUID() },
  })

async function upload({ path }: BuiltBundle, pieceBytes = 1_000_000): Promise<Reply> {
  const whole = await readFile(path)
  let reply: Reply | undefined
  for (let at = 0; at < whole.length; at += pieceBytes) {
    reply = await piece(at, whole.subarray(at, at + pieceBytes))
    if (reply.status !== 200) return reply
  }
  if (reply === undefined) throw new TypeError('nothing was sent')
  return reply
}

const orderOf = (bundle: BuiltBundle, version = '1.1.0') =>
  ({ act: 'install-upgrade', version, manifest: bundle.manifest }) as const

async function countersign(order: string, by: TestPerson): Promise<Reply> {
  const bytes = (await box.request({ path: `/api/v1/orders/${order}/statement`, as: by.login }))
    .bytes
  const statement = JSON.parse(bytes.toString()) as Statement
  const { signer, name } = by.signing
  const signature = toBase64(await signer.sign(statementAttributes(statement, signer.certificate)))
  const json = { signature, certificate: name }
  return box.act(`/api/v1/orders/${order}/acts/countersign`, { as: by.login, json })
}

/** The last upgrade, once it has come so far. */
async function lastIn(state: string): Promise<Record<string, unknown>> {
  for (let tries = 0; tries < 1200; tries += 1) {
    const { last } = await box.parts.upgrade.state()
    if (last?.state === state) return { ...last }
    await pause(50)
  }
  throw new Error(`the upgrade never came to be ${state}`)
}

async function start(version: string, slot: 'a' | 'b', finds: 'well' | 'ill'): Promise<boolean> {
  await bench.start(version, slot)
  return keepOrFall({
    ...{ machine: bench.machine, io: slotIo, now, port: 1, pkiPort: 1, say: () => undefined },
    ...{ patienceMs: 1, look: () => Promise.resolve(finds) },
  })
}

test.serial(
  'only administrators bring a bundle; auditors see the versions, seats do not',
  async (t) => {
    const auditor = await box.appoint('auditor-1', 'auditor')
    const [unit] = box.units
    for (const as of [box.officer.login, auditor.login, unit.keys.clerk]) {
      t.is((await piece(0, Buffer.from('sealbox-upgrade/1'), as)).code, 'ROLE_WRONG')
    }
    const path = '/api/v1/upgrade'
    t.is((await box.request({ path, as: unit.keys.clerk })).code, 'ROLE_WRONG')
    for (const as of [auditor.login, second.login]) {
      t.is((await box.request({ path, as })).json['version'], '1.0.0')
    }
  },
)

test.serial(
  'what is refused is refused from its first piece, and nothing of it is kept',
  async (t) => {
    const from = box.parts.journal.size
    const other = makeReleaseKey(bench.folder, 'other')
    const cases: readonly (readonly [string, Uint8Array])[] = [
      ['UPGRADE_MALFORMED', Buffer.from('PK\u0003\u0004 no bundle')],
      [
        'UPGRADE_SIGNATURE',
        await readFile((await bench.build({ version: '1.1.0', signer: other.signer })).path),
      ],
      ['UPGRADE_NOT_NEWER', await readFile((await bench.build({ version: '1.0.0' })).path)],
      [
        'UPGRADE_DATA',
        await readFile(
          (await bench.build({ version: '1.1.0', data: { reads: [9], writes: 9 } })).path,
        ),
      ],
    ]
    for (const [code, bytes] of cases) {
      const reply = await piece(0, bytes.subarray(0, 100_000))
      t.is(reply.code, code, reply.text)
      t.is((await box.parts.upgrade.state()).receiving, undefined, code)
    }
    t.is((await piece(0, new Uint8Array(8 * 1024 * 1024 + 1))).code, 'BODY_TOO_LARGE')
    const entries = await box.entries(from)
    t.deepEqual(
      entries.filter(({ type }) => type.startsWith('upgrade.')),
      [],
    )
  },
)

test.serial('an upload goes on where it stopped, and from nowhere else', async (t) => {
  const bundle = await bench.build({ version: '1.1.0' })
  const whole = await readFile(bundle.path)
  t.is((await piece(0, whole.subarray(0, 700_000))).status, 200)
  const wrong = await piece(300_000, whole.subarray(300_000, 400_000))
  t.is(wrong.code, 'UPGRADE_OFFSET')
  t.is(wrong.json['received'], 700_000)
  const { receiving } = await box.parts.upgrade.state()
  t.deepEqual(receiving, { bytes: 700_000, of: whole.length, version: '1.1.0' })
  t.true((await administrator.get('/upgrade')).text.includes('再选同一个文件即可接着传'))
  t.is((await piece(700_000, whole.subarray(700_000))).status, 200)
  const { staged } = await box.parts.upgrade.state()
  t.like(staged, { version: '1.1.0', manifest: bundle.manifest, bytes: whole.length })
  const [entry] = (await box.entries(0, 'upgrade.staged')).slice(-1)
  t.like(entry, { actor: { holder: keeper.holder }, data: { manifest: bundle.manifest } })
  // Damage that no header shows is found at the end.
  const damaged = Buffer.from(whole)
  damaged.writeUInt8(damaged.readUInt8(damaged.length - 7) ^ 1, damaged.length - 7)
  t.is((await piece(0, damaged.subarray(0, 3_000_000))).status, 200)
  t.is((await piece(3_000_000, damaged.subarray(3_000_000))).code, 'UPGRADE_DAMAGED')
  // The one that was whole before still lies there.
  t.is((await box.parts.upgrade.state()).staged?.manifest, bundle.manifest)
})

test.serial(
  'an administrator takes it away, and one from the stick is taken the same way',
  async (t) => {
    const gone = await administrator.post('/upgrade/discard', {})
    t.is(gone.status, 303)
    t.is((await box.parts.upgrade.state()).staged, undefined)
    const listed = await administrator.post('/upgrade/stick', {})
    t.true(listed.text.includes('读取 sealbox-1.1.0.sealbox-upgrade'))
    const taken = await administrator.post('/upgrade/stick', {
      fields: { name: 'sealbox-1.1.0.sealbox-upgrade' },
    })
    t.is(taken.status, 303, taken.text)
    t.is((await box.parts.upgrade.state()).staged?.version, '1.1.0')
  },
)

test.serial(
  'officers see what is ordered by its hash; what does not lie on the box cannot be ordered',
  async (t) => {
    const bundle = await bench.build({ version: '1.1.0' })
    t.is((await upload(bundle)).status, 200)
    const page = await officer.get('/trust/upgrade', 'en')
    t.true(page.text.includes('Version 1.1.0 can be installed'))
    t.true(page.text.includes(bundle.manifest))
    const form = await officer.get('/orders/new?act=install-upgrade', 'en')
    t.true(form.text.includes(`value="1.1.0 ${bundle.manifest}"`))
    const fields = {
      act: 'install-upgrade',
      bundle: `1.1.0 ${bundle.manifest}`,
      reason: '修正问题',
    }
    const checked = await officer.post('/orders/new', { fields })
    t.is(checked.status, 200, checked.text)
    t.true(checked.text.includes('propose-order'))
    const other = await officer.post('/orders/new', {
      fields: { ...fields, bundle: `1.1.0 ${'0'.repeat(64)}` },
    })
    t.is(other.status, 422)
    t.true(other.text.includes('请先上传'))
    await t.throwsAsync(proposedOrder(box, box.officer, orderOf(bundle, '1.2.0')), {
      message: /UPGRADE_MISSING/,
    })
  },
)

test.serial(
  'two officers order it, root writes it, the machine starts again, and the end is in the journal',
  async (t) => {
    const bundle = await bench.build({ version: '1.1.0' })
    t.is((await upload(bundle)).status, 200)
    const order = await proposedOrder(box, box.officer, orderOf(bundle))
    t.is(restarts, 0)
    const reply = await countersign(order, second)
    t.is(reply.status, 200, reply.text)
    t.like(reply.json, { state: 'installing', version: '1.1.0' })
    await lastIn('ordered')
    for (let tries = 0; restarts === 0 && tries < 1200; tries += 1) await pause(50)
    t.is(restarts, 1)
    t.deepEqual(await bench.entries(), ['sealbox_1.0.0.efi', 'sealbox_1.1.0+3.efi'])
    // As the box would find it after its start, on trial.
    await bench.start('1.1.0', 'b')
    await writeFile(bench.machine.trial, '1.1.0\n')
    const trial = await administrator.get('/upgrade', 'en')
    t.true(trial.text.includes('Version 1.1.0 is on trial'))
    t.is((await piece(0, await readFile(bundle.path))).code, 'UPGRADE_BUSY')
    await rm(bench.machine.trial)
    t.true(await start('1.1.0', 'b', 'well'))
    t.like(await lastIn('committed'), { version: '1.1.0', from: '1.0.0', order, code: null })
    t.like((await box.entries(0, 'upgrade.ended')).at(-1), { data: { state: 'committed', order } })
    t.true((await administrator.get('/upgrade')).text.includes('已保留'))
  },
)

test.serial('an order that a crash kept from beginning is begun at the next look', async (t) => {
  const bundle = await bench.build({ version: '1.2.0' })
  t.is((await upload(bundle)).status, 200)
  const order = await proposedOrder(box, box.officer, orderOf(bundle, '1.2.0'))
  isGone = true
  t.is((await countersign(order, second)).status, 200)
  await lastIn('ordered')
  await pause(200)
  const before = restarts
  isGone = false
  // The look of each five seconds.
  for (let tries = 0; restarts === before && tries < 1200; tries += 1) await pause(50)
  t.is(restarts, before + 1)
  // It falls back by itself: another version runs than the one on trial.
  t.true(await start('1.1.0', 'b', 'well'))
  t.like(await lastIn('fell-back'), { version: '1.2.0', from: '1.1.0', order })
  const page = await administrator.get('/upgrade', 'en')
  t.true(page.text.includes('fell back'))
  t.true(page.text.includes('nothing that was answered is lost'))
})

test.serial('what root refuses is said, and nothing has changed', async (t) => {
  const bundle = await bench.build({ version: '1.3.0', rootBytes: 3 * 1024 * 1024 + 1 })
  t.is((await upload(bundle)).status, 200)
  const order = await proposedOrder(box, box.officer, orderOf(bundle, '1.3.0'))
  t.is((await countersign(order, second)).status, 200)
  t.like(await lastIn('failed'), { code: 'UPGRADE_TOO_LARGE', version: '1.3.0' })
  t.true((await administrator.get('/upgrade')).text.includes('升级包装不进本机的磁盘分区'))
  t.deepEqual(await bench.entries(), ['sealbox_1.1.0.efi'])
})

test.serial('a box that is no image says so, and takes nothing', async (t) => {
  const plain = await openTestBox()
  try {
    const person = await plain.appoint('administrator-1', 'administrator')
    const browser = browserOf(plain, person.login)
    t.true((await browser.get('/upgrade', 'en')).text.includes('does not run as the image'))
    const reply = await plain.request({
      ...{ method: 'POST', path: '/api/v1/upgrade/acts/append?offset=0', as: person.login },
      body: await readFile(join(bench.folder, 'image.json')),
      headers: { 'Content-Type': 'application/octet-stream', 'Idempotency-Key': randomUUID() },
    })
    t.is(reply.code, 'UPGRADE_NOT_HERE')
  } finally {
    await plain.close()
  }
})

/** The stick's acts over folders in place of the mounts, and the lines for the packet filter over nft itself. */
import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { machinePaths, type Machine } from '../../../appliance/machine/act.ts'
import { outgoingRules, setOutgoing } from '../../../appliance/machine/outgoing.ts'
import { exchangePaths, listUsb, readUsb, writeUsb } from '../../../appliance/machine/stick_acts.ts'
import { emptySpool, runSpool } from './spools.ts'

/** A machine whose stick is there or not; `started` names what systemctl was asked for. */
function machine({ isThere = true } = {}) {
  const root = mkdtempSync(join(tmpdir(), 'sealbox-stick-'))
  const exchange = join(root, 'exchange')
  const stick = join(root, 'stick')
  for (const folder of [stick, ...Object.values(exchangePaths(exchange))])
    mkdirSync(folder, { recursive: true })
  const started: string[] = []
  const of: Machine = {
    paths: {
      ...{ ...machinePaths, exchange, state: join(root, 'state') },
      ...{ stick, stickToWrite: stick },
    },
    execute: (_, [verb = '', ...rest]) => {
      if (verb === 'show') {
        return Promise.resolve(`ActiveState=${isThere ? 'active' : 'inactive'}\n`)
      }
      started.push(`${verb} ${rest.join(' ')}`)
      return Promise.resolve('')
    },
    asker: 'console',
    signal: AbortSignal.timeout(60_000),
  }
  return { of, stick, started, ...exchangePaths(exchange), state: join(root, 'state') }
}

test('without a stick nothing is mounted', async (t) => {
  const { of, started } = machine({ isThere: false })
  await t.throwsAsync(listUsb.perform({}, of), { code: 'STICK_ABSENT' })
  t.deepEqual(started, [])
})

test('a list names files of ours alone: no folder, link or name that means something to a program', async (t) => {
  const { of, stick, started } = machine()
  writeFileSync(join(stick, 'sealbox-2.sealbox-upgrade'), 'four')
  writeFileSync(join(stick, 'holiday.jpg'), '')
  writeFileSync(join(stick, '-rf.sealbox-backup'), '')
  writeFileSync(join(stick, '.hidden.sealbox-backup'), '')
  mkdirSync(join(stick, 'folder.sealbox-backup'))
  symlinkSync('/etc/shadow', join(stick, 'link.sealbox-backup'))
  const { files } = await listUsb.run({}, of)
  t.deepEqual(files, [{ name: 'sealbox-2.sealbox-upgrade', kind: 'upgrade', bytes: 4 }])
  t.deepEqual(
    started.map((line) => line.split(' ')[0]),
    ['start', 'stop'],
  )
})

test('a file comes in whole, in the place of the last of its kind', async (t) => {
  const { of, stick, in: incoming } = machine()
  writeFileSync(join(incoming, 'old.sealbox-upgrade'), 'old')
  writeFileSync(join(incoming, 'kept.sealbox-backup'), 'kept')
  writeFileSync(join(stick, 'new.sealbox-upgrade'), 'new')
  t.deepEqual(await readUsb.run({ name: 'new.sealbox-upgrade' }, of), { bytes: 3 })
  t.deepEqual(readdirSync(incoming).sort(), ['kept.sealbox-backup', 'new.sealbox-upgrade'])
  t.is(readFileSync(join(incoming, 'new.sealbox-upgrade'), 'utf8'), 'new')
})

test('a link on the stick brings nothing of the box along, and a stick is unmounted after a failure too', async (t) => {
  const { of, stick, started, in: incoming } = machine()
  symlinkSync('/etc/passwd', join(stick, 'a.sealbox-backup'))
  await t.throwsAsync(readUsb.run({ name: 'a.sealbox-backup' }, of), { code: 'STICK_FILE_MISSING' })
  t.deepEqual(readdirSync(incoming), [])
  t.true(started.at(-1)?.startsWith('stop'))
})

test('a path in place of a name is refused before anything is mounted', async (t) => {
  const { of, started } = machine()
  for (const name of [
    '../x.sealbox-backup',
    '/etc/x.sealbox-backup',
    'x/y.sealbox-backup',
    'passwd',
  ])
    await t.throwsAsync(readUsb.perform({ name }, of), { code: 'MACHINE_REQUEST_MALFORMED' })
  t.deepEqual(started, [])
})

test('a file goes out, and nothing on the stick is overwritten', async (t) => {
  const { of, stick, out, taken } = machine()
  writeFileSync(join(out, 'a.sealbox-backup'), 'first')
  t.deepEqual(await writeUsb.run({ name: 'a.sealbox-backup' }, of), { bytes: 5 })
  writeFileSync(join(out, 'a.sealbox-backup'), 'second')
  await t.throwsAsync(writeUsb.run({ name: 'a.sealbox-backup' }, of), { code: 'STICK_FILE_EXISTS' })
  t.is(readFileSync(join(stick, 'a.sealbox-backup'), 'utf8'), 'first')
  t.deepEqual([...readdirSync(out), ...readdirSync(taken)], [])
  t.false(existsSync(join(stick, 'a.sealbox-backup.part')))
})

test('what an act that was cut off had in hand is gone with the next run', async (t) => {
  const { of, taken } = machine()
  writeFileSync(join(taken, 'a.sealbox-backup'), 'half a copy')
  await runSpool(emptySpool(), { paths: of.paths })
  t.deepEqual(readdirSync(taken), [])
})

test('a link among the files that go out carries nothing of root’s to the stick', async (t) => {
  const { of, stick, out } = machine()
  symlinkSync('/etc/shadow', join(out, 'a.sealbox-backup'))
  await t.throwsAsync(writeUsb.run({ name: 'a.sealbox-backup' }, of), {
    code: 'STICK_FILE_MISSING',
  })
  t.deepEqual(readdirSync(stick), [])
})

const peers = [
  { address: '10.1.2.3', protocol: 'udp', port: 123 },
  { address: 'fd00::1', protocol: 'tcp', port: 6514 },
] as const

test('whom the box may call stands in a file of the feature, and the filter is told', async (t) => {
  const { of, state, started } = machine()
  await setOutgoing(of, 'time', peers)
  t.is(readFileSync(join(state, 'nftables/time.nft'), 'utf8'), outgoingRules(peers))
  t.deepEqual(started, ['reload nftables.service'])
})

test('an address that would be a command of the filter is refused', async (t) => {
  const { of, started } = machine()
  const address = '10.1.2.3 . udp . 123 }; flush ruleset; #'
  await t.throwsAsync(setOutgoing(of, 'time', [{ address, protocol: 'udp', port: 123 }]))
  t.deepEqual(started, [])
})

test('the image’s packet filter and what an act adds to it are taken by nft', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sealbox-nft-'))
  const added = join(folder, 'time.nft')
  writeFileSync(added, outgoingRules(peers))
  const filter = readFileSync('appliance/image/tree/etc/nftables.conf', 'utf8')
  const file = join(folder, 'nftables.conf')
  writeFileSync(file, filter.replace('/var/lib/sealbox-machine/nftables/', `${folder}/`))
  // In a network namespace of its own: the filter of this machine is not touched.
  const load = (more: string[]) =>
    execFileSync('unshare', ['--net', '--map-root-user', '/usr/sbin/nft', ...more], {
      stdio: 'pipe',
    })
  t.notThrows(() => load(['-f', file]))
  writeFileSync(added, 'add element inet sealbox outgoing4 { shell . udp . 123 }\n')
  t.throws(() => load(['-f', file]))
})

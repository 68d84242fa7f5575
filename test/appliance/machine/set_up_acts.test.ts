/** The acts of a set-up: what root writes for network and time, whose box it adopts, and what it refuses. */
import { existsSync, lstatSync, readdirSync } from 'node:fs'
import { mkdir, readFile, readdir, rename, symlink, writeFile, link } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { ageKeyPair } from '../../../appliance/backup/age/index.ts'
import { machinePaths, type MachinePaths } from '../../../appliance/machine/act.ts'
import { machineActs } from '../../../appliance/machine/acts.ts'
import { openMachine } from '../../../appliance/machine/ask.ts'
import { networkFile, networkSchema } from '../../../appliance/machine/network.ts'
import { rtcTime, timespec, timeToSet } from '../../../appliance/machine/set_clock.ts'
import type { Execute } from '../../../appliance/machine/programs.ts'
import { spoolPaths } from '../../../appliance/machine/request.ts'
import { temporaryFolder } from '../places.ts'
import { emptySpool, runSpool } from './spools.ts'

interface Stage {
  readonly paths: MachinePaths
  readonly calls: string[]
  readonly ask: (
    act: keyof typeof machineActs,
    params: object,
    asker?: 'box' | 'console',
  ) => Promise<unknown>
}

/** Root's one-shot over temporary folders; programs are written down, not run. */
async function stage(t: ExecutionContext): Promise<Stage> {
  const folder = await temporaryFolder(t)
  const paths: MachinePaths = {
    ...machinePaths,
    state: join(folder, 'machine'),
    run: join(folder, 'run'),
    box: join(folder, 'sealbox', 'data'),
    keys: join(folder, 'keys'),
    stickToWrite: join(folder, 'stick'),
  }
  for (const path of [
    join(paths.state, 'console'),
    join(paths.run, 'sealbox'),
    paths.stickToWrite,
    join(folder, 'sealbox'),
  ])
    await mkdir(path, { recursive: true })
  const calls: string[] = []
  const execute: Execute = (program, args) => {
    calls.push([program, ...args].join(' '))
    // What `show` says of a stick that is there.
    return Promise.resolve(args[0] === 'show' ? 'ActiveState=active\n' : '')
  }
  const spool = emptySpool()
  return {
    paths,
    calls,
    async ask(act, params, asker = 'console') {
      const answer = openMachine(spool)?.(act, params)
      const settled = answer?.then(
        (result) => result,
        (error: unknown) => (error as { code?: string }).code,
      )
      const { requests } = spoolPaths(spool)
      while (readdirSync(requests).length === 0) await pause(5)
      await runSpool(spool, { acts: machineActs, paths, execute, asker })
      return settled
    },
  }
}

test('a network is written for networkd and applied; the same is refused with a line break or a path in it', async (t) => {
  const { ask, paths, calls } = await stage(t)
  const given = { method: 'static', address: '10.1.2.3/24', gateway: '10.1.2.1', interface: 'eno1' }
  t.deepEqual(await ask('apply-network', given), {})
  const file = await readFile(join(paths.state, 'network', '10-sealbox.network'), 'utf8')
  t.regex(file, /^\[Match\]\nName=eno1$/m)
  t.regex(file, /^Address=10\.1\.2\.3\/24\nGateway=10\.1\.2\.1$/m)
  t.deepEqual(calls, ['systemctl restart systemd-networkd.service'])
  const bad: readonly object[] = [
    { ...given, address: '10.1.2.3/24\n[Route]' },
    { ...given, address: '10.1.2.3' },
    { ...given, address: '10.1.2.3/33' },
    { ...given, gateway: '10.1.2' },
    { ...given, interface: '../../x' },
    { ...given, interface: 'en*' },
    { ...given, more: 'no' },
    { method: 'dhcp', address: '10.1.2.3/24' },
  ]
  for (const params of bad) t.false(networkSchema.safeParse(params).success, JSON.stringify(params))
  t.is(
    await ask('apply-network', { ...given, address: '10.1.2.3/24\n[Route]' }),
    'MACHINE_REQUEST_MALFORMED',
  )
})

test('of a network that gives addresses nothing but an address and a way out is taken', (t) => {
  const file = networkFile({ method: 'dhcp' })
  t.regex(file, /^\[Match\]\nType=ether$/m)
  for (const refused of [
    'UseDNS',
    'UseNTP',
    'UseHostname',
    'UseDomains',
    'UseRoutes',
    'SendHostname',
  ])
    t.true(file.includes(`${refused}=no`), refused)
  t.regex(file, /^IPv6AcceptRA=no$/m)
})

test('time servers are written for chronyd and let out by the packet filter, four addresses at most', async (t) => {
  const { ask, paths, calls } = await stage(t)
  t.deepEqual(await ask('apply-time-servers', { servers: ['10.1.2.9', 'fd00::9'] }), {})
  const sources = await readFile(join(paths.state, 'chrony', 'local.sources'), 'utf8')
  t.is(sources, 'server 10.1.2.9 iburst\nserver fd00::9 iburst\n')
  const rules = await readFile(join(paths.state, 'nftables', 'time.nft'), 'utf8')
  t.regex(rules, /outgoing4 \{ 10\.1\.2\.9 \. udp \. 123 \}/)
  t.deepEqual(calls, ['systemctl reload nftables.service', 'systemctl restart chronyd.service'])
  for (const servers of [
    ['ntp.example'],
    ['10.1.2.9\nserver x'],
    ['10.1.2.9', '10.1.2.9'],
    Array(5).fill('10.0.0.1'),
  ])
    t.is(await ask('apply-time-servers', { servers }), 'MACHINE_REQUEST_MALFORMED')
})

test('the clock is set while a box is set up, never after, and never at the word of the service', async (t) => {
  const { ask, paths, calls } = await stage(t)
  const job = { time: Date.UTC(2026, 10, 26), monotonic: 1000 }
  t.deepEqual(await ask('set-time', job), {})
  t.deepEqual(calls, ['systemctl start sealbox-set-clock.service'])
  t.deepEqual(JSON.parse(await readFile(join(paths.run, 'sealbox', 'clock.json'), 'utf8')), job)
  t.is(await ask('set-time', job, 'box'), 'MACHINE_REQUEST_REFUSED')
  t.is(await ask('set-time', { ...job, time: Date.UTC(1999) }), 'MACHINE_REQUEST_MALFORMED')
  await mkdir(paths.box)
  await writeFile(join(paths.box, 'VERSION'), '1\n')
  t.is(await ask('set-time', job), 'CLOCK_FIXED')
})

test('what passed since the time was said is added, and the kernel is told in its own shapes', (t) => {
  t.is(timeToSet({ time: 5000, monotonic: 100 }, 350), 5250)
  t.is(timeToSet({ time: 5000, monotonic: 100 }, 50), 5000)
  t.is(Buffer.from(timespec(1_500)).toString('hex'), '01000000000000000065cd1d00000000')
  const fields = new Int32Array(rtcTime(new Date('2026-11-26T01:02:03Z')).buffer)
  t.deepEqual([...fields], [3, 2, 1, 26, 10, 126, 0, 0, 0])
})

test('papers of a ceremony go to the stick by their names, and nothing else that lies about', async (t) => {
  const { ask, paths } = await stage(t)
  const waiting = join(paths.run, 'sealbox-papers')
  await mkdir(waiting)
  const names = ['root.key', 'minutes.json.sig', 'share-2-of-3.json', 'backup-share-2-of-3.json']
  for (const name of [...names, 'codes.txt']) await writeFile(join(waiting, name), name)
  const write = (some: readonly string[], apartFrom: readonly string[] = [], asker?: 'box') =>
    ask('write-papers', { ceremony: '0123abcd', names: some, apartFrom }, asker)
  t.deepEqual(await write(names), { found: [] })
  const written = join(paths.stickToWrite, 'ceremony-0123abcd')
  t.deepEqual((await readdir(written)).sort(), names.toSorted())
  t.is(await readFile(join(written, 'root.key'), 'utf8'), 'root.key')
  // Again after the stick was pulled out too early: the same file.
  t.deepEqual(await write(['root.key']), { found: [] })
  t.is(await write(['root.pem']), 'STICK_FILE_MISSING')
  for (const name of [
    'codes.txt',
    '../root.key',
    'issuing.key',
    '/etc/shadow',
    'share-1-of-3.json/..',
  ])
    t.is(await write([name]), 'MACHINE_REQUEST_MALFORMED', name)
  t.is(
    await ask('write-papers', { ceremony: '../x', names: ['root.key'], apartFrom: [] }),
    'MACHINE_REQUEST_MALFORMED',
  )
  t.is(await write(['root.key'], [], 'box'), 'MACHINE_REQUEST_REFUSED')
  // What another keeps is on it: nothing is written.
  await writeFile(join(waiting, 'share-1-of-3.json'), 'of another')
  const others = ['root.key', 'share-2-of-3.json', 'share-3-of-3.json']
  t.deepEqual(await write(['share-1-of-3.json'], others), { found: others.slice(0, 2) })
  t.false(existsSync(join(written, 'share-1-of-3.json')))
  await symlink(join(paths.state, 'secret'), join(waiting, 'root.pem'))
  t.is(await write(['root.pem']), 'STICK_FILE_MISSING')
})

const recipientOf = (octet: number): string => ageKeyPair(new Uint8Array(32).fill(octet)).recipient
const [ours, another] = [recipientOf(1), recipientOf(2)]

/** What a ceremony leaves at the console. */
async function leaveBox(paths: MachinePaths): Promise<string> {
  const box = join(paths.state, 'console', 'box')
  await mkdir(join(box, 'keys'), { recursive: true })
  for (const name of [
    'VERSION',
    'box.json',
    'keys/tls.key',
    'keys/issuing.key',
    'keys/issuing-2.key',
  ])
    await writeFile(join(box, name), name)
  return box
}

const asRoot = process.getuid?.() === 0 ? test : test.skip

asRoot(
  'a box that the console left is the service’s, its issuing keys are their own process’s',
  async (t) => {
    const { ask, paths } = await stage(t)
    await leaveBox(paths)
    t.is(await ask('adopt-box', {}, 'box'), 'MACHINE_REQUEST_REFUSED')
    t.deepEqual(await ask('adopt-box', {}), {})
    t.deepEqual(await readdir(join(paths.box, 'keys')), ['tls.key'])
    t.deepEqual((await readdir(paths.keys)).sort(), ['issuing-2.key', 'issuing.key'])
    const { uid, mode } = lstatSync(join(paths.box, 'keys', 'tls.key'))
    t.deepEqual([uid, mode & 0o777], [700, 0o600])
    t.is(lstatSync(join(paths.keys, 'issuing.key')).uid, 701)
    t.is(lstatSync(paths.box).uid, 700)
    await leaveBox(paths)
    t.is(await ask('adopt-box', {}), 'BOX_THERE')
  },
)

asRoot(
  'what an adoption that was cut off left of another box goes before a box is adopted, and the recipient of its backups is its own',
  async (t) => {
    const { ask, paths } = await stage(t)
    await mkdir(paths.keys, { recursive: true })
    const left = ['unattended.secret', 'issuing-3.key', 'issuing.crt', 'recipient']
    for (const name of [...left, 'recipient-refused', 'signatures.jsonl'])
      await writeFile(join(paths.keys, name), 'of another box')
    await leaveBox(paths)
    t.is(await ask('adopt-box', { recipient: '../x' }), 'MACHINE_REQUEST_MALFORMED')
    t.deepEqual(await ask('adopt-box', { recipient: ours }), {})
    const now = ['issuing-2.key', 'issuing.key', 'recipient', 'signatures.jsonl']
    t.deepEqual((await readdir(paths.keys)).sort(), now)
    t.is(await readFile(join(paths.keys, 'recipient'), 'utf8'), `${ours}\n`)
    const { uid, mode } = lstatSync(join(paths.keys, 'recipient'))
    t.deepEqual([uid, mode & 0o777], [701, 0o600])
  },
)

asRoot('a folder of data that hides its version keeps its issuing keys', async (t) => {
  const { ask, paths } = await stage(t)
  await leaveBox(paths)
  t.deepEqual(await ask('adopt-box', {}), {})
  await rename(join(paths.box, 'VERSION'), join(paths.box, 'V'))
  await leaveBox(paths)
  await writeFile(join(paths.state, 'console', 'box', 'keys', 'issuing.key'), 'another')
  t.is(await ask('adopt-box', {}), 'BOX_THERE')
  t.is(await readFile(join(paths.keys, 'issuing.key'), 'utf8'), 'keys/issuing.key')
})

asRoot(
  'another key of the backups is accepted at the console alone, and only the one that a backup was for',
  async (t) => {
    const { ask, paths } = await stage(t)
    await mkdir(paths.keys, { recursive: true })
    const put = (name: string, text: string) => writeFile(join(paths.keys, name), text)
    t.deepEqual(await ask('backup-recipient', {}), { kept: null, refused: null })
    await put('recipient', `${ours}\n`)
    t.is(await ask('backup-recipient', { accept: another }), 'MACHINE_REQUEST_REFUSED')
    await put('recipient-refused', `${another}\n`)
    t.is(await ask('backup-recipient', { accept: another }, 'box'), 'MACHINE_REQUEST_REFUSED')
    t.deepEqual(await ask('backup-recipient', {}), { kept: ours, refused: another })
    t.is(await ask('backup-recipient', { accept: ours }), 'MACHINE_REQUEST_REFUSED')
    t.is(await ask('backup-recipient', { accept: 'age1x' }), 'MACHINE_REQUEST_MALFORMED')
    const accepted = await ask('backup-recipient', { accept: another })
    t.deepEqual(accepted, { kept: another, refused: null })
    // Whoever is the keys' process leads root nowhere.
    const secret = join(paths.state, 'secret')
    await writeFile(secret, ours)
    await symlink(secret, join(paths.keys, 'recipient-refused'))
    t.deepEqual(await ask('backup-recipient', {}), { kept: another, refused: null })
  },
)

asRoot(
  'a link, a second name or half a box at the console is refused, and nothing of others changes hands',
  async (t) => {
    for (const trap of ['link', 'hard link', 'folder link', 'half'] as const) {
      const { ask, paths } = await stage(t)
      const secret = join(paths.state, 'secret')
      await writeFile(secret, 'root’s')
      const box = await leaveBox(paths)
      if (trap === 'link') await symlink(secret, join(box, 'keys', 'ocsp.key'))
      if (trap === 'hard link') await link(secret, join(box, 'keys', 'ocsp.key'))
      if (trap === 'folder link') await symlink(paths.state, join(box, 'blobs'))
      if (trap === 'half')
        await import('node:fs/promises').then(({ rm }) => rm(join(box, 'box.json')))
      t.is(await ask('adopt-box', {}), 'BOX_MALFORMED', trap)
      t.false(existsSync(paths.box), trap)
      t.is(lstatSync(secret).uid, 0, trap)
      t.is(lstatSync(paths.state).uid, 0, trap)
    }
  },
)

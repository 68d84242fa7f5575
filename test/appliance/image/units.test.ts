/** The walls of every unit of ours, judged by systemd itself without running it; what each may do is tried in test/image. */
import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import test from 'ava'
import { partitions } from '../../../appliance/image/layout.ts'
import { machineActs } from '../../../appliance/machine/acts.ts'
import { networkFile } from '../../../appliance/machine/network.ts'
import { beginsForMs } from '../../../appliance/machine/run.ts'

const tree = 'appliance/image/tree'

const units = globSync(`${tree}/**/system/sealbox*.service`).sort()

/** Exposure times ten, at most (systemd-analyze(1)); the figure. */
const threshold = 15

/** Whether systemd finds a unit's exposure low enough, and what it said. */
function judge(file: string): { readonly passed: boolean; readonly said: string } {
  const args = [
    'security',
    '--offline=true',
    `--threshold=${String(threshold)}`,
    '--no-pager',
    file,
  ]
  const { status, stdout, stderr } = spawnSync('systemd-analyze', args, { encoding: 'utf8' })
  return { passed: status === 0, said: stdout + stderr }
}

/** Values of a setting in a unit, in order. */
const valuesOf = (text: string, setting: string): string[] =>
  [...text.matchAll(new RegExp(`^${setting}=(.*)$`, 'gm'))].map((match) => match[1] ?? '')

/** Text of a unit, or of what is laid over one, by its name. */
const unit = (name: string): string => readFileSync(`${tree}/etc/systemd/system/${name}`, 'utf8')

/** Values of a setting that takes several in a line. */
const wordsOf = (text: string, setting: string): string[] =>
  valuesOf(text, setting).flatMap((value) => value.split(' '))

test('there are units to judge', (t) => {
  const names = units.map((file) => basename(file))
  for (const name of ['sealbox', 'sealbox-keys', 'sealbox-machine'])
    t.true(names.includes(`${name}.service`))
})

for (const file of units) {
  test(`${basename(file)} has an exposure of 1.5 at most`, (t) => {
    const { passed, said } = judge(file)
    t.true(passed, said)
  })
}

test('the same service without its walls is refused', (t) => {
  const text = readFileSync(`${tree}/etc/systemd/system/sealbox.service`, 'utf8')
  const bare = text.replace(/^(?:Protect|Private|Restrict|SystemCall|Capability|NoNew).*$/gm, '')
  const file = join(mkdtempSync(join(tmpdir(), 'sealbox-unit-')), 'bare.service')
  writeFileSync(file, bare)
  t.false(judge(file).passed)
})

test('what systemd does not know would be no wall: no setting is misspelt', (t) => {
  for (const file of units) t.notRegex(judge(file).said, /Unknown|Failed to parse|ignoring/i)
})

test('what starts them is well formed', (t) => {
  const files = globSync(`${tree}/**/system/{sealbox,run-sealbox}*.{path,socket,mount}`)
  t.true(files.length >= 4)
  const { stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...files], {
    encoding: 'utf8',
  })
  // The programs and users of the image are not on this machine.
  t.notRegex(stderr, /Unknown|Failed to parse|Invalid|ignoring/)
})

test('the service and the keys have no capability, and cannot run what they write', (t) => {
  for (const name of ['sealbox', 'sealbox-keys']) {
    const text = readFileSync(`${tree}/etc/systemd/system/${name}.service`, 'utf8')
    t.deepEqual(valuesOf(text, 'CapabilityBoundingSet'), [''])
    t.true(valuesOf(text, 'NoExecPaths')[0]?.startsWith('/'))
    t.true(valuesOf(text, 'ExecPaths').every((path) => !path.includes('/var')))
  }
})

test('what a unit may write in memory it cannot run: a path with a setting of its own is not covered by one above it', (t) => {
  for (const file of units) {
    const text = readFileSync(file, 'utf8')
    const [barred] = valuesOf(text, 'NoExecPaths')
    if (barred === undefined) continue
    const writable = [
      ...valuesOf(text, 'ReadWritePaths').flatMap((value) => value.split(' ')),
      ...valuesOf(text, 'RuntimeDirectory').map((name) => `/run/${name}`),
    ].filter((path) => path.includes('/run'))
    const wanted = ['/', '-/dev/shm', ...writable.map((path) => `-${path.replace(/^-/, '')}`)]
    t.deepEqual(barred.split(' ').toSorted(), wanted.toSorted(), file)
  }
})

test('no unit of ours may look into the memory of another process, nor ask the kernel past the filter', (t) => {
  for (const file of units) {
    const barred = valuesOf(readFileSync(file, 'utf8'), 'SystemCallFilter')
      .filter((value) => value.startsWith('~'))
      .flatMap((value) => value.slice(1).split(' '))
    for (const call of ['process_vm_readv', 'io_uring_setup', 'userfaultfd', 'bpf']) {
      t.true(barred.includes(call), `${file} ${call}`)
    }
  }
})

test('the keys reach no network and make no socket', (t) => {
  const text = readFileSync(`${tree}/etc/systemd/system/sealbox-keys.service`, 'utf8')
  t.deepEqual(valuesOf(text, 'PrivateNetwork'), ['yes'])
  t.deepEqual(valuesOf(text, 'RestrictAddressFamilies'), ['none'])
  t.true(valuesOf(text, 'SystemCallFilter').some((row) => /^~.*\bsocket\b.*\bconnect\b/.test(row)))
})

test('no unit of ours has the capability that is as good as all others, but for those that grow the data partition and make its device', (t) => {
  for (const file of units.filter((unit) => !/sealbox-(?:data|grow)\.service$/.test(unit)))
    t.notRegex(
      readFileSync(file, 'utf8'),
      /^(?:CapabilityBoundingSet|AmbientCapabilities)=.*CAP_SYS_ADMIN/m,
    )
})

test('the machine has one id at every start, and asks for its address by its port instead', (t) => {
  // Another at each start gives the journal another folder, and what bounds one folder bounds nothing.
  t.regex(readFileSync(`${tree}/etc/machine-id`, 'utf8'), /^[0-9a-f]{32}\n$/)
  const first = readFileSync(`${tree}/usr/lib/systemd/network/90-sealbox-first.network`, 'utf8')
  for (const file of [first, networkFile({ method: 'dhcp' })])
    t.regex(file, /^\[DHCPv4\]\n(?:#.*\n)?ClientIdentifier=mac$/m)
})

test('no partition of the box is taken for a stick', (t) => {
  const rules = readFileSync(`${tree}/usr/lib/udev/rules.d/60-sealbox.rules`, 'utf8')
  const stick = rules.split('\n').filter((line) => line.includes('SYMLINK+="sealbox-stick"'))
  t.is(stick.length, 1)
  t.true(stick.every((line) => line.includes('ENV{ID_PART_ENTRY_NAME}!="sealbox-*"')))
  t.true(partitions(100).every(({ name }) => name.startsWith('sealbox-')))
})

test('no key on the keyboard starts the machine anew', (t) => {
  t.is(readlinkSync(`${tree}/etc/systemd/system/ctrl-alt-del.target`), '/dev/null')
  const manager = readFileSync(`${tree}/etc/systemd/system.conf.d/sealbox.conf`, 'utf8')
  t.deepEqual(valuesOf(manager, 'CtrlAltDelBurstAction'), ['none'])
})

test('two watchdogs: the first process watches the service, the board watches the first process', (t) => {
  const manager = readFileSync(`${tree}/etc/systemd/system.conf.d/sealbox.conf`, 'utf8')
  t.deepEqual(valuesOf(manager, 'RuntimeWatchdogSec'), ['1min'])
  t.deepEqual(valuesOf(manager, 'RebootWatchdogSec'), ['5min'])
  const service = readFileSync(`${tree}/etc/systemd/system/sealbox.service`, 'utf8')
  for (const [setting, value] of [
    ['Type', 'notify'],
    ['NotifyAccess', 'main'],
    ['WatchdogSec', '2min'],
    ['Restart', 'always'],
  ] as const)
    t.deepEqual(valuesOf(service, setting), [value])
})

test('of the data partition the service sees what is mounted for it, two folders read-only, and waits for each', (t) => {
  const service = unit('sealbox.service')
  const folders = unit('sealbox-folders.service')
  const shown = globSync('run-sealbox*folders*.mount', { cwd: `${tree}/etc/systemd/system` })
  const seen = shown.map((name) => {
    for (const setting of ['Requires', 'After'])
      t.true(wordsOf(folders, setting).includes(name), name)
    // Whatever mount(8) would change afterwards does not reach the service.
    t.deepEqual(valuesOf(unit(name), 'Options'), ['bind'], name)
    const [what = '', where = ''] = ['What', 'Where'].flatMap((setting) =>
      valuesOf(unit(name), setting),
    )
    const path = where.replace('/run/sealbox-folders/', '/var/lib/')
    t.is(what.replace('/run/sealbox-lib/read-only/', '/var/lib/'), path)
    return { path, isReadOnly: what !== path }
  })
  const awaited = [...service.matchAll(/--await-mount (\S+)/g)].map(([, path]) => path ?? '')
  for (const path of awaited)
    t.true(
      seen.some((folder) => folder.path === path),
      path,
    )
  t.deepEqual(
    seen
      .filter(({ isReadOnly }) => isReadOnly)
      .map(({ path }) => path)
      .toSorted(),
    ['/var/lib/sealbox-exchange', '/var/lib/sealbox-machine'],
  )
  t.is(seen.length, 5)
  t.true(valuesOf(service, 'TemporaryFileSystem').includes('/var:ro'))
  t.deepEqual(valuesOf(service, 'BindPaths'), ['/run/sealbox-folders:/var/lib'])
  const options = [unit('var.mount'), unit('run-sealbox\\x2dlib-read\\x2donly.mount')].map((text) =>
    (valuesOf(text, 'Options')[0] ?? '').split(','),
  )
  for (const set of options)
    for (const flag of ['nodev', 'nosuid', 'noexec']) t.true(set.includes(flag), flag)
})

test('the service gets no data to serve before the packet filter is up', (t) => {
  const mount = unit(String.raw`run-sealbox\x2dfolders-sealbox.mount`)
  for (const setting of ['Requires', 'After'])
    t.true(wordsOf(mount, setting).includes('nftables.service'), setting)
  t.true(valuesOf(mount, 'What').includes('/var/lib/sealbox'))
})

test('who may not see the box by one path does not see it by the other', (t) => {
  for (const file of units) {
    const barred = wordsOf(readFileSync(file, 'utf8'), 'InaccessiblePaths')
    for (const path of ['-/run/sealbox-folders', '-/run/sealbox-lib'])
      if (barred.includes('-/var/lib/sealbox')) t.true(barred.includes(path), `${file} ${path}`)
  }
})

test('what waits for a person’s passphrase is not given up: the disk, the device that it becomes, the service', (t) => {
  t.deepEqual(valuesOf(unit('sealbox-data.service'), 'TimeoutStartSec'), ['infinity'])
  const [device = ''] = valuesOf(unit('var.mount'), 'What')
  const name = spawnSync('systemd-escape', ['--path', '--suffix=device', device], {
    encoding: 'utf8',
  }).stdout.trim()
  t.deepEqual(valuesOf(unit(`${name}.d/sealbox.conf`), 'JobRunningTimeoutSec'), ['infinity'])
})

test('a version on trial whose data does not come falls back, and what starts the machine again needs none', (t) => {
  t.true(wordsOf(unit('sealbox-healthy.service'), 'Requires').includes('sealbox-folders.service'))
  t.notRegex(unit('sealbox-fall-back.service'), /^PrivateTmp=|\/var/m)
})

test('a unit that waits for a device also asks for it, but for a serial line, which not every machine has', (t) => {
  const text = readFileSync(`${tree}/etc/systemd/system/sealbox-console.service`, 'utf8')
  const wanted = valuesOf(text, 'Wants').join(' ').split(' ')
  const after = valuesOf(text, 'After').join(' ').split(' ')
  t.deepEqual(
    after.filter((name) => name.endsWith('.device') && !wanted.includes(name)),
    ['dev-ttyS0.device'],
  )
})

test('a folder that another unit’s program makes does not keep a unit from starting while it is not there', (t) => {
  const text = readFileSync(`${tree}/etc/systemd/system/sealbox-disk.service`, 'utf8')
  t.true(valuesOf(text, 'ReadWritePaths').join(' ').split(' ').includes('-/run/cryptsetup'))
})

test('root’s one-shot is given longer than it begins acts and the longest of them lasts', (t) => {
  const text = readFileSync(`${tree}/etc/systemd/system/sealbox-machine.service`, 'utf8')
  const hours = /^TimeoutStartSec=(\d+)h$/m.exec(text)?.[1]
  const longest = Math.max(...Object.values(machineActs).map(({ patienceMs }) => patienceMs))
  t.true(Number(hours) * 3_600_000 > beginsForMs + longest)
})

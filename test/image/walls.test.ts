/** The walls, tried from inside: each unit of ours once with a program that attempts to break out, and every port from another machine. */
import { execFileSync } from 'node:child_process'
import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { isOfEveryStart, unitCommands } from '../../appliance/image/bundle.ts'
import { bootImage, copyDisk, firstAnswer } from './machine.ts'
import { buildProbeImage, hiddenPort, probedUnits, probeMac } from './walls/probe_image.ts'
import { secondNamespace } from './walls/scan.ts'

/** What says that a wall held. */
const refusals = new Set([
  ...['EPERM', 'EACCES', 'EROFS', 'ENOENT', 'ESRCH', 'EAFNOSUPPORT', 'EPROTONOSUPPORT'],
  ...['ETIMEDOUT', 'ENETUNREACH', 'EHOSTUNREACH', 'ENOSYS', 'ENXIO'],
])

const service = [
  ...['write-box', 'list-box', 'run-systemctl', 'inet-socket', 'unix-socket'],
  // V8 compiles at run time.
  'writable-executable-memory',
]
/** What a unit may by its purpose; all other attempts must be refused. */
const allowed: Readonly<Record<(typeof probedUnits)[number], readonly string[]>> = {
  sealbox: service,
  'sealbox-early': service,
  'sealbox-keys': ['write-keys', 'list-keys'],
  // Root's one-shot: it keeps the machine's state, gives files to their owners, and asks the first process.
  'sealbox-machine': [
    ...['write-run', 'write-box', 'write-keys', 'write-machine', 'read-shadow', 'list-box'],
    ...['list-keys', 'list-log', 'list-requests', 'run-systemctl', 'unix-socket', 'become-root'],
    ...['order-the-first-process', 'see-the-first-process', 'signal-the-first-process'],
    'writable-executable-memory',
  ],
}

/** What the same program can do as root without walls: that the attempts are real. */
const bareCan = [
  ...['write-run', 'write-box', 'write-keys', 'write-machine', 'read-shadow', 'list-box'],
  ...['list-keys', 'run-systemctl', 'set-user-id-file', 'open-disk', 'open-kernel-log'],
  ...['make-device', 'write-sysctl', 'write-sysrq', 'make-cgroup', 'read-kernel-messages'],
  ...['set-hostname', 'keyring', 'personality', 'real-time', 'mount', 'new-namespace'],
  ...['join-namespace', 'chroot', 'see-the-first-process', 'signal-the-first-process'],
  ...['writable-executable-memory', 'packet-socket', 'netlink-socket', 'raw-socket'],
  ...['inet-socket', 'unix-socket', 'listen-below-1024', 'order-the-first-process'],
]

/** A stick with a file of ours, one that is none, and none by the name that the box will write. */
function makeStick(folder: string): string {
  const stick = join(folder, 'stick.img')
  execFileSync('truncate', ['-s', '64M', stick])
  execFileSync('mformat', ['-i', stick, '-F', '::'])
  const put = (name: string, text: string): void => {
    writeFileSync(join(folder, name), text)
    execFileSync('mcopy', ['-i', stick, join(folder, name), '::'])
  }
  put('sealbox-9.9.9.sealbox-upgrade', 'not a bundle')
  put('holiday.txt', '')
  return stick
}

/** What the service got by asking root, out of its own walls. */
function requireActs(
  t: ExecutionContext,
  { results, stick }: { readonly results: Results; readonly stick: string },
): void {
  t.is(results.get('list-usb'), 'sealbox-9.9.9.sealbox-upgrade')
  t.is(results.get('read-usb'), '12')
  t.is(results.get('read-what-came'), 'OK')
  t.true(refusals.has(results.get('alter-what-came') ?? 'OK'))
  t.is(results.get('write-usb'), '6')
  t.is(
    execFileSync('mtype', ['-i', stick, '::probe.sealbox-backup'], { encoding: 'utf8' }),
    'backup',
  )
  t.is(results.get('what-the-console-may'), 'MACHINE_REQUEST_REFUSED')
  t.is(results.get('what-nobody-may'), 'MACHINE_REQUEST_REFUSED')
}

type Results = ReadonlyMap<string, string>

function resultsOf(serial: string, unit: string): Results {
  const lines = [...serial.matchAll(/PROBE (\S+) (\S+) (\S+)/g)]
  return new Map(
    lines.flatMap(([, of, name = '', said = '']) => (of === unit ? [[name, said]] : [])),
  )
}

test('what breaks out of a unit is refused, and no port but two answers', async (t) => {
  const work = mkdtempSync(join(tmpdir(), 'sealbox-walls-'))
  const built = await buildProbeImage()
  const namespace = secondNamespace(probeMac)
  t.teardown(() => {
    namespace.close()
    for (const folder of [work, built.out]) rmSync(folder, { recursive: true, force: true })
  })
  const stick = makeStick(work)
  await using machine = await bootImage({
    disk: await copyDisk(
      globSync(`${built.out}/sealbox-*.img`)[0] ?? built.disk,
      join(work, 'disk.img'),
    ),
    firmware: 'direct',
    build: built.out,
    tpm: join(work, 'tpm'),
    extra: namespace.qemu,
    usb: [stick],
  })
  namespace.join()
  await namespace.listen(9)
  await firstAnswer(machine, '/')
  const units = [...probedUnits, 'bare', 'acts', 'compiled']
  const hasEnded = () => {
    const serial = machine.serial.text()
    return (
      units.every((unit) => resultsOf(serial, unit).has('end')) &&
      resultsOf(serial, 'watchdog').has('result')
    )
  }
  for (let tries = 0; !hasEnded() && tries < 60; tries++) {
    await machine.serial.expect(/PROBE \S+ (?:end end|result)/).catch(() => undefined)
  }
  const serial = machine.serial.text()
  for (const unit of probedUnits) {
    const results = resultsOf(serial, unit)
    t.is(results.get('end'), 'end', `${unit} was probed`)
    if (unit === 'sealbox' || unit === 'sealbox-early') {
      // It was tried with the data there, and what it may only read is mounted so.
      t.is(results.get('list-box'), 'OK', unit)
      t.is(results.get('write-machine'), 'EROFS', unit)
    }
    t.is(results.get('begins'), unit === 'sealbox-early' ? 'before' : undefined)
    const broken = [...results].filter(
      ([name, said]) =>
        !name.endsWith('-limit') &&
        !['begins', 'end'].includes(name) &&
        !allowed[unit].includes(name) &&
        !refusals.has(said),
    )
    t.deepEqual(broken, [], unit)
    // A limit is a number, not `max`.
    for (const limit of ['tasks-limit', 'memory-limit'])
      t.regex(results.get(limit) ?? '', /^\d+$/, `${unit} ${limit}`)
  }
  const bare = resultsOf(serial, 'bare')
  t.deepEqual(
    bareCan.filter((name) => bare.get(name) !== 'OK').map((name) => [name, bare.get(name)]),
    [],
  )
  t.is(resultsOf(serial, 'watchdog').get('result'), 'watchdog', 'a service that hangs is ended')
  t.deepEqual(
    Object.fromEntries(resultsOf(serial, 'compiled')),
    {
      ...Object.fromEntries(
        unitCommands().map((command) => [
          command.words.join('-'),
          isOfEveryStart(command) ? 'own-accepted-same' : 'own-accepted',
        ]),
      ),
      end: 'end',
    },
    'each command runs from its compiled code, and another machine compiles the same octets',
  )
  requireActs(t, { results: resultsOf(serial, 'acts'), stick })
  const open = await namespace.scan(1, 65_535)
  // A box that is not set up has its second port closed.
  t.deepEqual(
    open.filter((port) => port !== 8080),
    [8443],
  )
  // Somebody does listen on another one, inside.
  t.deepEqual(await namespace.scan(hiddenPort, hiddenPort), [])
})

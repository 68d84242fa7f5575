/**
 * Runs inside the image under the walls of a unit, Node's permission model off, and tries what a process that was taken over would try.
 * Prints a line for each: `PROBE UNIT ATTEMPT RESULT`, the result `OK` or the name of the error. Test support; nothing of it is in a release.
 */
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { connect } from 'node:net'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'

interface Library {
  func(prototype: string): (...args: unknown[]) => number
}
interface Koffi {
  load(path: string): Library
  errno(): number
}

const [unit = '', koffiPath = ''] = process.argv.slice(2)
const koffi = createRequire('/usr/lib/sealbox/')(koffiPath) as Koffi
const library = koffi.load('libc.so.6')
const syscall = library.func('long syscall(long n, long a, long b, long c, long d, long e, long f)')
const withBytes = library.func('long syscall(long n, void *a, long b, long c)')
const mount = library.func(
  'int mount(const char *a, const char *b, const char *c, ulong d, void *e)',
)
const unmount = library.func('int umount2(const char *a, int flags)')
const mknod = library.func('int mknod(const char *path, uint32 mode, ulong device)')
const chroot = library.func('int chroot(const char *path)')
const schedule = library.func('int sched_setscheduler(int pid, int policy, void *parameter)')
const bind = library.func('int bind(int socket, void *address, uint32 length)')

const names = new Map(Object.entries(constants.errno).map(([name, number]) => [number, name]))

/** Result of a call: `OK`, or the name of its error. */
function said(result: number): string {
  if (result >= 0) return 'OK'
  return names.get(koffi.errno()) ?? `E${String(koffi.errno())}`
}

const call = (number: number, ...args: number[]): string =>
  said(syscall(number, ...[...args, 0, 0, 0, 0, 0, 0].slice(0, 6)))

/** Result of something of Node's that throws. */
function tried(work: () => unknown): string {
  try {
    work()
    return 'OK'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error)
  }
}

const openFor = (path: string, flags: string) => (): string =>
  tried(() => {
    closeSync(openSync(path, flags))
  })

/** A folder that this unit can write to, if any. */
function writable(): string | undefined {
  return ['.', '/tmp', '/dev/shm', '/run', '/var/tmp'].find(
    (folder) =>
      tried(() => {
        writeFileSync(`${folder}/probe`, '')
      }) === 'OK',
  )
}

const folders = [
  ...['.', '/tmp', '/dev/shm', '/run', '/var/tmp', '/run/sealbox/drafts', '/var/lib/sealbox'],
  ...['/var/lib/clamav', '/var/lib/sealbox-exchange/out'],
]

/** Runs what it wrote, wherever it can write. */
function runOwn(): string {
  const results = folders.map((folder) =>
    tried(() => {
      const path = folder === '.' ? `${process.cwd()}/probe-program` : `${folder}/probe-program`
      writeFileSync(path, '#!/usr/bin/node\n')
      chmodSync(path, 0o755)
      execFileSync(path, ['--version'], { stdio: 'ignore', timeout: 20_000 })
    }),
  )
  const ran = results.indexOf('OK')
  return ran < 0 ? (results[0] ?? '') : `OK:${folders[ran] ?? ''}`
}

function reach(
  to: { readonly host: string; readonly port: number } | { readonly path: string },
): Promise<string> {
  return new Promise((resolve) => {
    try {
      const socket = connect({ ...to, timeout: 4000 })
      socket.once('connect', () => {
        socket.destroy()
        resolve('OK')
      })
      socket.once('timeout', () => {
        socket.destroy()
        resolve('ETIMEDOUT')
      })
      socket.once('error', (error: NodeJS.ErrnoException) => {
        resolve(error.code ?? 'error')
      })
    } catch (error) {
      resolve((error as NodeJS.ErrnoException).code ?? 'error')
    }
  })
}

function bindLow(): string {
  const socket = syscall(41, 2, 1, 0, 0, 0, 0)
  if (socket < 0) return said(socket)
  // sockaddr_in of port 80 on every address.
  return said(bind(socket, Uint8Array.of(2, 0, 0, 80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), 16))
}

function joinNamespace(): string {
  let file: number
  try {
    file = openSync('/proc/1/ns/net', 'r')
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'error'
  }
  return call(308, file, 0)
}

function mountOver(): string {
  const result = said(mount('none', '/tmp', 'tmpfs', 0, null))
  if (result === 'OK') unmount('/tmp', 0)
  return result
}

const inFolder = (work: (folder: string) => string): string => {
  const folder = writable()
  return folder === undefined ? 'EROFS' : work(folder)
}

const anonymous = 0x22
const attempts: Readonly<Record<string, () => string | Promise<string>>> = {
  // Files
  'write-usr': openFor('/usr/lib/sealbox/probe', 'w'),
  'write-etc': openFor('/etc/probe', 'w'),
  'write-run': openFor('/run/probe', 'w'),
  'write-box': openFor('/var/lib/sealbox/probe', 'w'),
  'write-keys': openFor('/var/lib/sealbox-keys/probe', 'w'),
  'write-machine': openFor('/var/lib/sealbox-machine/probe', 'w'),
  'read-shadow': openFor('/etc/shadow', 'r'),
  'list-box': () => tried(() => readdirSync('/var/lib/sealbox')),
  'list-keys': () => tried(() => readdirSync('/var/lib/sealbox-keys')),
  'list-log': () => tried(() => readdirSync('/var/log/journal')),
  'list-requests': () => tried(() => readdirSync('/run/sealbox/requests')),
  'run-own-program': runOwn,
  'run-systemctl': () =>
    tried(() => execFileSync('/usr/bin/systemctl', ['--version'], { stdio: 'ignore' })),
  'set-user-id-file': () =>
    inFolder((folder) =>
      tried(() => {
        chmodSync(`${folder}/probe`, 0o4755)
      }),
    ),
  // Devices and kernel
  'open-disk': openFor('/dev/vda', 'r'),
  'open-memory': openFor('/dev/mem', 'r'),
  'open-kernel-log': openFor('/dev/kmsg', 'r'),
  'make-device': () => inFolder((folder) => said(mknod(`${folder}/probe-device`, 0o020600, 0x101))),
  'write-sysctl': openFor('/proc/sys/kernel/panic', 'r+'),
  'write-sysrq': openFor('/proc/sysrq-trigger', 'r+'),
  'make-cgroup': () =>
    tried(() => {
      mkdirSync(`/sys/fs/cgroup/probe-${unit}`)
    }),
  'read-kernel-messages': () => call(103, 10, 0, 0),
  'load-module': () => call(175, 0, 0, 0),
  kexec: () => call(246, 0, 0, 0, 0),
  'set-clock': () => call(227, 0, 0),
  'set-hostname': () => said(withBytes(170, Buffer.from('sealbox'), 7, 0)),
  'port-input-output': () => call(172, 3),
  swap: () => call(167, 0, 0),
  bpf: () => call(321, 0, 0, 0),
  perf: () => call(298, 0, 0, -1, -1, 0),
  'user-faults': () => call(323, 0),
  'io-uring': () => call(425, 1, 0),
  keyring: () => call(250, 0, -3, 0),
  personality: () => call(135, 8),
  // SCHED_FIFO with priority 1.
  'real-time': () => said(schedule(0, 1, Uint8Array.of(1, 0, 0, 0))),
  // Namespaces and other processes
  mount: mountOver,
  'new-namespace': () => call(272, 0x04000000),
  'join-namespace': joinNamespace,
  chroot: () => said(chroot('/')),
  'become-root': () => call(105, 0),
  trace: () => call(101, 0x4206, 1, 0, 0),
  'read-memory-of-another': () => call(310, 1, 0, 0, 0, 0, 0),
  'see-the-first-process': () => tried(() => readFileSync('/proc/1/cmdline')),
  'signal-the-first-process': () => call(62, 1, 0),
  'writable-executable-memory': () => call(9, 0, 4096, 7, anonymous, -1, 0),
  // Sockets
  'packet-socket': () => call(41, 17, 3, 0),
  'netlink-socket': () => call(41, 16, 3, 0),
  'raw-socket': () => call(41, 2, 3, 1),
  'inet-socket': () => call(41, 2, 1, 0),
  'unix-socket': () => call(41, 1, 1, 0),
  'listen-below-1024': bindLow,
  'call-out': () => reach({ host: '10.77.0.1', port: 9 }),
  'order-the-first-process': () => reach({ path: '/run/systemd/private' }),
}

const limitOf = (name: string): string => {
  const own = readFileSync('/proc/self/cgroup', 'utf8').trim().replace(/^0::/, '')
  try {
    return readFileSync(`/sys/fs/cgroup${own}/${name}`, 'utf8').trim()
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'error'
  }
}

// Started before the data disk is open: tries nothing before it sees what the service sees.
if (unit.endsWith('-early')) {
  const inMemory = statSync('/run').dev
  const shown = ['sealbox', 'sealbox-machine', 'sealbox-exchange/out', 'clamav']
  const isThere = (folder: string): boolean => {
    const found = statSync(`/var/lib/${folder}`, { throwIfNoEntry: false })
    return found !== undefined && found.dev !== inMemory
  }
  process.stdout.write(`PROBE ${unit} begins ${shown.some(isThere) ? 'after' : 'before'}\n`)
  while (!shown.every(isThere)) await pause(100)
}
for (const [name, attempt] of Object.entries(attempts)) {
  process.stdout.write(`PROBE ${unit} ${name} ${await attempt()}\n`)
}
process.stdout.write(`PROBE ${unit} tasks-limit ${limitOf('pids.max')}\n`)
process.stdout.write(`PROBE ${unit} memory-limit ${limitOf('memory.max')}\n`)
process.stdout.write(`PROBE ${unit} end end\n`)
process.exit(0)

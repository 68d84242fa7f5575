/**
 * A machine for tests of the image: QEMU without KVM, a TPM by swtpm, a serial console to talk to, forwarded ports. Boots are slow (half a minute to
 * two), so one runs at a time on a machine (`turn.ts`). Test support.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { request } from 'node:https'
import { connect as connectTls } from 'node:tls'
import { freePort } from '../../appliance/demo/box_process.ts'
import { ownTurn } from './turn.ts'

export interface BootOptions {
  /** Raw disk file; it is written to. `copyDisk` makes one from a build. */
  readonly disk: string
  /** File that gets a record of the disk's writes and flushes; made anew. */
  readonly writeLog?: string
  /** How writes reach the disk's file: `writeback` as a real disk would; `unsafe` is faster where no power cut is tested. */
  readonly cache?: 'unsafe' | 'writeback' | 'none'
  /** `direct`: the kernel of `build` with its own command line. `secure`: UEFI with Secure Boot, from the disk alone. */
  readonly firmware: 'direct' | 'secure'
  /** Folder of the build, for `direct`. */
  readonly build?: string
  /** More for the command line of a direct boot; of a secure one it cannot be changed. */
  readonly append?: string
  /** Variables of the firmware, kept between boots; made when missing. For `secure`. */
  readonly variables?: string
  /** Folder of the TPM's state, kept between boots. */
  readonly tpm?: string
  /** Raw files that are plugged in as USB sticks. */
  readonly usb?: readonly string[]
  /** Ports of the guest to be reached on loopback. */
  readonly ports?: readonly number[]
  /** Where they are reached, in the same order; free ones where nothing is said. */
  readonly onPorts?: readonly number[]
  readonly memoryMebibytes?: number
  /** QEMU's name of a processor; by default one that has all that can be emulated. */
  readonly cpu?: string
  /** What is typed when the data disk's passphrase is asked, or a new one; false where a test types by itself. */
  readonly passphrase?: string | false
  /** More for QEMU. */
  readonly extra?: readonly string[]
}

export interface Machine {
  readonly serial: Serial
  /** The port on 127.0.0.1 that leads to a port of the guest. */
  port(guest: number): number
  /** As pulling the plug; waits until it is gone. */
  kill(): Promise<void>
  /** Waits until the machine has ended by itself (a restart counts, QEMU runs with `-no-reboot`). */
  ended(withinMs?: number): Promise<void>
  readonly pid: number
}

export interface Serial {
  /** All that was printed, with colours taken out. */
  text(): string
  /** Waits for a text or pattern behind what was expected before; gives the match. Throws with the last lines when it does not come. */
  expect(what: string | RegExp, withinMs?: number): Promise<string>
  /** Types. */
  send(text: string): void
}

const firmwareCode = '/usr/share/OVMF/OVMF_CODE_4M.secboot.fd'
const firmwareVariables = '/usr/share/OVMF/OVMF_VARS_4M.fd'
/** A loaded machine without KVM. */
const patienceMs = 240_000

/** A copy of a build's disk to write to; holes stay holes. `megabytes` makes it a larger disk. */
export async function copyDisk(from: string, to: string, megabytes?: number): Promise<string> {
  await run('cp', ['--sparse=always', from, to])
  if (megabytes !== undefined) await run('truncate', ['-s', `${String(megabytes)}M`, to])
  return to
}

/** Starts a machine; `await using` or `kill` ends it. */
export async function bootImage(options: BootOptions): Promise<Machine & AsyncDisposable> {
  const turn = await ownTurn('qemu')
  const work = mkdtempSync(join(tmpdir(), 'sealbox-machine-'))
  if (options.writeLog !== undefined) writeFileSync(options.writeLog, '')
  const ports = new Map<number, number>()
  for (const [at, guest] of (options.ports ?? [8443, 8080]).entries()) {
    ports.set(guest, options.onPorts?.[at] ?? (await freePort(...ports.values())))
  }
  const tpm = options.tpm === undefined ? undefined : await startTpm(options.tpm, work)
  const socket = join(work, 'serial')
  const listening = createServer()
  const connected = new Promise<Socket>((resolve) => listening.once('connection', resolve))
  await new Promise<void>((resolve) => listening.listen(socket, resolve))
  const args = ['-serial', `unix:${socket}`, ...qemuArguments(options, { work, ports })]
  const qemu = spawn('qemu-system-x86_64', args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const gone = new Promise<void>((resolve) =>
    qemu.once('close', () => {
      resolve()
    }),
  )
  const said: Buffer[] = []
  qemu.stderr.on('data', (part: Buffer) => said.push(part))
  const line = await Promise.race([
    connected,
    gone.then(() => {
      throw new Error(`qemu ended: ${Buffer.concat(said).toString()}`)
    }),
  ])
  listening.close()
  logSerial(line, process.env['SEALBOX_SERIAL_LOG'])
  if (options.passphrase !== false) answerForDisk(line, options.passphrase ?? diskPassphrase)
  const kill = async (): Promise<void> => {
    qemu.kill('SIGKILL')
    await gone
    tpm?.kill('SIGTERM')
    line.destroy()
    rmSync(work, { recursive: true, force: true })
    await turn[Symbol.asyncDispose]()
  }
  return {
    serial: serialOver(line, gone),
    port: (guest) => ports.get(guest) ?? 0,
    kill,
    ended: (withinMs = patienceMs) => within(gone, withinMs, 'the machine did not end'),
    pid: qemu.pid ?? 0,
    [Symbol.asyncDispose]: kill,
  }
}

/** The data disk's passphrase of machines without TPM. */
export const diskPassphrase = 'a passphrase of the tests'

/** What a machine prints, kept in a file for who looks into a failure: `SEALBOX_SERIAL_LOG=FILE npm run test:image -- …`. */
function logSerial(line: Socket, file: string | undefined): void {
  if (file === undefined) return
  const since = performance.now()
  appendFileSync(file, '\n=== a machine starts\n')
  line.on('data', (part: Buffer | string) => {
    const seconds = ((performance.now() - since) / 1000).toFixed(1)
    appendFileSync(file, part.toString().replace(/\n/g, `\n${seconds}| `))
  })
}

/** Types the passphrase of the data disk whenever it is asked (appliance/disk/words.ts). */
function answerForDisk(line: Socket, passphrase: string): void {
  const asked = /(?:the data disk[^\n]*|Again): $/
  const longest = 400
  let end = ''
  line.on('data', (part: Buffer | string) => {
    end = (end + part.toString()).slice(-longest)
    if (!asked.test(plain(end))) return
    end = ''
    line.write(`${passphrase}\r`)
  })
}

function qemuArguments(
  options: BootOptions,
  { work, ports }: { readonly work: string; readonly ports: ReadonlyMap<number, number> },
): readonly string[] {
  const { disk, cache = 'unsafe', memoryMebibytes = 1024, cpu = 'max' } = options
  const forwards = [...ports].map(
    ([guest, host]) => `,hostfwd=tcp:127.0.0.1:${String(host)}-:${String(guest)}`,
  )
  return [
    ...[
      '-accel',
      'tcg,thread=multi,tb-size=512',
      '-cpu',
      cpu,
      '-smp',
      '2',
      '-m',
      String(memoryMebibytes),
    ],
    ...['-nodefaults', '-no-reboot', '-display', 'none'],
    ...(options.firmware === 'direct' ? directArguments(options) : secureArguments(options, work)),
    ...diskArguments(disk, cache, options.writeLog),
    ...[
      '-netdev',
      `user,id=n0,restrict=on${forwards.join('')}`,
      '-device',
      'virtio-net-pci,netdev=n0,romfile=',
    ],
    ...['-object', 'rng-random,id=r,filename=/dev/urandom', '-device', 'virtio-rng-pci,rng=r'],
    ...(options.tpm === undefined
      ? []
      : [
          '-chardev',
          `socket,id=tpm,path=${join(work, 'tpm')}`,
          '-tpmdev',
          'emulator,id=t,chardev=tpm',
          '-device',
          'tpm-crb,tpmdev=t',
        ]),
    ...usbArguments(options.usb ?? []),
    ...(options.extra ?? []),
  ]
}

/** A disk, and perhaps a record of all its writes and flushes (`write_log.ts`). */
function diskArguments(disk: string, cache: string, writeLog?: string): readonly string[] {
  if (writeLog === undefined) return ['-drive', `file=${disk},format=raw,if=virtio,cache=${cache}`]
  const record = `driver=file,node-name=record,filename=${writeLog}`
  const logged = 'driver=blklogwrites,node-name=logged,file=file0,log=record,log-sector-size=512'
  return [
    ...['-blockdev', `driver=file,node-name=file0,filename=${disk}`],
    ...['-blockdev', record, '-blockdev', logged],
    ...['-device', 'virtio-blk-pci,drive=logged'],
  ]
}

function directArguments({ build = '', append = '' }: BootOptions): readonly string[] {
  const part = (name: string): string => join(build, 'parts', name)
  const line = readFileSync(part('cmdline'), 'utf8').trim()
  return [
    '-machine',
    'q35',
    '-kernel',
    part('vmlinuz'),
    '-initrd',
    part('initrd'),
    '-append',
    `${line} ${append}`.trim(),
  ]
}

/** OVMF keeps its variables in flash that only its own code in system management mode may write. */
function secureArguments({ variables }: BootOptions, work: string): readonly string[] {
  const file = variables ?? join(work, 'variables.fd')
  if (!existsSync(file)) copyFileSync(firmwareVariables, file)
  return [
    ...['-machine', 'q35,smm=on', '-global', 'driver=cfi.pflash01,property=secure,value=on'],
    ...['-drive', `if=pflash,format=raw,unit=0,readonly=on,file=${firmwareCode}`],
    ...['-drive', `if=pflash,format=raw,unit=1,file=${file}`],
  ]
}

function usbArguments(files: readonly string[]): readonly string[] {
  if (files.length === 0) return []
  const sticks = files.flatMap((file, index) => [
    ...['-drive', `file=${file},format=raw,if=none,id=stick${String(index)},cache=unsafe`],
    ...['-device', `usb-storage,drive=stick${String(index)},removable=on`],
  ])
  return ['-device', 'qemu-xhci', ...sticks]
}

/** swtpm ends with the connection of QEMU. */
async function startTpm(state: string, work: string): Promise<ChildProcess> {
  mkdirSync(state, { recursive: true })
  const socket = join(work, 'tpm')
  const args = [
    'socket',
    '--tpm2',
    '--tpmstate',
    `dir=${state}`,
    '--ctrl',
    `type=unixio,path=${socket}`,
    '--flags',
    'startup-clear',
  ]
  const child = spawn('swtpm', args, { stdio: 'ignore' })
  for (let tries = 0; !existsSync(socket) && tries < 100; tries++) await pause(50)
  return child
}

function serialOver(line: Socket, gone: Promise<void>): Serial {
  const parts: string[] = []
  let seen = 0
  let isGone = false
  let tell = (): void => undefined
  line.setEncoding('utf8')
  line.on('error', () => undefined)
  line.on('data', (part: string) => {
    parts.push(part)
    tell()
  })
  void gone.then(() => {
    isGone = true
    tell()
  })
  const text = (): string => plain(parts.join(''))
  return {
    text,
    send: (typed) => {
      line.write(typed)
    },
    expect: async (what, withinMs = patienceMs) => {
      const until = performance.now() + withinMs
      for (;;) {
        const rest = text().slice(seen)
        const found = typeof what === 'string' ? literal(rest, what) : what.exec(rest)
        if (found !== null) {
          seen += found.index + found[0].length
          return found[0]
        }
        const left = until - performance.now()
        if (left <= 0 || isGone) {
          const end = rest.split('\n').slice(-25).join('\n')
          throw new Error(
            `${isGone ? 'the machine ended' : 'waited'} without ${String(what)}:\n${end}`,
          )
        }
        await Promise.race([
          new Promise<void>((resolve) => {
            tell = resolve
          }),
          pause(Math.min(left, 1000)),
        ])
      }
    },
  }
}

function literal(text: string, what: string): { index: number; 0: string } | null {
  const index = text.indexOf(what)
  return index < 0 ? null : { index, 0: what }
}

/** Without carriage returns and escape sequences (ECMA-48 5.4). */
function plain(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/\r|\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007]*\u0007|[@-Z\\-_])/g, '')
}

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

/** Asks the guest's HTTPS until it answers; gives status, headers and body. Whose certificate it is does not matter here. */
export async function firstAnswer(
  machine: Machine,
  path = '/',
  withinMs = patienceMs,
): Promise<Answer> {
  const begun = performance.now()
  const until = begun + withinMs
  for (;;) {
    try {
      return await ask(machine.port(8443), { path, silenceMs: silenceMs(begun) })
    } catch (error) {
      if (performance.now() > until) {
        throw new Error(
          `no answer from the box:\n${machine.serial.text().split('\n').slice(-25).join('\n')}`,
          { cause: error },
        )
      }
      await pause(300)
    }
  }
}

/** Nobody is there, or not yet: a question that came before the guest's network QEMU would bring to it only 6, 18 or 42 s later. A slow machine is given longer. */
const silenceMs = (begun: number): number => Math.max(2000, (performance.now() - begun) / 15)

function ask(
  port: number,
  { path, silenceMs }: { readonly path: string; readonly silenceMs: number },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const below = connect({ host: '127.0.0.1', port })
    const socket = connectTls({ socket: below, rejectUnauthorized: false })
    const silent = setTimeout(() => {
      if (below.bytesRead === 0) below.destroy(new Error('not a word'))
    }, silenceMs)
    socket.once('close', () => {
      clearTimeout(silent)
      below.destroy()
    })
    below.once('close', () => socket.destroy(new Error('it was closed')))
    below.on('error', (error) => socket.destroy(error))
    const asked = request(
      { host: '127.0.0.1', port, path, timeout: 20_000, createConnection: () => socket },
      (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('error', reject)
        response.on('end', () => {
          socket.destroy()
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(parts).toString(),
          })
        })
      },
    )
    asked.on('timeout', () => asked.destroy(new Error('no answer in time')))
    asked.on('error', reject)
    asked.end()
  })
}

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms)
  })

async function within<T>(promise: Promise<T>, ms: number, words: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(words))
    }, ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

function run(command: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] })
    child.once('error', reject)
    child.once('close', (status) => {
      if (status === 0) resolve()
      else reject(new Error(`${command} ended with ${String(status)}`))
    })
  })
}

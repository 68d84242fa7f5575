/**
 * Tells systemd that the service is ready, ends, and lives (sd_notify(3), Type=notify, WatchdogSec). A datagram to a Unix socket, which
 * Node has no way to send: four functions of the C library, as the tokens' are called (ADR 22), so that no program has to be started for
 * each sign of life. Where no systemd waits nothing is loaded and nothing sent.
 */
import type { NativeFunction } from '@koromix/koffi-linux-x64'

export interface ServiceManager {
  /** It waits for something before it can serve: its start may take so long from now on, at least. */
  startsFor(milliseconds: number): void
  /** It serves: what was started after it may go on. */
  ready(): void
  /** It was told to end. */
  stopping(): void
  /** Says that the event loop turns, twice as often as systemd asks, until `signal` aborts. */
  keepAlive(signal: AbortSignal): void
}

const nobody: ServiceManager = {
  startsFor: () => undefined,
  ready: () => undefined,
  stopping: () => undefined,
  keepAlive: () => undefined,
}

/** Who waits for signs, by the environment; what started us is then taken out of it, so that no child speaks in our name. */
export async function openServiceManager(
  env: Record<string, string | undefined> = process.env,
): Promise<ServiceManager> {
  const { NOTIFY_SOCKET: socket, WATCHDOG_USEC: asked, WATCHDOG_PID: pid } = env
  for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID'])
    Reflect.deleteProperty(env, name)
  if (socket === undefined || !/^[/@]/.test(socket)) return nobody
  const send = await datagramsTo(socket)
  const isForUs = pid === undefined || Number(pid) === process.pid
  const everyMs = isForUs ? Math.floor(Number(asked ?? 0) / 2000) : 0
  return {
    startsFor: (milliseconds) => {
      send(`EXTEND_TIMEOUT_USEC=${String(milliseconds * 1000)}`)
    },
    ready: () => {
      send('READY=1')
    },
    stopping: () => {
      send('STOPPING=1')
    },
    keepAlive(signal) {
      if (!(everyMs > 0)) return
      const timer = setInterval(() => {
        send('WATCHDOG=1')
      }, everyMs)
      timer.unref()
      signal.addEventListener('abort', () => {
        clearInterval(timer)
      })
    },
  }
}

/** Values of Linux on 64 bits (`sys/socket.h`). */
const unixFamily = 1
const datagram = 2
const closeOnExec = 0o2000000
const noSignal = 0x4000

/** A socket of one address; what cannot be sent is lost, and then systemd acts as for a service that hangs. */
async function datagramsTo(path: string): Promise<(text: string) => void> {
  const { default: koffi } = await import('@koromix/koffi-linux-x64')
  const library = koffi.load('libc.so.6', { deep: false })
  const call = (prototype: string): NativeFunction => library.func(prototype)
  const socket = call('int socket(int domain, int type, int protocol)')
  const sendTo = call(
    'long sendto(int socket, void *bytes, ulong length, int flags, void *address, uint32 addressLength)',
  )
  const descriptor = socket(unixFamily, datagram | closeOnExec, 0)
  const address = unixAddress(path)
  return (text) => {
    const bytes = new TextEncoder().encode(text)
    sendTo(descriptor, bytes, bytes.length, noSignal, address, address.length)
  }
}

/** `sockaddr_un`: family, then the path; of an abstract name a zero octet stands for its `@` (unix(7)). */
function unixAddress(path: string): Uint8Array {
  const name = new TextEncoder().encode(path)
  if (path.startsWith('@')) name[0] = 0
  const address = new Uint8Array(2 + name.length + (path.startsWith('@') ? 0 : 1))
  new DataView(address.buffer).setUint16(0, unixFamily, true)
  address.set(name, 2)
  return address
}

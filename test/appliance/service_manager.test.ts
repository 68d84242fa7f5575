/** Signs of life to systemd, received by socat on a real socket in its place. */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import test from 'ava'
import { openServiceManager } from '../../appliance/box/service_manager.ts'

/** A receiver of datagrams under `address`; gives what came in so far. */
async function receiver(address: (folder: string) => string) {
  const folder = mkdtempSync(join(tmpdir(), 'sealbox-notify-'))
  const to = join(folder, 'received')
  const kind = address(folder).startsWith('@') ? 'ABSTRACT-RECV' : 'UNIX-RECV'
  const name = address(folder).replace(/^@/, '')
  const socat = spawn('socat', ['-u', `${kind}:${name}`, `CREATE:${to}`], { stdio: 'ignore' })
  while (kind === 'UNIX-RECV' ? !existsSync(name) : !isListening(name)) await wait(10)
  return {
    address: address(folder),
    read: () => (existsSync(to) ? readFileSync(to, 'utf8') : ''),
    close: () => socat.kill(),
  }
}

const isListening = (name: string): boolean => readFileSync('/proc/net/unix', 'utf8').includes(name)

for (const [title, address] of [
  ['a path', (folder: string) => join(folder, 'notify')],
  ['an abstract name', (folder: string) => `@${folder}/notify`],
] as const) {
  test(`ready, alive and ending are said to ${title}`, async (t) => {
    const systemd = await receiver(address)
    t.teardown(systemd.close)
    const env: Record<string, string | undefined> = {
      NOTIFY_SOCKET: systemd.address,
      WATCHDOG_USEC: '100000',
      WATCHDOG_PID: String(process.pid),
    }
    const manager = await openServiceManager(env)
    t.deepEqual(Object.keys(env), [], 'a child cannot speak in our name')
    const ending = new AbortController()
    manager.startsFor(1500)
    manager.ready()
    manager.keepAlive(ending.signal)
    while (!systemd.read().includes('WATCHDOG=1WATCHDOG=1')) await wait(10)
    ending.abort()
    manager.stopping()
    while (!systemd.read().endsWith('STOPPING=1')) await wait(10)
    t.regex(systemd.read(), /^EXTEND_TIMEOUT_USEC=1500000READY=1(WATCHDOG=1){2,}STOPPING=1$/)
  })
}

test('a watchdog that waits for another process gets no sign of ours', async (t) => {
  const systemd = await receiver((folder) => join(folder, 'notify'))
  t.teardown(systemd.close)
  const manager = await openServiceManager({
    NOTIFY_SOCKET: systemd.address,
    WATCHDOG_USEC: '20000',
    WATCHDOG_PID: '1',
  })
  manager.keepAlive(AbortSignal.timeout(100))
  await wait(100)
  t.is(systemd.read(), '')
})

test('without systemd nothing is sent, and nothing fails', async (t) => {
  const manager = await openServiceManager({})
  manager.startsFor(1)
  manager.ready()
  manager.keepAlive(AbortSignal.abort())
  manager.stopping()
  t.pass()
})

/** A second network namespace with the guest's second card in it, and what can be reached from there. Test support. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { hostAddress, guestAddress } from './probe_image.ts'

const ip = (...args: string[]): void => {
  execFileSync('ip', args, { stdio: 'pipe' })
}

export interface SecondNamespace {
  /** Arguments for QEMU: a card on a line that ends in the namespace. */
  readonly qemu: readonly string[]
  /** To be called once QEMU runs: the line is moved into the namespace. */
  join(): void
  /** Ports of the guest, from `first` to `last`, that answer from there. */
  scan(first: number, last: number): Promise<number[]>
  /** Listens there on a port, so that who calls out would be answered. */
  listen(port: number): Promise<void>
  close(): void
}

/** Makes the namespace and the line; names are of this process. */
export function secondNamespace(mac: string): SecondNamespace {
  const name = `sealbox-${String(process.pid)}`
  const tap = `sbx${String(process.pid)}`
  ip('netns', 'add', name)
  ip('tuntap', 'add', 'dev', tap, 'mode', 'tap')
  const within = (script: string, ...args: string[]) =>
    spawn('ip', ['netns', 'exec', name, process.execPath, '-e', script, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
  const children: ReturnType<typeof within>[] = []
  return {
    qemu: [
      ...['-netdev', `tap,id=n1,ifname=${tap},script=no,downscript=no`],
      ...['-device', `virtio-net-pci,netdev=n1,romfile=,mac=${mac}`],
    ],
    join() {
      ip('link', 'set', tap, 'netns', name)
      ip('-n', name, 'addr', 'add', `${hostAddress}/24`, 'dev', tap)
      ip('-n', name, 'link', 'set', tap, 'up')
      ip('-n', name, 'link', 'set', 'lo', 'up')
    },
    async scan(first, last) {
      const child = within(scanner, guestAddress, String(first), String(last))
      let said = ''
      child.stdout.on('data', (part: Buffer) => (said += part.toString()))
      await once(child, 'close')
      return JSON.parse(said) as number[]
    },
    async listen(port) {
      const child = within(
        `require('net').createServer((s) => s.end()).listen(${String(port)}, () => console.log('listening'))`,
      )
      children.push(child)
      await once(child.stdout, 'data')
    },
    close() {
      for (const child of children) child.kill('SIGKILL')
      execFileSync('ip', ['netns', 'del', name], { stdio: 'ignore' })
    },
  }
}

/** Connects to each port, a thousand at once; what is dropped answers nothing. */
const scanner = `
const { connect } = require('node:net')
const [host, first, last] = process.argv.slice(1)
const open = []
let next = Number(first)
const one = () => new Promise((done) => {
  if (next > Number(last)) return done(false)
  const port = next++
  const socket = connect({ host, port })
  const end = () => { clearTimeout(timer); socket.destroy(); done(true) }
  const timer = setTimeout(end, 1500)
  socket.once('connect', () => { open.push(port); end() }).once('error', end)
})
Promise.all(Array.from({ length: 1000 }, async () => { while (await one()); })).then(() =>
  console.log(JSON.stringify(open.sort((a, b) => a - b))))
`

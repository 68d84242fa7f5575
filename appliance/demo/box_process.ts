/** A box in a process of its own, as `sealbox start` runs it; tells when it is ready. For the demo and for tests that kill it. */
import { fork, type ChildProcess } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { ApplianceError } from '../errors.ts'

/** What `start` says over IPC once it listens. */
export interface Ready {
  readonly ready: true
  readonly port: number
  readonly pkiPort: number
  /** The first officer's one-time code, while nobody enrolled. */
  readonly code: string | null
  /** SHA-256 of the root, hexadecimal. */
  readonly root: string
}

export interface BoxProcess {
  readonly url: string
  readonly pkiUrl: string
  readonly ready: Ready
  readonly process: ChildProcess
  /** Stops it as Ctrl-C does; resolves when it has ended. */
  stop(): Promise<void>
}

const cli = new URL('../cli.ts', import.meta.url)
const startMs = 100_000

/** Starts a box on free ports of loopback; `more` are further options of `sealbox start`. */
export async function startBoxProcess(options: {
  readonly data: string
  readonly port?: number
  readonly pkiPort?: number
  readonly more?: readonly string[]
}): Promise<BoxProcess> {
  const port = options.port ?? (await freePort())
  const pkiPort = options.pkiPort ?? (await freePort(port))
  const child = fork(
    cli,
    [
      'start',
      ...['--data', options.data],
      ...['--port', String(port)],
      ...['--pki-port', String(pkiPort)],
      ...['--bind', '127.0.0.1'],
      ...(options.more ?? []),
    ],
    { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] },
  )
  let words = ''
  child.stderr?.on('data', (part: Buffer) => {
    words = (words + part.toString('utf8')).slice(-4000)
  })
  const ended = new Promise<void>((resolve) =>
    child.once('exit', () => {
      resolve()
    }),
  )
  const ready = await new Promise<Ready>((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new ApplianceError('DEMO_FAILED', `the box did not start in time: ${words}`))
    }, startMs)
    child.once('message', (message) => {
      clearTimeout(timer)
      resolve(message as Ready)
    })
    child.once('exit', () => {
      clearTimeout(timer)
      reject(new ApplianceError('DEMO_FAILED', `the box ended: ${words}`))
    })
  })
  return {
    url: `https://localhost:${String(ready.port)}`,
    pkiUrl: `http://localhost:${String(ready.pkiPort)}`,
    ready,
    process: child,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/**
 * A port that is free now, below those that the system gives out by itself: nobody else takes it while a box that was stopped is started
 * there again. Never one of `taken`, which the caller means for something else.
 */
export async function freePort(...taken: readonly number[]): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = randomInt(20_000, 32_000)
    if (!taken.includes(port) && (await isFree(port))) return port
  }
  throw new ApplianceError('DEMO_FAILED', 'no port of this machine is free')
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => {
      resolve(false)
    })
    server.listen(port, '127.0.0.1', () => {
      server.close(() => {
        resolve(true)
      })
    })
  })
}

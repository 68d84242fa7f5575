/**
 * The line to a running box: a socket in its folder of data, which only the box's own user can open. Whoever connects gets the report
 * as JSON, and nothing can be said to it. `sealbox doctor`, the console and the trial of a new version ask there.
 */
import { chmodSync, closeSync, openSync, rmSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { HealthReport, Log } from '../../web/index.ts'
import { ApplianceError } from '../errors.ts'

const socketName = 'health.sock'
/** Doctor, console and a trial at once; whoever holds one open gets no second answer out of it. */
const maxConnections = 16
const defaultPatienceMs = 15_000
/** A report has some 6 KB. */
const maxReportCharacters = 256 * 1024

/** Answers whoever connects until it is closed; replaces what a crash left behind. The caller holds the lock of the folder. */
export async function answerHealth(options: {
  readonly directory: string
  readonly report: () => Promise<HealthReport>
  readonly log: Log
}): Promise<{ close(): Promise<void> }> {
  const { directory, report, log } = options
  const path = join(directory, socketName)
  rmSync(path, { force: true })
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.setTimeout(defaultPatienceMs, () => socket.destroy())
    report().then(
      (one) => socket.end(JSON.stringify(one)),
      (error: unknown) => {
        log.error({ err: String(error) }, 'the health of the box could not be read')
        socket.destroy()
      },
    )
  })
  server.maxConnections = maxConnections
  // A box that cannot tell how it is serves all the same.
  server.on('error', (error) => {
    log.error({ err: error.message }, 'nobody can ask this box how it is')
  })
  const folder = openSync(directory, 'r')
  await listen(server, shortPath(folder))
  if (server.listening) chmodSync(path, 0o600)
  server.unref()
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          closeSync(folder)
          rmSync(path, { force: true })
          resolve()
        })
      }),
  }
}

/**
 * Asks the box that runs on this folder; undefined where none does. Throws `BOX_UNREACHABLE` where one holds the line and does not
 * answer within `patienceMs`.
 */
export async function askHealth(
  directory: string,
  { patienceMs = defaultPatienceMs }: { readonly patienceMs?: number } = {},
): Promise<HealthReport | undefined> {
  const folder = openSync(directory, 'r')
  try {
    const answer = await heard(shortPath(folder), patienceMs)
    return answer === undefined ? undefined : (JSON.parse(answer) as HealthReport)
  } catch (error) {
    const words = 'a box runs on this folder and does not say how it is; see its log, restart it'
    throw new ApplianceError('BOX_UNREACHABLE', words, { cause: error })
  } finally {
    closeSync(folder)
  }
}

/** unix(7): an address has 107 octets; a folder of data may lie deeper. */
function shortPath(folder: number): string {
  return `/proc/self/fd/${String(folder)}/${socketName}`
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve) => {
    server.once('error', () => {
      resolve()
    })
    server.listen(path, resolve)
  })
}

async function heard(path: string, patienceMs: number): Promise<string | undefined> {
  const signal = AbortSignal.timeout(patienceMs)
  const socket = connect(path)
  const giveUp = (): void => {
    socket.destroy(new Error('no answer in time'))
  }
  signal.addEventListener('abort', giveUp)
  try {
    const answer = await text(socket)
    if (answer === '' || answer.length > maxReportCharacters) throw new Error('no report')
    return answer
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ECONNREFUSED') return undefined
    throw error
  } finally {
    signal.removeEventListener('abort', giveUp)
    socket.destroy()
  }
}

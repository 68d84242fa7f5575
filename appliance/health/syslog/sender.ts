/**
 * Sends to a collector over TLS (RFC 5425): the entries that it is told of, each once it is durable, and alarms. How far it came is kept, so
 * that after a broken line or a restart it goes on a while before. The collector is judged by its certificate; it knows the box by its address.
 */
import { isIP } from 'node:net'
import { checkServerIdentity, connect, type TLSSocket } from 'node:tls'
import { setTimeout as sleep } from 'node:timers/promises'
import { once } from 'node:events'
import type { Journal } from '../../../ca/index.ts'
import type { Log, Reporting, ReportingLine, Tried } from '../../../web/index.ts'
import type { ScratchStore } from '../scrub_state.ts'
import { entryMessage, headMessage, isTold } from './entries.ts'
import { frame, writeMessage, type SyslogMessage } from './message.ts'
import { beginOfLine, doubtMs, readMarks, withMark, type SentMark } from './sent.ts'

export type CollectorSettings = NonNullable<Reporting['collector']>

const sentKey = 'health/collector/sent'
const patienceMs = 15_000
/** A collector that takes nothing for so long is not there. */
const writeMs = 60_000
const firstWaitMs = 1000
const longestWaitMs = 60_000
const headEveryMs = 24 * 60 * 60_000
/** Alarms that wait for the line; the oldest go first. */
const maxWaiting = 500
/** How far it came is written down so often, at most. */
const keepEveryMs = 1000
const caughtUpMs = 2000
const lookMs = 20

export interface Sender {
  /** Of an alarm; sent once there is a line. */
  send(message: SyslogMessage): void
  /** How the line is; undefined where there is no collector. */
  state(): ReportingLine | undefined
  /** Settles once a line that is well has all entries up to now, or after two seconds. */
  caughtUp(): Promise<void>
  /** Another collector, or none, from now on. */
  use(settings: CollectorSettings | null): void
  /** A word of trial on a line of its own. */
  try(message: SyslogMessage): Promise<Tried>
}

export interface SenderParts {
  readonly journal: Pick<Journal, 'size' | 'subscribe'>
  readonly checkpoint: () => Promise<string>
  readonly scratch: ScratchStore
  readonly now: () => Date
  /** What the box calls itself. */
  readonly host: string
  readonly log: Log
  readonly signal: AbortSignal
}

/** Begins without a collector. */
export function createSender(parts: SenderParts): Sender {
  const { now, log, signal } = parts
  let settings: CollectorSettings | null = null
  let line: ReportingLine | undefined
  let running: AbortController | undefined
  let queue: Queue = { waiting: [], told: [] }
  /** Settles once the line before has ended. */
  let ended: Promise<void> = Promise.resolve()
  let wake: (() => void) | undefined
  /** Index behind the last entry that the line was told of, or passed over. */
  let reached = 0
  const setLine = (error: string | undefined): void => {
    const since = line?.state === 'failing' ? line.since : now()
    line = error === undefined ? { state: 'well' } : { state: 'failing', since, error }
  }

  const run = async (
    to: CollectorSettings,
    { waiting, told }: Queue,
    until: AbortSignal,
  ): Promise<void> => {
    let waitMs = firstWaitMs
    const isOver = (): boolean => until.aborted
    while (!isOver()) {
      try {
        await keepBegin(parts)
        await talk(parts, to, {
          ...{ waiting, told, until },
          onLine: () => {
            setLine(undefined)
            waitMs = firstWaitMs
          },
          onWake: (awake) => (wake = awake),
          onReached: (next) => (reached = next),
        })
      } catch (error) {
        if (isOver()) return
        const doubtful = told.splice(0).filter(({ at }) => performance.now() - at < doubtMs)
        waiting.unshift(...doubtful.map(({ message }) => message))
        waiting.splice(0, Math.max(0, waiting.length - maxWaiting))
        setLine(codeOf(error))
        log.error({ err: String(error) }, 'the collector is not reached; trying again')
      }
      await sleep(waitMs, undefined, { signal: until, ref: false }).catch(() => undefined)
      waitMs = Math.min(waitMs * 2, longestWaitMs)
    }
  }

  return {
    send(message) {
      if (settings === null) return
      if (queue.waiting.push(message) > maxWaiting) queue.waiting.shift()
      wake?.()
    },
    state: () => line,
    async caughtUp() {
      const [size, until] = [parts.journal.size, performance.now() + caughtUpMs]
      const isBehind = (): boolean => line?.state === 'well' && reached < size
      while (isBehind() && performance.now() < until) await sleep(lookMs)
    },
    use(next) {
      running?.abort()
      reached = 0
      const isOther = settings !== null && !isSame(settings, next)
      settings = next
      line = next === null ? undefined : { state: 'well' }
      running = new AbortController()
      const until = AbortSignal.any([running.signal, signal])
      // Whoever comes later is not told what was before.
      if (isOther) queue = { waiting: [], told: [] }
      const own = queue
      const marks = JSON.stringify(next === null ? [] : [beginNow(parts)])
      ended = ended.then(async () => {
        if (isOther) await parts.scratch.put(sentKey, marks).catch(() => undefined)
        if (next !== null) await run(next, own, until)
      })
    },
    try: (message) => onItsOwnLine(parts, settings, message),
  }
}

async function onItsOwnLine(
  parts: SenderParts,
  settings: CollectorSettings | null,
  message: SyslogMessage,
): Promise<Tried> {
  if (settings === null) return 'none'
  try {
    const socket = await open(settings, parts.signal)
    await write(socket, messageBytes(parts, message))
    socket.end()
    return 'sent'
  } catch (error) {
    return { error: codeOf(error) }
  }
}

/** Alarms for one collector. */
interface Queue {
  readonly waiting: SyslogMessage[]
  /** Those that were written into a line. */
  readonly told: { readonly message: SyslogMessage; readonly at: number }[]
}

function isSame(one: CollectorSettings, other: CollectorSettings | null): boolean {
  return one.host === other?.host && one.port === other.port && one.ca === other.ca
}

/** Whoever is told from now on misses nothing, though the first line came later. */
async function keepBegin(parts: SenderParts): Promise<void> {
  const { journal, scratch } = parts
  if (readMarks(await scratch.get(sentKey), journal.size).length > 0) return
  await scratch.put(sentKey, JSON.stringify([beginNow(parts)]))
}

const beginNow = ({ journal, now }: SenderParts): SentMark => ({
  next: journal.size,
  at: now().getTime(),
})

interface Talk extends Queue {
  readonly until: AbortSignal
  readonly onLine: () => void
  readonly onWake: (awake: () => void) => void
  readonly onReached: (next: number) => void
}

/** Sends until the line breaks: then it rejects. */
async function talk(parts: SenderParts, to: CollectorSettings, by: Talk): Promise<void> {
  const socket = await open(to, by.until)
  const broken = new AbortController()
  const until = AbortSignal.any([broken.signal, by.until])
  socket.once('close', () => {
    broken.abort(new Error('the collector closed the line'))
  })
  // What is being written waits for nobody then.
  until.addEventListener('abort', () => socket.destroy(), { once: true })
  by.onLine()
  const say = (message: SyslogMessage): Promise<void> => write(socket, messageBytes(parts, message))
  try {
    await say(headMessage(await parts.checkpoint(), parts.now()))
    await Promise.all([
      tellEntries(parts, by, { say, until }),
      tellWaiting(parts, by, { say, until }),
    ])
    until.throwIfAborted()
  } finally {
    broken.abort()
    socket.destroy()
  }
}

interface Saying {
  readonly say: (message: SyslogMessage) => Promise<void>
  readonly until: AbortSignal
}

async function tellEntries(
  { journal, scratch, now }: SenderParts,
  { onReached }: Talk,
  { say, until }: Saying,
): Promise<void> {
  let marks = beginOfLine(readMarks(await scratch.get(sentKey), journal.size))
  const from = marks[0]?.next ?? journal.size
  let keptAt = 0
  for await (const entry of journal.subscribe(from, until)) {
    if (isTold(entry)) await say(entryMessage(entry))
    const next = entry.index + 1
    onReached(next)
    if (performance.now() - keptAt < keepEveryMs && next < journal.size) continue
    // Another collector may be in its place by now.
    if (until.aborted) return
    // Crash before: the entries since are sent twice; the collector tells them apart by their index.
    marks = withMark(marks, { next, at: now().getTime() })
    await scratch.put(sentKey, JSON.stringify(marks))
    keptAt = performance.now()
  }
}

async function tellWaiting(
  parts: SenderParts,
  { waiting, told, onWake }: Talk,
  { say, until }: Saying,
): Promise<void> {
  let headAt = performance.now()
  while (!until.aborted) {
    // Taken out first: one that comes meanwhile may push the oldest out of a full queue.
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await say(next).catch((error: unknown) => {
        waiting.unshift(next)
        throw error
      })
      told.push({ message: next, at: performance.now() })
      if (told.length > maxWaiting) told.shift()
    }
    if (performance.now() - headAt > headEveryMs) {
      await say(headMessage(await parts.checkpoint(), parts.now()))
      headAt = performance.now()
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, headEveryMs / 24)
      timer.unref()
      const awake = (): void => {
        clearTimeout(timer)
        resolve()
      }
      onWake(awake)
      until.addEventListener('abort', awake, { once: true })
    })
  }
}

async function open(to: CollectorSettings, signal: AbortSignal): Promise<TLSSocket> {
  const { host, port, name, ca } = to
  signal.throwIfAborted()
  const known = name ?? host
  const socket = connect({
    ...{ host, port, ca, minVersion: 'TLSv1.2' },
    // RFC 6066 3: an address is no server name.
    ...(isIP(known) === 0 && { servername: known }),
    // RFC 5425 5.2: the name in the certificate, by the issuers given and no others.
    checkServerIdentity: (_, certificate) => checkServerIdentity(known, certificate),
  })
  socket.setKeepAlive(true, 30_000)
  socket.unref()
  const patience = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)])
  try {
    await once(socket, 'secureConnect', { signal: patience })
  } catch (error) {
    socket.destroy()
    throw patience.aborted && !signal.aborted
      ? Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })
      : error
  }
  socket.on('error', () => socket.destroy())
  // Nothing is expected from a collector.
  socket.resume()
  return socket
}

function messageBytes({ host }: SenderParts, message: SyslogMessage): Uint8Array {
  return frame(writeMessage(message, { host, process: process.pid }))
}

function write(socket: TLSSocket, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      socket.destroy(Object.assign(new Error('nothing is taken'), { code: 'ETIMEDOUT' }))
    }, writeMs)
    timer.unref()
    socket.write(bytes, (error) => {
      clearTimeout(timer)
      if (error) reject(error)
      else resolve()
    })
  })
}

function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? code : 'FAILED'
}

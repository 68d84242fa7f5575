/**
 * News for open pages: one subscription to the journal feeds the event streams (HTML Living Standard 9.2) of everybody who looks at
 * a page. A stream says that there is news and how much is to be done, never what it is about. It ends the moment its certificate is
 * revoked, and when the certificate's time is over.
 */
import { randomBytes } from 'node:crypto'
import { PassThrough } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type { Entry, Journal } from '../ca/index.ts'
import type { Principal } from '../exchange/index.ts'
import { WebError } from './errors.ts'
import type { Log } from './types.ts'

export interface EventHub {
  /** A stream for this actor; throws `TOO_MANY_REQUESTS` beyond the bound of all streams. */
  open(socket: TLSSocket, actor: Principal): PassThrough
  /** An open page answers the word that its stream sent last: how long there and back took. A word that is not its own says nothing. */
  pong(actor: Principal, word: string): void
  /** Units that have a page open, by code. */
  readonly unitsHere: ReadonlySet<string>
  readonly size: number
  /** Ends all streams. */
  close(): void
}

/** 91 units with two seats and a few browsers each, some times over. */
const maxStreams = 2000
/** A person has a browser or two; of more the oldest ends. */
const maxOfHolder = 4
/** Lines and proxies drop what is silent; each time it is asked again whether the certificate is live. */
const beatMs = 25_000

interface Stream {
  readonly socket: TLSSocket
  readonly actor: Principal
  readonly out: PassThrough
  /** The word that was sent last and is not answered yet, and when. */
  asked: { readonly word: string; readonly at: number } | undefined
}

export interface HubParts {
  readonly journal: Journal
  readonly log: Log
  /** Who the socket's certificate stands for now. */
  readonly whoIs: (socket: TLSSocket) => Promise<Principal | undefined>
  /** Whom an entry concerns: units by code, roles by name. */
  readonly concerns: (entry: Entry) => Promise<ReadonlySet<string>>
  /** How much the actor has to do. */
  readonly tasksOf: (actor: Principal) => Promise<number>
  /** A message to a page of theirs took so long, there and back. */
  readonly roundTrip: (actor: Principal, ms: number) => void
}

export function createEventHub(options: HubParts): EventHub {
  const { journal, log, whoIs, concerns, tasksOf, roundTrip } = options
  const streams = new Set<Stream>()
  const ending = new AbortController()
  let following = false

  const end = (stream: Stream): void => {
    streams.delete(stream)
    stream.out.end()
  }
  const endAll = (): void => {
    for (const stream of [...streams]) end(stream)
  }
  const endWhereGone = async (): Promise<void> => {
    for (const stream of await goneOf(streams, whoIs)) end(stream)
  }
  const tell = async (stream: Stream, event: 'state' | 'news', isNew: boolean): Promise<void> => {
    write(stream, event, { tasks: await tasksOf(stream.actor), new: isNew })
  }
  const concerned = (names: ReadonlySet<string>): Stream[] =>
    [...streams].filter(({ actor }) => names.has(nameOf(actor)))
  const follow = async (): Promise<void> => {
    for await (const entry of journal.subscribe(journal.size, ending.signal)) {
      if (streams.size === 0) continue
      if (entry.type === 'certificate.revoked') await endWhereGone()
      const names = await concerns(entry)
      for (const stream of concerned(names)) {
        await tell(stream, 'news', entry.actor.holder !== stream.actor.holder)
      }
    }
  }
  const start = (): void => {
    if (following) return
    following = true
    follow().catch((error: unknown) => {
      following = false
      log.error({ err: String(error) }, 'event streams stopped following the journal')
      endAll()
    })
  }
  const beat = setInterval(() => {
    for (const stream of streams) ask(stream)
    endWhereGone().catch((error: unknown) => {
      log.error({ err: String(error) }, 'event streams could not be looked through')
    })
  }, beatMs).unref()

  return {
    open(socket, actor) {
      if (streams.size >= maxStreams) throw new WebError('TOO_MANY_REQUESTS', 'too many streams')
      const beyond = oldestBeyond(streams, actor)
      if (beyond !== undefined) end(beyond)
      start()
      const stream: Stream = { socket, actor, out: new PassThrough(), asked: undefined }
      streams.add(stream)
      stream.out.on('close', () => streams.delete(stream)).write('retry: 3000\n\n')
      ask(stream)
      // How things stand now: whoever comes again may have missed something meanwhile.
      tell(stream, 'state', false).catch(() => {
        end(stream)
      })
      return stream.out
    },
    pong(actor, word) {
      const ms = answeredAfter(streams, { holder: actor.holder, word })
      if (ms !== undefined) roundTrip(actor, ms)
    },
    get unitsHere() {
      return unitsOf(streams)
    },
    get size() {
      return streams.size
    },
    close() {
      clearInterval(beat)
      ending.abort()
      endAll()
    },
  }
}

/** Streams whose certificate stands for nobody any more. */
async function goneOf(
  streams: ReadonlySet<Stream>,
  whoIs: (socket: TLSSocket) => Promise<Principal | undefined>,
): Promise<Stream[]> {
  const all = [...streams]
  const found = await Promise.all(all.map(({ socket }) => whoIs(socket)))
  return all.filter((_, at) => found[at] === undefined)
}

/** The oldest stream of a holder who has as many as one may. */
function oldestBeyond(streams: ReadonlySet<Stream>, { holder }: Principal): Stream | undefined {
  const own = [...streams].filter(({ actor }) => actor.holder === holder)
  return own.length >= maxOfHolder ? own[0] : undefined
}

/** That there is news, or how things stand, and how much is to be done. */
function write(
  { out }: Stream,
  event: 'state' | 'news',
  news: { tasks: number; new: boolean },
): void {
  out.write(`event: ${event}\ndata: ${JSON.stringify(news)}\n\n`)
}

/** Sends a word to the page: a fresh one, so that nobody else can answer for it and make its line look better than it is. */
function ask(stream: Stream): void {
  const word = randomBytes(9).toString('base64url')
  stream.asked = { word, at: performance.now() }
  stream.out.write(`: beat\nevent: ping\ndata: ${word}\n\n`)
}

/** Milliseconds since a page of this holder was asked with this word; it is taken once. */
function answeredAfter(
  streams: ReadonlySet<Stream>,
  { holder, word }: { readonly holder: string; readonly word: string },
): number | undefined {
  for (const stream of streams) {
    if (stream.asked?.word !== word || stream.actor.holder !== holder) continue
    const ms = performance.now() - stream.asked.at
    stream.asked = undefined
    return ms
  }
  return undefined
}

function unitsOf(streams: ReadonlySet<Stream>): ReadonlySet<string> {
  return new Set([...streams].flatMap(({ actor }) => (actor.kind === 'seat' ? [actor.unit] : [])))
}

function nameOf(actor: Principal): string {
  return actor.kind === 'seat' ? actor.unit : actor.role
}

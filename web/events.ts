/**
 * News for open pages: one subscription to the journal feeds the event streams (HTML Living Standard 9.2) of everybody who looks at
 * a page. A stream says that there is news and how much is to be done, never what it is about. It ends the moment its certificate is
 * revoked, and when the certificate's time is over.
 */
import { PassThrough } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type { Entry, Journal } from '../ca/index.ts'
import type { Principal } from '../exchange/index.ts'
import { WebError } from './errors.ts'
import type { Log } from './types.ts'

export interface EventHub {
  /** A stream for this actor; throws `TOO_MANY_REQUESTS` beyond the bound of all streams. */
  open(socket: TLSSocket, actor: Principal): PassThrough
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
}

export function createEventHub(options: {
  readonly journal: Journal
  readonly log: Log
  /** Who the socket's certificate stands for now. */
  readonly whoIs: (socket: TLSSocket) => Promise<Principal | undefined>
  /** Whom an entry concerns: units by code, roles by name. */
  readonly concerns: (entry: Entry) => Promise<ReadonlySet<string>>
  /** How much the actor has to do. */
  readonly tasksOf: (actor: Principal) => Promise<number>
}): EventHub {
  const { journal, log, whoIs, concerns, tasksOf } = options
  const streams = new Set<Stream>()
  const ending = new AbortController()
  let following = false

  const end = (stream: Stream): void => {
    streams.delete(stream)
    stream.out.end()
  }
  const endWhereGone = async (): Promise<void> => {
    for (const stream of [...streams]) {
      if ((await whoIs(stream.socket)) === undefined) end(stream)
    }
  }
  const tell = async (stream: Stream, event: 'state' | 'news', isNew: boolean): Promise<void> => {
    const news = { tasks: await tasksOf(stream.actor), new: isNew }
    stream.out.write(`event: ${event}\ndata: ${JSON.stringify(news)}\n\n`)
  }
  const follow = async (): Promise<void> => {
    for await (const entry of journal.subscribe(journal.size, ending.signal)) {
      if (streams.size === 0) continue
      if (entry.type === 'certificate.revoked') await endWhereGone()
      const names = await concerns(entry)
      if (names.size === 0) continue
      for (const stream of [...streams]) {
        if (names.has(nameOf(stream.actor))) {
          await tell(stream, 'news', entry.actor.holder !== stream.actor.holder)
        }
      }
    }
  }
  const start = (): void => {
    if (following) return
    following = true
    follow().catch((error: unknown) => {
      following = false
      log.error({ err: String(error) }, 'event streams stopped following the journal')
      for (const stream of [...streams]) end(stream)
    })
  }
  const beat = setInterval(() => {
    for (const { out } of streams) out.write(': beat\n\n')
    endWhereGone().catch((error: unknown) => {
      log.error({ err: String(error) }, 'event streams could not be looked through')
    })
  }, beatMs).unref()

  return {
    open(socket, actor) {
      if (streams.size >= maxStreams) throw new WebError('TOO_MANY_REQUESTS', 'too many streams')
      const own = [...streams].filter((one) => one.actor.holder === actor.holder)
      const [oldest] = own
      if (oldest !== undefined && own.length >= maxOfHolder) end(oldest)
      start()
      const stream: Stream = { socket, actor, out: new PassThrough() }
      streams.add(stream)
      stream.out.on('close', () => streams.delete(stream))
      stream.out.write('retry: 3000\n\n')
      // How things stand now: whoever comes again may have missed something meanwhile.
      tell(stream, 'state', false).catch(() => {
        end(stream)
      })
      return stream.out
    },
    get size() {
      return streams.size
    },
    close() {
      clearInterval(beat)
      ending.abort()
      for (const stream of [...streams]) end(stream)
    },
  }
}

function nameOf(actor: Principal): string {
  return actor.kind === 'seat' ? actor.unit : actor.role
}

/**
 * A client of clamd's protocol over its Unix socket (clamd(8), COMMANDS): one connection a command. It knows two kinds of command, a
 * word and `INSTREAM`, and believes nothing that is longer or later than an answer may be. It judges nothing.
 */
import { createConnection, type Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'

/** The longest answer names a signature; more is not clamd. */
const maxAnswerBytes = 4096
/** clamd takes up to `StreamMaxLength` in chunks of any length. */
const chunkBytes = 256 * 1024
/** A word is answered at once, but for a clamd that loads its signatures on a slow disk. */
const wordMs = 10_000
/** `MaxScanTime` is two minutes by default; beyond that and a bit nothing comes any more. */
const scanMs = 180_000

/** clamd that has seen enough answers and hangs up: where our words failed before its answer was read, it is asked again. */
const hungUp = /EPIPE|ECONNRESET/
const maxAttempts = 4

/** What came back, without the terminator; or why nothing did. */
export type ClamdReply = { readonly answer: string } | { readonly failure: string }

export interface Clamd {
  send(word: 'PING' | 'VERSION' | 'RELOAD'): Promise<ClamdReply>
  /** The file is sent over the socket: clamd opens no path of ours. */
  instream(bytes: Uint8Array, patienceMs?: number): Promise<ClamdReply>
}

/** `socket` is a path in the file system. */
export function createClamd({ socket }: { readonly socket: string }): Clamd {
  return {
    send: (word) => converse(socket, wordMs, (to) => to.end(`z${word}\0`)),
    async instream(bytes, patienceMs = scanMs) {
      for (let attempt = 1; ; attempt++) {
        const reply = await converse(socket, patienceMs, (to) => void stream(to, bytes))
        if (attempt === maxAttempts || !('failure' in reply) || !hungUp.test(reply.failure))
          return reply
      }
    },
  }
}

function converse(
  path: string,
  patienceMs: number,
  say: (to: Socket) => unknown,
): Promise<ClamdReply> {
  return new Promise((resolve) => {
    const connection = createConnection({ path })
    let answer = Buffer.alloc(0)
    const finish = (failure?: string): void => {
      clearTimeout(timer)
      connection.destroy()
      const end = answer.indexOf(0)
      if (end >= 0) resolve({ answer: answer.subarray(0, end).toString('latin1') })
      else resolve({ failure: failure ?? 'the answer was cut short' })
    }
    const timer = setTimeout(() => {
      finish(`no answer within ${String(patienceMs / 1000)} s`)
    }, patienceMs)
    connection.on('connect', () => say(connection))
    connection.on('data', (part: Buffer) => {
      answer = Buffer.concat([answer, part])
      // clamd that answers before it has read all has seen enough, or its limit.
      if (answer.includes(0)) finish()
      else if (answer.length > maxAnswerBytes) finish('the answer is too long')
    })
    connection.on('error', ({ message }) => {
      finish(message)
    })
    connection.on('close', () => {
      finish()
    })
  })
}

/** `zINSTREAM`, then chunks of a length in four octets and so many octets, and a chunk of none. */
async function stream(to: Socket, bytes: Uint8Array): Promise<void> {
  to.write('zINSTREAM\0')
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    // clamd that has seen enough answers and hangs up: its answer is read before our next words would fail.
    await setImmediate()
    if (to.destroyed) return
    const chunk = bytes.subarray(at, at + chunkBytes)
    to.write(lengthOf(chunk))
    if (!to.write(chunk)) await drained(to)
  }
  if (!to.destroyed) to.write(lengthOf(new Uint8Array()))
}

function lengthOf(chunk: Uint8Array): Uint8Array {
  const length = new Uint8Array(4)
  new DataView(length.buffer).setUint32(0, chunk.length)
  return length
}

function drained(to: Socket): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      to.off('drain', go).off('close', go)
      resolve()
    }
    to.on('drain', go).on('close', go)
  })
}

/** All that goes over the lines of servers in this process, both ways, as they read and write it: decrypted. */
import { Server as HttpServer } from 'node:http'
import { Server as HttpsServer } from 'node:https'
import type { Socket } from 'node:net'

export interface Traffic {
  /** Bytes by connection and direction (`tls 1 in`), in order. */
  all(): Map<string, Buffer>
  stop(): void
}

type Emit = (this: unknown, event: string, ...args: unknown[]) => boolean

/** Listens in on every connection that is accepted from now on. */
export function tapServers(): Traffic {
  const parts = new Map<string, Buffer[]>()
  let connections = 0
  const tap = (kind: string, socket: Socket): void => {
    const name = `${kind} ${String(++connections)}`
    const keep = (way: string, part: Uint8Array): void => {
      const kept = parts.get(`${name} ${way}`) ?? []
      kept.push(Buffer.from(part))
      parts.set(`${name} ${way}`, kept)
    }
    // Asking for the data makes Node's HTTP parser read through JavaScript, not past it.
    socket.on('data', (part: Buffer) => {
      keep('in', part)
    })
    const write = socket.write.bind(socket) as (...args: unknown[]) => boolean
    const tapped = (part: string | Uint8Array, ...rest: unknown[]): boolean => {
      const [encoding] = rest
      const known = typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8'
      keep('out', typeof part === 'string' ? Buffer.from(part, known) : part)
      return write(part, ...rest)
    }
    Object.assign(socket, { write: tapped })
  }
  const stops = [
    onAccept(HttpsServer.prototype, 'secureConnection', (socket) => {
      tap('tls', socket)
    }),
    onAccept(HttpServer.prototype, 'connection', (socket) => {
      tap('pki', socket)
    }),
  ]
  return {
    all: () => new Map([...parts].map(([name, kept]) => [name, Buffer.concat(kept)])),
    stop: () => {
      for (const stop of stops) stop()
    },
  }
}

function onAccept(prototype: object, accepted: string, tap: (socket: Socket) => void): () => void {
  const emit = Reflect.get(prototype, 'emit') as Emit
  const tapping: Emit = function (event, ...args) {
    const heard = emit.call(this, event, ...args)
    if (event === accepted) tap(args[0] as Socket)
    return heard
  }
  Reflect.set(prototype, 'emit', tapping)
  return () => {
    Reflect.set(prototype, 'emit', emit)
  }
}

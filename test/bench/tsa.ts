/**
 * Time-stamps a second over HTTP keep-alive, against a bare Koa handler that answers as many bytes: same process, same run,
 * turn about. The client speaks HTTP over plain sockets, so that it costs less than what it measures.
 */
import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { figure, turnAbout, type Figure } from './figure.ts'
import * as der from '../../ca/der/write.ts'
import { oids } from '../../ca/oids.ts'

const connections = 8
const rounds = 6
const turnMs = 500

/** Runs the bench: one figure, in requests a second. */
export async function tsa(): Promise<Figure[]> {
  const child = fork(new URL('tsa_server.ts', import.meta.url))
  const [port] = (await once(child, 'message')) as [number]
  const sockets = await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect(port, '127.0.0.1')
      await once(socket, 'connect')
      return socket.setNoDelay()
    }),
  )
  const askedOf = (path: '/tsa' | '/bare') => async (): Promise<number> => {
    const start = performance.now()
    const until = start + turnMs
    const counts = await Promise.all(sockets.map((socket) => exchange(socket, path, until)))
    const answered = counts.reduce((sum, count) => sum + count, 0)
    return (answered * 1000) / (performance.now() - start)
  }
  const { value, reached } = await turnAbout({
    rounds,
    ours: askedOf('/tsa'),
    theirs: askedOf('/bare'),
  })
  for (const socket of sockets) socket.destroy()
  child.disconnect()
  return [figure('tsa', value, 'requests/s', reached)]
}

/** Sends requests one after the other until the time is over; gives how many were answered. */
async function exchange(socket: Socket, path: string, until: number): Promise<number> {
  let count = 0
  while (performance.now() < until) {
    socket.write(requestTo(path))
    await answerOn(socket)
    count++
  }
  return count
}

function requestTo(path: string): Buffer {
  const body = der.sequence(
    der.integer(1),
    der.sequence(
      der.sequence(der.objectIdentifier(oids.sha256), der.nullValue),
      der.octetString(randomBytes(32)),
    ),
    der.integer(randomBytes(8)),
    der.booleanTrue,
  )
  const head = [
    `POST ${path} HTTP/1.1`,
    'Host: localhost',
    'Content-Type: application/timestamp-query',
    `Content-Length: ${String(body.length)}`,
    '',
    '',
  ].join('\r\n')
  return Buffer.concat([Buffer.from(head), body])
}

/** Waits for one whole response with status 200. */
function answerOn(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    let received: Buffer = Buffer.alloc(0)
    const finish = (error?: Error): void => {
      socket.off('data', take).off('error', finish)
      if (error) reject(error)
      else resolve()
    }
    const take = (chunk: Buffer): void => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
      const end = received.indexOf('\r\n\r\n')
      if (end < 0) return
      const head = received.toString('latin1', 0, end)
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1])
      if (!head.startsWith('HTTP/1.1 200 ')) finish(new Error(head))
      else if (received.length >= end + 4 + length) finish()
    }
    socket.on('data', take).on('error', finish)
  })
}

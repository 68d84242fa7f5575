/** A client of many connections that costs less than the server it measures: HTTP over plain sockets, one request after the other on each. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** The 91 units of a district at once, some of them from a second desk. */
const connections = 128
const turnMs = 500

/** A POST as it goes over the line. */
export function postOf(path: string, type: string, body: Uint8Array): Buffer {
  const lines = [
    `POST ${path} HTTP/1.1`,
    'Host: localhost',
    `Content-Type: ${type}`,
    `Content-Length: ${String(body.length)}`,
  ]
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body])
}

/** Connections to a port, and how many requests a second they get answered. */
export async function asking(
  port: number,
  request: () => Buffer,
): Promise<{ readonly ask: () => Promise<number>; readonly end: () => void }> {
  const sockets = await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect(port, '127.0.0.1')
      await once(socket, 'connect')
      return socket.setNoDelay()
    }),
  )
  return {
    async ask() {
      const start = performance.now()
      const until = start + turnMs
      const counts = await Promise.all(
        sockets.map((socket) => exchange(socket, { until, request })),
      )
      const answered = counts.reduce((sum, count) => sum + count, 0)
      return (answered * 1000) / (performance.now() - start)
    },
    end() {
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** Sends requests one after the other until the time is over; gives how many were answered. */
async function exchange(
  socket: Socket,
  { until, request }: { readonly until: number; readonly request: () => Buffer },
): Promise<number> {
  let count = 0
  while (performance.now() < until) {
    socket.write(request())
    await answerOn(socket)
    count++
  }
  return count
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

/** What a client may write that no library does: octets over a connection to the box. Test support. */
import { once } from 'node:events'
import { connect, type TLSSocket } from 'node:tls'
import type { Identity, TestBox } from './box_fixture.ts'

/** Opens a connection, writes, and gives everything that came until it was closed. */
export async function rawRequest(
  box: TestBox,
  write: (socket: TLSSocket) => void,
  as?: Identity,
): Promise<string> {
  const socket = connect({ host: 'localhost', port: box.port, ca: box.rootPem, ...as })
  await once(socket, 'secureConnect')
  let text = ''
  socket.on('data', (part: Buffer) => (text += part.toString('latin1')))
  // A connection that the box closes under us is what some of these ask for.
  socket.on('error', () => undefined)
  const timer = setTimeout(() => {
    socket.destroy()
  }, 60_000)
  write(socket)
  if (!socket.closed) await once(socket, 'close').catch(() => undefined)
  clearTimeout(timer)
  return text
}

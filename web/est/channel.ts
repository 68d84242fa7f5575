/**
 * Linking identity and proof of possession (RFC 7030 3.5): a request that carries a challenge password in EST names the TLS connection
 * that it was made for, so that nobody passes on somebody else's request. Optional for clients; wrong it is refused.
 */
import { timingSafeEqual } from 'node:crypto'
import { TLSSocket } from 'node:tls'
import type { Socket } from 'node:net'
import { readRequestNames } from '../../ca/index.ts'
import { WebError } from '../errors.ts'

/** RFC 9266 2: what TLS 1.3 has instead of tls-unique. */
const exporterLabel = 'EXPORTER-Channel-Binding'
const exporterBytes = 32

/** Throws `EST_CHANNEL_WRONG` where the request names another connection than this. */
export function requireThisChannel(socket: Socket, request: Uint8Array): void {
  const { challenge } = readRequestNames(request)
  if (challenge === undefined) return
  const said = Buffer.from(challenge)
  const known = socket instanceof TLSSocket ? bindingsOf(socket) : []
  const isThis = known.some((binding) => {
    const own = Buffer.from(binding.toString('base64'))
    return own.length === said.length && timingSafeEqual(own, said)
  })
  if (!isThis) {
    throw new WebError('EST_CHANNEL_WRONG', 'the challenge password is not of this TLS connection')
  }
}

function bindingsOf(socket: TLSSocket): Buffer[] {
  if (socket.getProtocol() === 'TLSv1.3') {
    return [socket.exportKeyingMaterial(exporterBytes, exporterLabel, Buffer.alloc(0))]
  }
  // RFC 5929 3.1: the first Finished of the handshake, the client's in a full one and the server's in a resumed one.
  const first = socket.isSessionReused() ? socket.getFinished() : socket.getPeerFinished()
  return first === undefined ? [] : [first]
}

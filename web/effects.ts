/**
 * What a revocation does at once to who is connected, and how long it took: connections of the certificate are shut, and the delays
 * measured are kept for the page. Of this server process; access itself is decided anew on each request (`access.ts`).
 */
import type { TLSSocket } from 'node:tls'
import type { Sha256 } from '../ca/index.ts'

/** Delays of one revocation or release, in milliseconds from when its commit was handed in. */
export interface Measured {
  /** The commit was durable: from here on access is refused, or given. */
  readonly committedMs: number
  /** The new CRL was built and signed. */
  readonly crlMs: number
  /** An OCSP answer with the new status was signed. */
  readonly ocspMs: number
  /** Open TLS connections of this certificate that were shut. */
  readonly connectionsClosed: number
}

export interface Effects {
  /** Remembers whose certificate a connection showed. */
  note(socket: TLSSocket, certificate: Sha256): void
  /** Shuts the connections of this certificate; gives how many there were. */
  shut(certificate: Sha256): number
  keep(certificate: Sha256, measured: Measured): void
  /** What was measured when this certificate was last revoked or released, if that was lately and by this process. */
  measuredOf(certificate: Sha256): Measured | undefined
}

/** Time for an answer that is just being made, such as the refusal itself; then the line is cut. */
const graceMs = 1000
/** Measurements kept for the page. */
const maxKept = 1000

export function createEffects(): Effects {
  const open = new Map<Sha256, Set<TLSSocket>>()
  const kept = new Map<Sha256, Measured>()
  return {
    note(socket, certificate) {
      const sockets = open.get(certificate) ?? new Set()
      if (sockets.has(socket)) return
      open.set(certificate, sockets.add(socket))
      socket.once('close', () => {
        sockets.delete(socket)
        if (sockets.size === 0 && open.get(certificate) === sockets) open.delete(certificate)
      })
    },
    shut(certificate) {
      const sockets = [...(open.get(certificate) ?? [])].filter((socket) => !socket.destroyed)
      setTimeout(() => {
        for (const socket of sockets) socket.destroy()
      }, graceMs).unref()
      return sockets.length
    },
    keep(certificate, measured) {
      kept.delete(certificate)
      kept.set(certificate, measured)
      const [oldest] = kept.keys()
      if (kept.size > maxKept && oldest !== undefined) kept.delete(oldest)
    },
    measuredOf: (certificate) => kept.get(certificate),
  }
}

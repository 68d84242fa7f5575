/** What the box vouches for beside a seal: chain, CRLs, and an OCSP answer made after the signature timestamp (design 5). */
import { sha256Hex, type Authority, type Clock } from '../../ca/index.ts'

export interface Evidence {
  readonly certificates: readonly Uint8Array[]
  readonly crls: readonly Uint8Array[]
  readonly ocspResponses: readonly Uint8Array[]
}

/** Evidence for a certificate of ours, fresh at the clock's now. `services`: the OCSP and time-stamping certificates. */
export async function evidenceFor(
  parts: {
    readonly authority: Authority
    readonly clock: Clock
    readonly services: readonly Uint8Array[]
  },
  certificate: Uint8Array,
): Promise<Evidence> {
  const { authority, clock, services } = parts
  const answer = await authority.ocsp.answerFor(certificate, clock.now())
  const leaves = [certificate, ...services]
  const lists = await authority.crlsFor(leaves)
  return {
    certificates: [...leaves, ...chainsOf(authority, leaves)],
    crls: lists.map(({ crl }) => crl),
    ocspResponses: [answer],
  }
}

/** The certificates above these, each once: after a roll-over they need not be the same for all, and links lead to every root. */
function chainsOf(authority: Authority, leaves: readonly Uint8Array[]): Uint8Array[] {
  const above = [...leaves.flatMap((leaf) => authority.chainOf(leaf)), ...authority.links]
  return [...new Map(above.map((one) => [sha256Hex(one), one])).values()]
}

/** What the box vouches for beside a seal: chain, CRLs, and an OCSP answer made after the signature timestamp (design 5). */
import type { Authority, Clock } from '../../ca/index.ts'

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
  const [root, issuing] = await Promise.all([authority.crl('root'), authority.crl('issuing')])
  return {
    certificates: [certificate, ...services, ...authority.chain],
    crls: [root.crl, issuing.crl],
    ocspResponses: [answer],
  }
}

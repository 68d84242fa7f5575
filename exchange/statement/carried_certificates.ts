/** The certificates inside a signature of a unit, a person or the box: its chain, and the issuers of everything else that it carries. Pure. */
import { sha256Hex, type Authority } from '../../ca/index.ts'

/**
 * From the signer up, then the links between roots, then the other issuing authorities: their lists come along for the services, and after a
 * roll-over the chain of the signer has not all of them. Each once, DER.
 */
export function carriedCertificates(
  authority: Pick<Authority, 'chainOf' | 'links' | 'authorities'>,
  certificate: Uint8Array,
): Uint8Array[] {
  const issuing = authority.authorities.filter(({ role }) => role === 'issuing')
  const all = [
    ...[certificate, ...authority.chainOf(certificate), ...authority.links],
    ...issuing.map((one) => one.certificate),
  ]
  return [...new Map(all.map((one) => [sha256Hex(one), one])).values()]
}

/**
 * Certificates and nothing else in CMS ("certs-only", RFC 5652 5 without content and signers; RFC 8551 3.8), as EST hands them
 * out (RFC 7030 4.1.3, 4.2.3). Pure.
 */
import { concat } from '../bytes.ts'
import * as der from '../der/write.ts'
import { oids } from '../oids.ts'

/** The ContentInfo around certificates (DER), in the order given. */
export function certificatesOnly(certificates: readonly Uint8Array[]): Uint8Array {
  const signedData = der.sequence(
    der.integer(1),
    der.setOf(),
    der.sequence(der.objectIdentifier(oids.data)),
    ...(certificates.length > 0 ? [der.element(0xa0, concat(...certificates))] : []),
    der.setOf(),
  )
  return der.sequence(der.objectIdentifier(oids.signedData), der.explicit(0, signedData))
}

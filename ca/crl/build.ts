/**
 * Writes and signs full certificate revocation lists (RFC 5280 5), without issuing distribution point, so that any validator takes
 * them as they are. Expired certificates stay on the list, and ExpiredCertsOnCRL says so (X.509 9.5.2.8), as archives need.
 */
import { fromHex } from '../bytes.ts'
import { extension, signatureAlgorithmIdentifier } from '../certificates/encoding.ts'
import * as der from '../der/write.ts'
import { oids } from '../oids.ts'
import { readCertificate } from '../path/certificate.ts'
import type { Signer } from '../signer.ts'
import { revocationReasons, type RevocationReason } from './reasons.ts'

export interface RevokedCertificate {
  /** Hexadecimal octets of the positive number. */
  readonly serial: string
  readonly revokedAt: Date
  readonly reason: RevocationReason
  readonly invalidityDate?: Date
}

/** DER CertificateList. `number` is the CRL number; no `revokedAt` may lie after `thisUpdate`. */
export async function buildCrl(options: {
  readonly signer: Signer
  readonly number: number
  readonly thisUpdate: Date
  readonly nextUpdate: Date
  readonly revoked: readonly RevokedCertificate[]
}): Promise<Uint8Array> {
  const { signer, revoked } = options
  const issuer = readCertificate(signer.certificate)
  const algorithm = signatureAlgorithmIdentifier(signer.algorithm)
  const authorityKey = fromHex(issuer.subjectKeyIdentifier ?? '')
  const extensions = der.sequence(
    extension(oids.authorityKeyIdentifier, der.sequence(der.implicit(0, authorityKey))),
    extension(oids.crlNumber, der.integer(options.number)),
    extension(oids.expiredCertsOnCrl, der.generalizedTime(issuer.notBefore)),
  )
  const tbs = der.sequence(
    der.integer(1),
    algorithm,
    issuer.subject.raw,
    der.time(options.thisUpdate),
    der.time(options.nextUpdate),
    // RFC 5280 5.1.2.6: absent, not empty.
    ...(revoked.length > 0 ? [der.sequence(...revoked.map(entry))] : []),
    der.explicit(0, extensions),
  )
  return der.sequence(tbs, algorithm, der.bitString(await signer.sign(tbs)))
}

function entry({ serial, revokedAt, reason, invalidityDate }: RevokedCertificate): Uint8Array {
  const extensions = [
    ...(reason === 'unspecified'
      ? []
      : [extension(oids.reasonCode, der.enumerated(revocationReasons[reason]))]),
    ...(invalidityDate
      ? [extension(oids.invalidityDate, der.generalizedTime(invalidityDate))]
      : []),
  ]
  return der.sequence(
    der.integer(fromHex(serial)),
    der.time(revokedAt),
    ...(extensions.length > 0 ? [der.sequence(...extensions)] : []),
  )
}

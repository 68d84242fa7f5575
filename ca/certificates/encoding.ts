/** The pieces that certificates, CRLs and OCSP answers share: signature algorithm identifiers and extensions. Pure. */
import * as der from '../der/write.ts'
import { signatureSuites, type SignatureAlgorithm } from '../signer.ts'

/** AlgorithmIdentifier of a signature, DER: NULL parameters for RSA, none for the others (RFC 5758 3.2, RFC 8410 3). */
export function signatureAlgorithmIdentifier(algorithm: SignatureAlgorithm): Uint8Array {
  const suite = signatureSuites[algorithm]
  return der.sequence(
    der.objectIdentifier(suite.signature),
    ...(suite.nullParameters ? [der.nullValue] : []),
  )
}

/** Extension that may be ignored (RFC 5280 4.2); FALSE is the default and so not encoded. */
export function extension(id: string, value: Uint8Array): Uint8Array {
  return der.sequence(der.objectIdentifier(id), der.octetString(value))
}

/** Extension that must be understood. */
export function criticalExtension(id: string, value: Uint8Array): Uint8Array {
  return der.sequence(der.objectIdentifier(id), der.booleanTrue, der.octetString(value))
}

/** The pieces that certificates, CRLs and OCSP answers share: signature algorithm identifiers and extensions. Pure. */
import * as der from '../der/write.ts'
import { oids } from '../oids.ts'
import {
  digestOctets,
  signatureSuites,
  type SignatureAlgorithm,
  type SuiteDigest,
} from '../signer.ts'

/** AlgorithmIdentifier of a signature, DER: NULL for RSA, parameters for PSS (RFC 4055 3.1), none for the others (RFC 5758 3.2, RFC 8410 3). */
export function signatureAlgorithmIdentifier(algorithm: SignatureAlgorithm): Uint8Array {
  const { signature, digest, parameters } = signatureSuites[algorithm]
  const identifier = der.objectIdentifier(signature)
  if (parameters === 'absent') return der.sequence(identifier)
  if (parameters === 'null') return der.sequence(identifier, der.nullValue)
  return der.sequence(identifier, pssParameters(digest))
}

/** RSASSA-PSS-params: the hash, the mask by it, a salt as long as it; the trailer is the default. */
function pssParameters(digest: SuiteDigest): Uint8Array {
  const hash = digestAlgorithmIdentifier(digest)
  return der.sequence(
    der.explicit(0, hash),
    der.explicit(1, der.sequence(der.objectIdentifier(oids.mgf1), hash)),
    der.explicit(2, der.integer(digestOctets[digest])),
  )
}

/** AlgorithmIdentifier of a hash, DER; no parameters (RFC 5754 2). */
export function digestAlgorithmIdentifier(digest: SuiteDigest): Uint8Array {
  return der.sequence(der.objectIdentifier(oids[digest]))
}

/** Extension that may be ignored (RFC 5280 4.2); FALSE is the default and so not encoded. */
export function extension(id: string, value: Uint8Array): Uint8Array {
  return der.sequence(der.objectIdentifier(id), der.octetString(value))
}

/** Extension that must be understood. */
export function criticalExtension(id: string, value: Uint8Array): Uint8Array {
  return der.sequence(der.objectIdentifier(id), der.booleanTrue, der.octetString(value))
}

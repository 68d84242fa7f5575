/** Whether a requester holds the private key (RFC 2986 4.2): the key is one we certify, and the request is signed by it. Pure. */
import { verify, type KeyObject } from 'node:crypto'
import { CaError, type CaErrorCode } from '../errors.ts'
import { signatureScheme } from '../path/signatures.ts'
import { acceptedPublicKey } from './public_key.ts'

export interface Proof {
  /** CertificationRequestInfo, DER: what is signed. */
  readonly information: Uint8Array
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array
  /** AlgorithmIdentifier, DER. */
  readonly algorithm: Uint8Array
  readonly signature: Uint8Array
}

/** Why a proof does not do, as plain data that crosses threads. */
export interface ProofRefusal {
  readonly code: CaErrorCode
  readonly message: string
  readonly details: Readonly<Record<string, unknown>>
}

/** undefined for a good proof; else `CA_REQUEST_KEY_REFUSED` or `CA_REQUEST_POSSESSION_UNPROVEN`. */
export function objectionToProof(proof: Proof): ProofRefusal | undefined {
  try {
    if (isProven(proof, acceptedPublicKey(proof.publicKey))) return undefined
  } catch (error) {
    if (!(error instanceof CaError)) throw error
    const { code, message, details } = error
    return { code, message, details }
  }
  return {
    code: 'CA_REQUEST_POSSESSION_UNPROVEN',
    message:
      'the request is not signed, with SHA-256 or stronger, by the key that it asks to certify',
    details: {},
  }
}

/** ECDSA and RSASSA-PKCS1-v1_5, each with SHA-256, SHA-384 or SHA-512; a signature that cannot even be read proves nothing. */
function isProven({ information, algorithm, signature }: Proof, key: KeyObject): boolean {
  const scheme = signatureScheme(algorithm)
  const kind = key.asymmetricKeyType === 'ec' ? 'ecdsa' : 'rsa-pkcs1'
  if (scheme?.kind !== kind) return false
  try {
    return verify(scheme.hash, information, key, signature)
  } catch {
    return false
  }
}

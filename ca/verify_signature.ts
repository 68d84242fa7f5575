/** Checks one raw signature with a certificate's key, by `node:crypto`: the server's hot path. Judging chains is `ca/path`. */
import { verify, X509Certificate } from 'node:crypto'
import type { SignatureAlgorithm } from './signer.ts'

/** Whether `signature` over `bytes` was made by the key of `certificate` (ECDSA or RSA PKCS#1 with SHA-256, Ed25519). */
export function verifySignature(options: {
  readonly certificate: Uint8Array
  readonly bytes: Uint8Array
  readonly signature: Uint8Array
}): boolean {
  const key = new X509Certificate(options.certificate).publicKey
  const digest = key.asymmetricKeyType === 'ed25519' ? null : 'sha256'
  return verify(digest, options.bytes, key, options.signature)
}

/** The suite in which the key of a certificate of ours signs. */
export function suiteOf(certificate: Uint8Array): SignatureAlgorithm {
  switch (new X509Certificate(certificate).publicKey.asymmetricKeyType) {
    case 'ed25519':
      return 'ed25519'
    case 'rsa':
      return 'rsa-sha256'
    default:
      return 'ecdsa-p256-sha256'
  }
}

/**
 * Signer: the port behind which a private key stands (a sealed key file, a PKCS#11 token, another process). The key itself is
 * never passed around. Asynchronous, so that a slow token is no special case.
 */

/** Signature suites; SM2 and post-quantum suites can become rows. */
export const signatureSuites = {
  'ecdsa-p256-sha256': {
    signature: '1.2.840.10045.4.3.2',
    digest: 'sha256',
    nullParameters: false,
  },
  'rsa-sha256': { signature: '1.2.840.113549.1.1.11', digest: 'sha256', nullParameters: true },
  ed25519: { signature: '1.3.101.112', digest: 'sha512', nullParameters: false },
} as const satisfies Record<
  string,
  { signature: string; digest: 'sha256' | 'sha512'; nullParameters: boolean }
>

export type SignatureAlgorithm = keyof typeof signatureSuites

export interface Signer {
  /** DER certificate of the signing key. */
  readonly certificate: Uint8Array
  readonly algorithm: SignatureAlgorithm
  /** Signs `bytes` (hashing inside); ECDSA answers a DER `Ecdsa-Sig-Value` (RFC 3279 2.2.3). */
  sign(bytes: Uint8Array): Promise<Uint8Array>
}

/**
 * Signer: the port behind which a private key stands (a sealed key file, a PKCS#11 token, another process). The key itself is
 * never passed around. Asynchronous, so that a slow token is no special case.
 */

/** What follows the object identifier of a suite: nothing, NULL, or the parameters of RSASSA-PSS. */
type SuiteParameters = 'absent' | 'null' | 'pss'

/**
 * Signature suites; SM2 and post-quantum suites can become rows. `digest` hashes what is signed and, in a CMS, its content: the two
 * are one (RFC 5652 5.4, RFC 5754 3, RFC 8419 3). RSASSA-PSS has the mask by the same hash and a salt as long as it (RFC 4055 3.1).
 */
export const signatureSuites = {
  'ecdsa-p256-sha256': {
    signature: '1.2.840.10045.4.3.2',
    digest: 'sha256',
    parameters: 'absent',
  },
  'ecdsa-p384-sha384': {
    signature: '1.2.840.10045.4.3.3',
    digest: 'sha384',
    parameters: 'absent',
  },
  'rsa-sha256': { signature: '1.2.840.113549.1.1.11', digest: 'sha256', parameters: 'null' },
  'rsa-pss-sha256': { signature: '1.2.840.113549.1.1.10', digest: 'sha256', parameters: 'pss' },
  ed25519: { signature: '1.3.101.112', digest: 'sha512', parameters: 'absent' },
} as const satisfies Record<
  string,
  { signature: string; digest: SuiteDigest; parameters: SuiteParameters }
>

/** Hash of a suite, as `node:crypto` names it. */
export type SuiteDigest = 'sha256' | 'sha384' | 'sha512'

/** Octets of each hash. */
export const digestOctets: Readonly<Record<SuiteDigest, number>> = {
  sha256: 32,
  sha384: 48,
  sha512: 64,
}

export type SignatureAlgorithm = keyof typeof signatureSuites

export interface Signer {
  /** DER certificate of the signing key. */
  readonly certificate: Uint8Array
  readonly algorithm: SignatureAlgorithm
  /** Signs `bytes` (hashing inside); ECDSA answers a DER `Ecdsa-Sig-Value` (RFC 3279 2.2.3). */
  sign(bytes: Uint8Array): Promise<Uint8Array>
}

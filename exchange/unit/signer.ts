/**
 * The port behind which a key of the unit or officer stands, named by whose key it is: `seat:CODE/SEAT` and `person:ID` sign
 * statements, `unit:CODE` seals. WebCrypto keys fit by `webSigner`, `node:crypto` keys and tokens by the `Signer` of `ca`.
 */
import { derEcdsaSignature } from '../../ca/path/index.ts'

export interface UnitSigner {
  readonly holder: string
  /** DER. */
  readonly certificate: Uint8Array
  /** Signs `bytes` (SHA-256 inside); answers a DER `Ecdsa-Sig-Value` (RFC 3279 2.2.3). */
  sign(bytes: Uint8Array): Promise<Uint8Array>
}

/** A signer over a WebCrypto key of P-256 whose certificate is known. */
export function webSigner(parts: {
  readonly holder: string
  readonly certificate: Uint8Array
  readonly key: CryptoKey
}): UnitSigner {
  const { holder, certificate, key } = parts
  const algorithm = { name: 'ECDSA', hash: 'SHA-256' }
  return {
    holder,
    certificate,
    sign: async (bytes) => {
      const raw = await crypto.subtle.sign(algorithm, key, new Uint8Array(bytes))
      return derEcdsaSignature(new Uint8Array(raw))
    },
  }
}

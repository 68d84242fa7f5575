/** ECDSA signatures between the two forms in use: r and s of fixed length (IEEE P1363, WebCrypto) and DER (X.509, CMS). Pure. */
import { integer, sequence } from './der/write.ts'

/** DER `Ecdsa-Sig-Value` (RFC 3279 2.2.3) of r and s side by side. */
export function derEcdsaSignature(raw: Uint8Array): Uint8Array {
  if (raw.length === 0 || raw.length % 2 !== 0) throw new RangeError('r and s have one length')
  const half = raw.length / 2
  return sequence(integer(raw.subarray(0, half)), integer(raw.subarray(half)))
}

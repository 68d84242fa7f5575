/** What EST tells clients of the requests that are taken (RFC 7030 4.5.2, RFC 8951 3.2): a P-256 key, signed with ECDSA and SHA-256. */
import { fromHex } from '../../ca/index.ts'

/**
 * CsrAttrs, DER, always the same: SEQUENCE { Attribute { id-ecPublicKey, SET { secp256r1 } }, OID ecdsa-with-SHA256 }. A code or the
 * certificate shown decides about names and extensions; none is asked for.
 */
export function csrAttributes(): Uint8Array {
  return fromHex('3021301506072a8648ce3d0201310a06082a8648ce3d03010706082a8648ce3d040302')
}

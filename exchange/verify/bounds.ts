/**
 * Bounds of what one file may cost: signature checks and octets hashed over all its signatures and evidence. Beyond them nothing verifies
 * any more, and the report says so. Pure but for the ports.
 */
import { webDigest, webVerifySignature, type CryptoPorts } from '../../ca/path/index.ts'

/** A file with 91 seals and all evidence needs some 2,000 checks. */
export const maxSignatureChecks = 10_000
/** Two hundred seals over ten megabytes each. */
export const maxHashedBytes = 2 * 1024 ** 3
export const maxHashes = 200_000

export interface BoundedPorts extends Required<CryptoPorts> {
  /** Whether a bound was reached. */
  readonly exhausted: boolean
}

/** The given ports, or WebCrypto, within the bounds of one file. */
export function boundPorts(ports: CryptoPorts = {}): BoundedPorts {
  const { verifySignature = webVerifySignature, digest = webDigest } = ports
  let checks = maxSignatureChecks
  let hashes = maxHashes
  let octets = maxHashedBytes
  return {
    get exhausted() {
      return checks < 0 || hashes < 0 || octets < 0
    },
    verifySignature: (check) => --checks >= 0 && verifySignature(check),
    digest: (hash, bytes) => {
      hashes--
      octets -= bytes.length
      return hashes < 0 || octets < 0 ? new Uint8Array() : digest(hash, bytes)
    },
  }
}

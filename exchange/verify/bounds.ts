/**
 * Bounds of what one file may cost: signature checks and octets hashed over all its signatures and evidence. Beyond them nothing verifies
 * any more, and the report says so. What was read and checked once is not read and checked again. Pure but for the ports.
 */
import {
  createPieces,
  equal,
  webDigest,
  webVerifySignature,
  type CryptoPorts,
  type PathPorts,
  type SignatureCheck,
  type VerifySignature,
} from '../../ca/path/index.ts'

/** A file with 91 seals and all evidence needs some 2,000 checks. */
export const maxSignatureChecks = 10_000
/** Two hundred seals over ten megabytes each. */
export const maxHashedBytes = 2 * 1024 ** 3
export const maxHashes = 200_000

export interface BoundedPorts extends Required<PathPorts> {
  /** Whether a bound was reached. */
  readonly exhausted: boolean
}

/** An evidence bundle has up to 1,000 receipts, with some ten checks each; every file in it is bound by itself, too. */
export const bundleFactor = 10

/** The given ports, or WebCrypto, within the bounds of `files` files. */
export function boundPorts(ports: CryptoPorts = {}, files = 1): BoundedPorts {
  const { verifySignature = webVerifySignature, digest = webDigest } = ports
  let checks = maxSignatureChecks * files
  let hashes = maxHashes * files
  let octets = maxHashedBytes * files
  return {
    get exhausted() {
      return checks < 0 || hashes < 0 || octets < 0
    },
    pieces: createPieces(),
    verifySignature: askedOnce((check) => --checks >= 0 && verifySignature(check)),
    digest: (hash, bytes) => {
      hashes--
      octets -= bytes.length
      return hashes < 0 || octets < 0 ? new Uint8Array() : digest(hash, bytes)
    },
  }
}

interface Asked {
  readonly check: SignatureCheck
  readonly answer: boolean | Promise<boolean>
}

/** The same question gets the same answer; told apart by the signed octets' identity first, which `pieces` makes one. */
function askedOnce(verify: VerifySignature): VerifySignature {
  const asked = new WeakMap<Uint8Array, Asked[]>()
  return (check) => {
    const before = asked.get(check.data) ?? []
    const same = before.find((other) => isSameQuestion(other.check, check))
    if (same) return same.answer
    const answer = verify(check)
    asked.set(check.data, [...before, { check, answer }])
    return answer
  }
}

function isSameQuestion(a: SignatureCheck, b: SignatureCheck): boolean {
  return (
    equal(a.publicKey, b.publicKey) &&
    equal(a.signature, b.signature) &&
    JSON.stringify(a.scheme) === JSON.stringify(b.scheme)
  )
}

/**
 * Bounds of what one file may cost: signature checks and octets hashed over all its signatures and evidence. Beyond them nothing verifies
 * any more, and the report says so. What was read and checked once is not read and checked again. Pure but for the ports.
 */
import {
  concat,
  createPieces,
  equal,
  webDigest,
  webVerifySignature,
  type CryptoPorts,
  type Digest,
  type HashName,
  type Hasher,
  type PathPorts,
  type SignatureCheck,
  type VerifySignature,
} from '../../ca/path/index.ts'

/** A file with 91 seals and all evidence needs some 2,000 checks. */
export const maxSignatureChecks = 10_000
/** Two hundred seals over ten megabytes each. */
export const maxHashedBytes = 2 * 1024 ** 3
export const maxHashes = 200_000

export interface BoundedPorts extends Omit<Required<PathPorts>, 'createHasher'> {
  /** Whether a bound was reached. */
  readonly exhausted: boolean
}

/** An evidence bundle has up to 1,000 receipts, with some ten checks each; every file in it is bound by itself, too. */
export const bundleFactor = 10

/** The given ports, or WebCrypto, within the bounds of `files` files. */
export function boundPorts(ports: CryptoPorts = {}, files = 1): BoundedPorts {
  const { verifySignature = webVerifySignature, digest = webDigest, createHasher } = ports
  let checks = maxSignatureChecks * files
  let hashes = maxHashes * files
  let octets = maxHashedBytes * files
  const affords = (length: number): boolean => {
    hashes--
    octets -= length
    return hashes >= 0 && octets >= 0
  }
  const bounded: Digest = (hash, bytes) =>
    affords(bytes.length) ? digest(hash, bytes) : new Uint8Array()
  return {
    get exhausted() {
      return checks < 0 || hashes < 0 || octets < 0
    },
    pieces: createPieces(),
    verifySignature: askedOnce((check) => --checks >= 0 && verifySignature(check)),
    digest: bounded,
    digestParts: createHasher
      ? digestByBeginnings(createHasher, affords)
      : (hash, parts) => bounded(hash, concat(...parts)),
  }
}

/** A hash that stands where some octets end. */
interface Beginning {
  readonly length: number
  readonly hasher: Hasher
}

/** Beginnings kept of one file; more are hashed from the nearest one. */
const maxBeginnings = 400

/**
 * Hashes parts of which the first ones are beginnings of the same octets, as signature after signature covers a file from its first byte: what
 * an earlier one went over is not gone over again.
 */
function digestByBeginnings(
  createHasher: (hash: HashName) => Hasher,
  affords: (length: number) => boolean,
): (hash: HashName, parts: readonly Uint8Array[]) => Uint8Array {
  const kept = new Map<string, Beginning[]>()
  const buffers = new WeakMap<ArrayBufferLike, number>()
  let count = 0
  return (hash, [first = new Uint8Array(), ...rest]) => {
    const buffer = buffers.get(first.buffer) ?? count++
    buffers.set(first.buffer, buffer)
    const key = `${hash} ${String(buffer)} ${String(first.byteOffset)}`
    const beginnings = kept.get(key) ?? []
    kept.set(key, beginnings)
    const nearest = beginnings.findLast(({ length }) => length <= first.length)
    const added = first.subarray(nearest?.length ?? 0)
    const length = rest.reduce((sum, part) => sum + part.length, added.length)
    if (!affords(length)) return new Uint8Array()
    const hasher = nearest ? nearest.hasher.copy() : createHasher(hash)
    hasher.update(added)
    if (beginnings.length < maxBeginnings) {
      beginnings.push({ length: first.length, hasher: hasher.copy() })
      beginnings.sort((a, b) => a.length - b.length)
    }
    for (const part of rest) hasher.update(part)
    return hasher.digest()
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

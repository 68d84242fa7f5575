/**
 * The digests that a TPM computes for a policy, computed without one, so that a build machine can sign them (TPM 2.0 Library, Part 3:
 * 23.7 PolicyPCR, 23.9 PolicyNV; Part 1: 16 Names). Pure.
 */
import { createHash } from 'node:crypto'
import { counterOctets } from './version_number.ts'

/** Where the number of the highest committed version lies in the TPM: an index of the owner's range, of our own choice. */
export const counterIndex = 0x0180_5ea1
/** Where the storage key lies, under which the disk's key is sealed: it must be there when the owner's authorisation is set. */
export const storageKeyHandle = 0x8100_5ea1

const commandCode = { policyNv: 0x0149, policyPcr: 0x017f } as const
const algorithmSha256 = 0x000b
/** The counter must not be above the number of the version that is started. */
const unsignedLessOrEqual = 0x0009

/** Attributes of the counter: the owner writes it, everybody reads it, no wrong guess locks anything. As tpm2-tools call them. */
export const counterAttributes = 'ownerwrite|authread|no_da'
/** The same as bits, once something was written: OWNERWRITE, AUTHREAD, NO_DA, WRITTEN. */
const writtenCounterBits = 0x2204_0002
export const counterBytes = 8

const noPolicy = new Uint8Array(32)

/**
 * What the owner signs for a kernel image: it was measured as `pcr11`, and the TPM's counter is not above `versionNumber`.
 * A 32-octet digest, equal to that of a session with PolicyPCR (SHA-256 bank, PCR 11) and PolicyNV.
 */
export function approvedPolicy(image: {
  readonly pcr11: Uint8Array
  readonly versionNumber: bigint
}): Uint8Array {
  return withCounter(withPcr(noPolicy, 11, image.pcr11), image.versionNumber)
}

/** PolicyPCR over one register of the SHA-256 bank. */
export function withPcr(policy: Uint8Array, pcr: number, value: Uint8Array): Uint8Array {
  const selected = new Uint8Array(3)
  selected[pcr >> 3] = 1 << (pcr & 7)
  const selection = [...uint32(1), ...uint16(algorithmSha256), selected.length, ...selected]
  return hash(policy, uint32(commandCode.policyPcr), Uint8Array.from(selection), hash(value))
}

/** PolicyNV: the counter is at most `versionNumber`. */
function withCounter(policy: Uint8Array, versionNumber: bigint): Uint8Array {
  const offset = uint16(0)
  const comparison = hash(counterOctets(versionNumber), offset, uint16(unsignedLessOrEqual))
  return hash(policy, uint32(commandCode.policyNv), comparison, counterName())
}

/** The counter's Name: the same on every box, so that one signature serves all. */
function counterName(): Uint8Array {
  const area = [
    ...uint32(counterIndex),
    ...uint16(algorithmSha256),
    ...uint32(writtenCounterBits),
    ...uint16(0), // no policy of its own
    ...uint16(counterBytes),
  ]
  return Uint8Array.from([...uint16(algorithmSha256), ...hash(Uint8Array.from(area))])
}

function hash(...parts: readonly Uint8Array[]): Uint8Array {
  const digest = createHash('sha256')
  for (const part of parts) digest.update(part)
  return new Uint8Array(digest.digest())
}

function uint16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 0xff)
}

function uint32(value: number): Uint8Array {
  return Uint8Array.from([...uint16(value >>> 16), ...uint16(value & 0xffff)])
}

/** A version as the number that the TPM's counter compares. Pure. */
import { DiskError } from './errors.ts'

const maxPart = 65_535

/** `MAJOR.MINOR.PATCH`, each below 65536, as one number of 8 octets. Throws `DISK_VERSION_MALFORMED`. */
export function versionNumberOf(version: string): bigint {
  const parts = /^(\d{1,5})\.(\d{1,5})\.(\d{1,5})$/.exec(version)?.slice(1).map(Number)
  if (parts === undefined || parts.some((part) => part > maxPart)) {
    throw new DiskError('DISK_VERSION_MALFORMED', `${version} is no version such as 1.2.3`)
  }
  return parts.reduce((number, part) => (number << 16n) | BigInt(part), 0n)
}

/** The version that a counter's value stands for. */
export function versionOf(number: bigint): string {
  return [32n, 16n, 0n].map((shift) => String((number >> shift) & 0xffffn)).join('.')
}

/** As the counter holds it: 8 octets, the highest first. */
export function counterOctets(number: bigint): Uint8Array {
  const octets = new Uint8Array(8)
  new DataView(octets.buffer).setBigUint64(0, number)
  return octets
}

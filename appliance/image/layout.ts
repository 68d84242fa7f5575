/**
 * How a disk of Sealbox is laid out: the partitions, their names, types and sizes, and the names on the partition that the firmware reads.
 * `docs/formats/image.md`. Pure.
 */
import { createHash } from 'node:crypto'

export const mebibyte = 1024 * 1024
export const sectorBytes = 512

/** Room for four kernel images: of the running version, of the one on trial, and space to write. */
const espMebibytes = 160
/** The root image may grow to this without another layout; twice what it has. */
const rootMebibytes = 512
/** dm-verity takes 0.8 % of what it covers. */
const verityMebibytes = 8
/** What a disk file is built with; on a larger disk the partition is grown when it is first opened. */
export const smallestDataMebibytes = 64

export type PartitionName =
  | 'sealbox-esp'
  | 'sealbox-root-a'
  | 'sealbox-verity-a'
  | 'sealbox-root-b'
  | 'sealbox-verity-b'
  | 'sealbox-data'

export type Slot = 'a' | 'b'

export interface Partition {
  readonly name: PartitionName
  /** GPT type, UUID. */
  readonly type: string
  /** The partition's own UUID: the same on every disk, as the disk image is. */
  readonly uuid: string
  readonly startBytes: number
  readonly sizeBytes: number
}

/** Types of the Discoverable Partitions Specification. `sealbox-data` is of a type that nothing mounts by itself. */
const types = {
  esp: 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B',
  root: '4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709',
  verity: '2C7357ED-EBD2-46D9-AEC1-23D437EC2BF5',
  data: 'CA7D7CCB-63ED-4C53-861C-1742536059CC', // LUKS
} as const

/** A UUID of version 8 (RFC 9562 5.8) that belongs to a name of ours for ever. */
export function uuidOf(name: string): string {
  const bytes = createHash('sha256').update(`sealbox image ${name}`).digest().subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return dashed(bytes.toString('hex'))
}

/**
 * The UUID in the superblock of the verity tree: the first 16 bytes of the root hash. By it the initramfs knows which slot holds the tree that
 * its command line names, before anything of the slot is trusted.
 */
export function verityUuid(rootHash: string): string {
  return dashed(rootHash.slice(0, 32))
}

function dashed(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** The partitions in order; the data partition has at least `smallestDataMebibytes`. */
export function partitions(dataMebibytes = smallestDataMebibytes): readonly Partition[] {
  const rows = [
    ['sealbox-esp', types.esp, espMebibytes],
    ['sealbox-root-a', types.root, rootMebibytes],
    ['sealbox-verity-a', types.verity, verityMebibytes],
    ['sealbox-root-b', types.root, rootMebibytes],
    ['sealbox-verity-b', types.verity, verityMebibytes],
    ['sealbox-data', types.data, dataMebibytes],
  ] as const
  let startBytes = mebibyte
  return rows.map(([name, type, mebibytes]) => {
    const sizeBytes = mebibytes * mebibyte
    const partition = { name, type, uuid: uuidOf(name), startBytes, sizeBytes }
    startBytes += sizeBytes
    return partition
  })
}

/** Of a disk with such partitions, in bytes: behind the last one lies the copy of the table. */
export function diskBytes(dataMebibytes = smallestDataMebibytes): number {
  const last = partitions(dataMebibytes).at(-1)
  return (last?.startBytes ?? 0) + (last?.sizeBytes ?? 0) + mebibyte
}

/** Where it lies on the disk; the closed names make a missing one impossible. */
export function partition(name: PartitionName): Partition {
  const found = partitions().find((row) => row.name === name)
  if (found === undefined) throw new RangeError(name)
  return found
}

/** Tries that a new version has until it must have proved itself; the Boot Loader Specification's counter. */
export const triesOfNewVersion = 3

/** The kernel image's name on the firmware's partition; with `tries` it is on trial. */
export function kernelImageName(version: string, tries?: number): string {
  return `sealbox_${version}${tries === undefined ? '' : `+${String(tries)}`}.efi`
}

/** The whole disk as a sparse file: the table, the partition of the firmware, slot a; slot b and the data partition are empty. */
import { closeSync, ftruncateSync, openSync, readSync, rmSync, statSync, writeSync } from 'node:fs'
import { ImageError } from './errors.ts'
import {
  diskBytes,
  mebibyte,
  partition,
  partitions,
  sectorBytes,
  uuidOf,
  type PartitionName,
} from './layout.ts'
import { tool } from './tools.ts'

export interface DiskContents {
  readonly esp: string
  readonly root: string
  readonly verity: string
  /** Of the data partition. */
  readonly dataMebibytes: number
}

/** Writes the disk to `to`; `IMAGE_TOO_LARGE` where something does not fit its partition. */
export async function makeDisk(contents: DiskContents, to: string): Promise<void> {
  const { esp, root, verity, dataMebibytes } = contents
  rmSync(to, { force: true })
  const disk = openSync(to, 'w')
  try {
    ftruncateSync(disk, diskBytes(dataMebibytes))
  } finally {
    closeSync(disk)
  }
  await tool('sfdisk', ['--quiet', to], { input: Buffer.from(table(dataMebibytes)) })
  copyInto(to, 'sealbox-esp', esp)
  copyInto(to, 'sealbox-root-a', root)
  copyInto(to, 'sealbox-verity-a', verity)
}

function table(dataMebibytes: number): string {
  const rows = partitions(dataMebibytes).map(({ name, type, uuid, startBytes, sizeBytes }) => {
    const [start, size] = [startBytes, sizeBytes].map((bytes) => String(bytes / sectorBytes))
    return `start=${start ?? ''}, size=${size ?? ''}, type=${type}, name=${name}, uuid=${uuid}`
  })
  return ['label: gpt', `label-id: ${uuidOf('disk')}`, 'unit: sectors', ...rows, ''].join('\n')
}

/** Copies a file to the beginning of a partition, leaving holes where it has zeros. */
export function copyInto(diskPath: string, name: PartitionName, from: string): void {
  const { startBytes, sizeBytes } = partition(name)
  if (statSync(from).size > sizeBytes) {
    throw new ImageError('IMAGE_TOO_LARGE', `${from} does not fit ${name}`)
  }
  const [disk, source] = [openSync(diskPath, 'r+'), openSync(from, 'r')]
  try {
    const buffer = Buffer.alloc(mebibyte)
    let at = 0
    for (let read = readSync(source, buffer); read > 0; read = readSync(source, buffer)) {
      const part = buffer.subarray(0, read)
      if (part.some((byte) => byte !== 0)) writeSync(disk, part, 0, read, startBytes + at)
      at += read
    }
  } finally {
    closeSync(source)
    closeSync(disk)
  }
}

/**
 * The record of a disk's writes and flushes that QEMU keeps (block driver `blklogwrites`, format of the kernel's dm-log-writes), and a
 * disk as it was at any of them. Test support.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

export interface LoggedWrite {
  /** Where the entry ends in the record: what was answered when the record was as long had reached the disk. */
  readonly end: number
  /** Where on the disk, octets. */
  readonly offset: number
  readonly length: number
  /** Where its octets lie in the record; undefined of a flush alone, and of what was discarded. */
  readonly at: number | undefined
  readonly isFlush: boolean
}

const magic = 0x6a736677736872n
const flags = { flush: 1n, discard: 4n } as const

/** The sector of the record, as `-blockdev` sets it. */
export const logSectorBytes = 512

/** All entries in order. The record may end in the middle of one: the machine was killed. */
export function readWriteLog(file: string): readonly LoggedWrite[] {
  const log = openSync(file, 'r')
  try {
    const { size } = fstatSync(log)
    const head = Buffer.alloc(logSectorBytes)
    readSync(log, head, 0, logSectorBytes, 0)
    if (head.readBigUInt64LE() !== magic) throw new TypeError(`${file} is no record of writes`)
    const entries: LoggedWrite[] = []
    let at = logSectorBytes
    while (at + logSectorBytes <= size) {
      readSync(log, head, 0, logSectorBytes, at)
      const sectors = Number(head.readBigUInt64LE(8))
      const bits = head.readBigUInt64LE(16)
      // What was not written yet is zero.
      if (sectors === 0 && bits === 0n) break
      const length = sectors * logSectorBytes
      const hasData = (bits & flags.discard) === 0n && length > 0
      const end = at + logSectorBytes + (hasData ? length : 0)
      if (end > size) break
      entries.push({
        ...{ end, length, offset: Number(head.readBigUInt64LE()) * logSectorBytes },
        at: hasData ? at + logSectorBytes : undefined,
        isFlush: (bits & flags.flush) !== 0n,
      })
      at = end
    }
    return entries
  } finally {
    closeSync(log)
  }
}

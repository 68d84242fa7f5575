/** Octets of a device or a file, where nothing else is known of it yet. */
import { closeSync, openSync, readSync } from 'node:fs'

/** Fewer than `length` where it ends before. */
export function readAt(path: string, offset: number, length: number): Buffer {
  const file = openSync(path, 'r')
  try {
    const octets = Buffer.alloc(length)
    return octets.subarray(0, readSync(file, octets, 0, length, offset))
  } finally {
    closeSync(file)
  }
}

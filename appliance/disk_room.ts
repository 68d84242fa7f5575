/** How much room file systems, folders and devices have or take. I/O. */
import { readdir, readFile, realpath, stat, statfs } from 'node:fs/promises'
import { basename, join } from 'node:path'

/** Octets of a file system; `free`: for who is not root. */
export interface DiskRoom {
  readonly free: number
  readonly total: number
}
export type LookAtRoom = (path: string) => Promise<DiskRoom>

/** Of the file system that holds a file or folder. */
export async function diskRoom(path: string): Promise<DiskRoom> {
  const { bavail, blocks, bsize } = await statfs(path)
  return { free: bavail * bsize, total: blocks * bsize }
}

/** Octets of all files below a folder; what vanishes meanwhile counts nothing. */
export async function bytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const sizes = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return bytesBelow(path)
      return (await stat(path).catch(() => undefined))?.size ?? 0
    }),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** Linux counts a block device in these, whatever the disk does. */
const sectorBytes = 512

/** Octets of a block device, by the kernel (sysfs), or of a file in its place. */
export async function deviceBytes(path: string): Promise<number> {
  const found = await stat(path)
  if (!found.isBlockDevice()) return found.size
  const sectors = await readFile(`/sys/class/block/${basename(await realpath(path))}/size`, 'utf8')
  return Number(sectors) * sectorBytes
}

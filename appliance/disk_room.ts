/** How much room a file system has. I/O. */
import { statfs } from 'node:fs/promises'

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

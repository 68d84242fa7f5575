/** The few things an upgrade does to disks, as a port: tests record them, and cut the power between any two. */
import { open, readdir, rename, rm } from 'node:fs/promises'
import { syncFolder } from '../../ca/index.ts'

/** A partition, or a file in its place, opened to be written over. */
export interface Target extends AsyncDisposable {
  write(bytes: Uint8Array, at: number): Promise<void>
  sync(): Promise<void>
}

export interface SlotIo {
  /** Throws `ENOENT` where there is none: a partition is never made. */
  openTarget(path: string): Promise<Target>
  /** Makes a file whole and durable. */
  writeFile(path: string, bytes: Uint8Array): Promise<void>
  rename(from: string, to: string): Promise<void>
  /** Makes a file durable that has a new name: FAT keeps its size and place beside the name, and writes them there later. */
  syncFile(path: string): Promise<void>
  /** Names in a folder. */
  names(folder: string): Promise<readonly string[]>
  remove(path: string): Promise<void>
  syncFolder(path: string): Promise<void>
}

export const slotIo: SlotIo = {
  async openTarget(path) {
    const file = await open(path, 'r+')
    return {
      async write(bytes, at) {
        for (let done = 0; done < bytes.length;) {
          const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at + done)
          done += bytesWritten
        }
      },
      sync: () => file.sync(),
      [Symbol.asyncDispose]: () => file.close(),
    }
  },
  async writeFile(path, bytes) {
    await using file = await open(path, 'w', 0o600)
    await file.writeFile(bytes)
    await file.sync()
  },
  rename,
  async syncFile(path) {
    await using file = await open(path, 'r')
    await file.sync()
  },
  names: (folder) => readdir(folder),
  remove: (path) => rm(path, { force: true }),
  syncFolder,
}

/**
 * `JournalFiles`, the port beneath the journal, and its implementation on a folder. Decides nothing: names and bytes come from outside.
 * Each call that changes something is durable when it resolves.
 */
import { writeSync } from 'node:fs'
import { open, readdir, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'

const smallBytes = 64 * 1024

/** Append-only files of one folder. */
export interface JournalFiles {
  /** Names of the segments, in order. */
  list(): Promise<string[]>
  /** `length` bytes from `offset` (default: all of the file); fewer at its end. */
  read(name: string, offset?: number, length?: number): Promise<Uint8Array>
  /** Makes an empty file; it must not exist. */
  create(name: string): Promise<void>
  /** Writes `bytes` to the end, then `fdatasync`: once a call. */
  append(name: string, bytes: Uint8Array): Promise<void>
  /** Cuts the file off at `length`. */
  truncate(name: string, length: number): Promise<void>
  close(): Promise<void>
}

/** The segments of `directory`, which must exist. One process at a time: the caller holds the lock of the folder of data. */
export function openJournalFiles(directory: string): JournalFiles {
  let appending: { name: string; handle: FileHandle } | undefined

  async function handleFor(name: string): Promise<FileHandle> {
    if (appending?.name === name) return appending.handle
    await appending?.handle.close()
    appending = undefined
    const handle = await open(join(directory, name), 'a')
    appending = { name, handle }
    return handle
  }

  return {
    list: async () => (await readdir(directory)).filter((name) => name.endsWith('.seg')).sort(),
    async read(name, offset = 0, length) {
      await using handle = await open(join(directory, name), 'r')
      const wanted = length ?? (await handle.stat()).size - offset
      return await readFully(handle, offset, wanted)
    },
    async create(name) {
      await using handle = await open(join(directory, name), 'ax', 0o600)
      await handle.sync()
      // The name itself is durable only once the folder is.
      await using folder = await open(directory, 'r')
      await folder.sync()
    },
    async append(name, bytes) {
      const handle = await handleFor(name)
      // A small write only copies into the page cache: cheaper here than a trip to another thread.
      for (let at = 0; at < bytes.length;) {
        const rest = bytes.length - at
        at +=
          rest <= smallBytes
            ? writeSync(handle.fd, bytes, at, rest)
            : (await handle.write(bytes, at, rest)).bytesWritten
      }
      await handle.datasync()
    },
    async truncate(name, length) {
      await using handle = await open(join(directory, name), 'r+')
      await handle.truncate(length)
      await handle.sync()
    },
    async close() {
      await appending?.handle.close()
      appending = undefined
    },
  }
}

async function readFully(handle: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(Math.max(length, 0))
  let at = 0
  while (at < bytes.length) {
    const { bytesRead } = await handle.read(bytes, at, bytes.length - at, offset + at)
    if (bytesRead === 0) break
    at += bytesRead
  }
  return bytes.subarray(0, at)
}

/** Files that are there whole or not at all, after a crash too. I/O; decides nothing. */
import { createHash, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Sha256 } from './bytes.ts'

/** Writes a file under its name at once: aside and synced, then renamed, then the folder synced. */
export async function writeWhole(
  path: string,
  text: string | Uint8Array,
  mode: number,
): Promise<void> {
  // A name of its own: two writers do not write into each other, the later one stays.
  const aside = `${path}.${randomBytes(8).toString('hex')}.tmp`
  {
    await using file = await open(aside, 'wx', mode)
    await file.writeFile(text)
    await file.sync()
  }
  // Crash before here: what stood under the name stands; after it: the new text, once the folder is synced.
  await rename(aside, path)
  await syncFolder(dirname(path))
}

/** Makes the names in a folder durable. */
export async function syncFolder(directory: string): Promise<void> {
  await using folder = await open(directory, 'r')
  await folder.sync()
}

/** SHA-256 of a file too large to be held in memory. */
export async function sha256OfFile(path: string): Promise<Sha256> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex') as Sha256
}

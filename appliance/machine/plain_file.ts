/** Opening files that others made: plain ones alone, by one name, never through a link, never waiting on a pipe. Shell. */
import { constants, type Stats } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'

export interface PlainFile {
  readonly file: FileHandle
  readonly facts: Stats
}

/**
 * Opens it to be read; undefined where there is none, or what is there is no plain file with one name. The folder must be root's: a
 * folder of whoever made the file could be swapped for a link. Whoever gets it closes `file`.
 */
export async function openPlainFile(path: string): Promise<PlainFile | undefined> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  const file = await open(path, flags).catch(() => undefined)
  if (file === undefined) return undefined
  const facts = await file.stat()
  if (facts.isFile() && facts.nlink === 1) return { file, facts }
  await file.close()
  return undefined
}

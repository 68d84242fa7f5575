/** What lies beside a folder of data: the shelf of its backups, a drill, a restore; and what a power cut left of them. I/O. */
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

export const shelfOf = (directory: string): string => `${directory}.backups`
export const drillOf = (directory: string): string => `${directory}.drill`
/** A folder that is being restored, until it gets its name. */
export const restoreOf = (directory: string): string => `${directory}.restore`

/** Of a file that is being written. */
export const partial = '.partial'

/** The names that this box gives; a name from the journal leads nowhere else. */
export function isShelfName(name: string): boolean {
  return /^[A-Za-z0-9-]{1,90}\.sealbox-backup$/.test(name)
}

/** Files of the shelf that were never finished. To be called while none is being written. */
export async function removePartials(directory: string): Promise<void> {
  const shelf = shelfOf(directory)
  for (const name of await readdir(shelf).catch(() => [])) {
    const isLeft = name.endsWith(partial) && isShelfName(name.slice(0, -partial.length))
    if (isLeft) await rm(join(shelf, name), { force: true })
  }
}

/** All that was cut short beside a folder whose box has just been opened: whole copies of it, which nobody needs any more. */
export async function removeLeftovers(directory: string): Promise<void> {
  await removePartials(directory)
  for (const folder of [drillOf(directory), restoreOf(directory)]) {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What lies beside a folder of data: the shelf of its backups, a drill, a restore; and what a power cut left of them. I/O. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ApplianceError } from '../errors.ts'

export const shelfOf = (directory: string): string => `${directory}.backups`
/** Folders that are thrown away unasked: of a name that nobody chooses for a box or a copy of one. */
export const drillOf = (directory: string): string => hidden('drill', directory)
/** In which a folder is restored, until it gets its name. */
export const restoreOf = (directory: string): string => hidden('restore', directory)

const hidden = (what: string, directory: string): string =>
  join(dirname(directory), `.sealbox-${what}-of-${basename(directory)}`)

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

/** What a folder has in it that we made and may throw away. */
const markName = 'sealbox-unfinished'

/**
 * Makes such a folder anew, which nobody else reads: whoever made one of that name first would have all documents. What was cut short
 * before attests nothing. Throws `DATA_FOLDER_FOREIGN` where somebody else's is in the way.
 */
export async function makeAside(folder: string): Promise<void> {
  try {
    await dropAside(folder)
    await mkdir(folder, { mode: 0o700 })
    await writeFile(join(folder, markName), '', { mode: 0o600 })
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? ''
    if (!/^(?:EEXIST|EACCES|EPERM|ENOTEMPTY|ENOTDIR)$/.test(code)) throw cause
    const words = `${folder} cannot be made anew; choose a folder in which nobody else makes any`
    throw new ApplianceError('DATA_FOLDER_FOREIGN', words, { cause })
  }
}

/** Throws one away; what we did not make stays. */
export async function dropAside(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => undefined)
  if (names === undefined || (names.length > 0 && !names.includes(markName))) return
  // The mark last: a cut leaves what the next one throws away.
  for (const name of names.filter((one) => one !== markName)) {
    await rm(join(folder, name), { recursive: true, force: true })
  }
  await rm(folder, { recursive: true, force: true })
}

/** All that was cut short beside a folder whose box has just been opened: whole copies of it, which nobody needs any more. */
export async function removeLeftovers(directory: string): Promise<void> {
  await removePartials(directory)
  for (const folder of [drillOf(directory), restoreOf(directory)]) await dropAside(folder)
}

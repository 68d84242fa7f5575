/**
 * The passphrase of a production box on its way from the console to the processes that open keys by it: a file each in a folder of memory
 * that this process alone reads. It stays until the machine is turned off, so that a service that starts anew opens them again.
 */
import { readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { writeWhole } from '../../ca/index.ts'

const fileName = 'passphrase'

/** In the image: of the process that holds the issuing key, and of the service, which asks that one as soon as it opens. */
export const unlockFolders = ['/run/sealbox-unlock/keys', '/run/sealbox-unlock/box'] as const
/** What the service opens its keys by. */
export const unlockFile = join(unlockFolders[1], fileName)

/** Leaves it in each folder; its group may read it. Gives the stamp of the last one. */
export async function leavePassphrase(
  folders: readonly string[],
  passphrase: string,
): Promise<string> {
  const files = folders.map((folder) => join(folder, fileName))
  for (const file of files) await writeWhole(file, `${passphrase}\n`, 0o640)
  return (await stampOf(files.at(-1) ?? '')) ?? ''
}

/** Takes it away again: it was the wrong one. */
export async function withdrawPassphrase(folders: readonly string[]): Promise<void> {
  for (const folder of folders) await rm(join(folder, fileName), { force: true })
}

/** What tells one passphrase file from the next; undefined where there is none. Says nothing of the passphrase. */
export async function stampOf(file: string): Promise<string | undefined> {
  const facts = await stat(file, { bigint: true }).catch(() => undefined)
  return facts && `${String(facts.ino)}-${String(facts.mtimeNs)}`
}

/** The passphrase in a file that was left. */
export async function takePassphrase(file: string): Promise<string> {
  return (await readFile(file, 'utf8')).trim()
}

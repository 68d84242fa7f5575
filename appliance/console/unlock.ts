/**
 * The passphrase of a production box on its way from the console to the processes that open keys by it: a file each in a folder of memory
 * (`/run`) that this process alone reads. It stays until the machine is turned off, so that a service that starts anew opens them again.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { writeWhole } from '../../ca/index.ts'

const fileName = 'passphrase'

/** In the image: of the service, and of the process that holds the issuing key. */
export const unlockFolders = ['/run/sealbox-unlock/box', '/run/sealbox-unlock/keys'] as const
/** What the service opens its keys by. */
export const unlockFile = join(unlockFolders[0], fileName)

/** Leaves it in each folder; its group may read it. */
export async function leavePassphrase(
  folders: readonly string[],
  passphrase: string,
): Promise<void> {
  for (const folder of folders) await writeWhole(join(folder, fileName), `${passphrase}\n`, 0o640)
}

/** Whether it was left since the machine was turned on. */
export function isPassphraseLeft(folders: readonly string[]): boolean {
  return folders.every((folder) => existsSync(join(folder, fileName)))
}

/** A restore's sources in a folder of a machine that is somebody else's: what sticks are in the image. Shell. */
import { existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { openersIn } from '../machine/openers.ts'
import { kindOf } from '../machine/stick_names.ts'
import type { RestoreSource } from './place.ts'

/** Nothing is copied: backups are restored from where they lie, and the folder is what units kept. */
export function folderSource(folder: string): RestoreSource {
  return {
    async backups() {
      const names = (await readdir(folder)).filter((name) => kindOf(name) === 'backup')
      return Promise.all(
        names.toSorted().map(async (name) => ({
          name,
          bytes: (await stat(join(folder, name))).size,
        })),
      )
    },
    take: (name) => Promise.resolve(join(folder, name)),
    openers: () => openersIn(folder),
    heads: () => Promise.resolve(existsSync(folder) ? folder : undefined),
  }
}

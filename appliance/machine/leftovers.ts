/** What acts that were cut off left on the disk: copies of backups, of what units kept, of a whole box. Acts are done one at a time. Shell. */
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { MachinePaths } from './act.ts'
import { hasBox } from './has_box.ts'
import { exchangePaths } from './stick_acts.ts'

/** Where a box stands while it is adopted: `0700 root`. */
export const adoptingPath = ({ state }: Pick<MachinePaths, 'state'>): string =>
  join(state, 'adopting')

/** Takes away what no act will look at again. */
export async function clearLeftovers(paths: MachinePaths): Promise<void> {
  await emptyFolder(exchangePaths(paths.exchange).taken)
  // Before there is a box a restore still needs what was brought, and adopts once more what the console makes anew.
  if (!hasBox(paths)) return
  await emptyRestoreFolder(paths)
  await rm(adoptingPath(paths), { recursive: true, force: true })
}

/** Takes away what waited for a restore. */
export async function emptyRestoreFolder({
  exchange,
}: Pick<MachinePaths, 'exchange'>): Promise<void> {
  await emptyFolder(exchangePaths(exchange).restore)
}

async function emptyFolder(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    await rm(join(folder, name), { recursive: true, force: true })
  }
}

/**
 * In the image the service is loaded while the data disk is opened, perhaps by a person's passphrase, and its folders appear before it once
 * they are mounted (ADR 43). Until then they are not there, or lie in memory as whatever else is in `/run`.
 */
import { stat } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import type { ServiceManager } from './service_manager.ts'

const lookEveryMs = 50
/** More is asked for well before the last is over, and once more at the end: what follows may take as long as a unit's start by itself. */
const askEveryMs = 60_000
const askForMs = 600_000

/** Waits until each of `folders` lies on another file system than `memory`. */
export async function untilMounted(
  folders: readonly string[],
  manager: Pick<ServiceManager, 'startsFor'>,
  memory = '/run',
): Promise<void> {
  const { dev } = await stat(memory)
  const isMounted = async (folder: string): Promise<boolean> =>
    stat(folder).then(
      (found) => found.dev !== dev,
      (error: unknown) => {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
        throw error
      },
    )
  let asked = -Infinity
  for (const folder of folders) {
    while (!(await isMounted(folder))) {
      if (performance.now() - asked > askEveryMs) {
        manager.startsFor(askForMs)
        asked = performance.now()
      }
      await pause(lookEveryMs)
    }
  }
  if (asked > 0) manager.startsFor(askForMs)
}

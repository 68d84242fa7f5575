/** Whether a box was made on this machine. The marker lies in the service's own folder: only the console is believed that there is none. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { MachinePaths } from './act.ts'

/** A folder of data has its version from its first moment on. */
export function hasBox({ box }: Pick<MachinePaths, 'box'>): boolean {
  return existsSync(join(box, 'VERSION'))
}

/**
 * Raises the layout of the folder of data, once the version that runs is committed (docs/formats/data-folder.md): until then the
 * version before opens what it left. I/O.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeWhole } from '../../ca/index.ts'
import { readLayout } from './data_layout.ts'

/** From one layout to the next. Cut off anywhere it is run again from its beginning, and ends the same. */
export interface LayoutStep {
  readonly from: number
  readonly run: (directory: string) => Promise<void>
}

/** None yet: there was one layout only. */
export const layoutSteps: readonly LayoutStep[] = []

/** Gives the layout that the folder has then. */
export async function raiseLayout(of: {
  readonly directory: string
  readonly isCommitted: boolean
  readonly steps?: readonly LayoutStep[]
}): Promise<number> {
  const { directory, isCommitted, steps = layoutSteps } = of
  const path = join(directory, 'VERSION')
  let layout = readLayout(await readFile(path, 'utf8')) ?? 0
  for (;;) {
    const step = steps.find(({ from }) => from === layout)
    if (step === undefined || !isCommitted) return layout
    await step.run(directory)
    layout += 1
    // Crash before: the step is run again. After: only a backup leads back.
    await writeWhole(path, `${String(layout)}\n`, 0o644)
  }
}

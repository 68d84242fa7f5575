/** What `start --demo` does with a folder of data: fill it, only serve it, or refuse. I/O. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import * as z from 'zod'
import { writeWhole } from '../../../ca/index.ts'
import { isEmptyFolder, pathsOf, readBoxFile } from '../../box/data_folder.ts'
import { ApplianceError } from '../../errors.ts'

/** `demo.json` in the folder of data; nothing secret. */
const markSchema = z.strictObject({
  state: z.enum(['filling', 'filled']),
  /** Where its identities were laid out. */
  out: z.string(),
})
type Mark = z.infer<typeof markSchema>

export interface DemoPlan {
  readonly isNew: boolean
  /** Absolute. */
  readonly out: string
}

/**
 * Throws `DEMO_REFUSED` for a box that is none of a demo, or of one that was not filled to its end, and `USAGE` where a new one would
 * write over files. Changes nothing.
 */
export function planDemo(directory: string, wanted: string | undefined): DemoPlan {
  const out = resolve(wanted ?? join(dirname(resolve(directory)), 'demo'))
  if (isEmptyFolder(directory)) {
    if (!existsSync(out) || readdirSync(out).length === 0) return { isNew: true, out }
    const words = `${out} holds files, of an earlier demo perhaps; remove it, or choose another folder with --demo-out`
    throw new ApplianceError('USAGE', words)
  }
  const mark = readMark(directory)
  if (mark === undefined || readBoxFile(directory).mode !== 'trial') {
    throw new ApplianceError(
      'DEMO_REFUSED',
      `${directory} holds a box that is none of a demo, and it is not filled with one; choose an empty folder with --data`,
    )
  }
  if (mark.state === 'filled') return { isNew: false, out: mark.out }
  throw new ApplianceError(
    'DEMO_REFUSED',
    `the demo in ${directory} was not filled to its end; make it anew: remove ${directory} and ${mark.out}, and start again`,
  )
}

/** Whether a box holds a demo, and how far it was filled; throws `DATA_FOLDER_FOREIGN` for what is no box. */
function readMark(directory: string): Mark | undefined {
  readBoxFile(directory)
  const { demo } = pathsOf(directory)
  return existsSync(demo) ? markSchema.parse(JSON.parse(readFileSync(demo, 'utf8'))) : undefined
}

/** Notes in the folder of data how far the demo was filled. */
export async function markDemo(
  directory: string,
  state: Mark['state'],
  { out }: DemoPlan,
): Promise<void> {
  const mark: Mark = { state, out }
  await writeWhole(pathsOf(directory).demo, `${JSON.stringify(mark)}\n`, 0o644)
}

/** A folder as a person at the console would write it. */
export function shownPath(path: string): string {
  const near = relative(process.cwd(), path)
  return near === '' || near.startsWith('..') ? path : near
}

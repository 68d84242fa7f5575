/** Alarms for the console of the box, which may be another user: a file of memory in the image, beside the data elsewhere. Shell. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { writeWhole } from '../../ca/index.ts'
import type { Alarm } from '../../web/index.ts'
import { stateFolder } from '../box/box_state.ts'

const words = z.object({ what: z.string(), value: z.string(), advice: z.string() })
const schema = z.object({
  version: z.literal(1),
  alarms: z.array(
    z.object({ state: z.enum(['warn', 'bad']), since: z.string(), zh: words, en: words }),
  ),
})
/** What a console shows of an alarm. */
export type ToldAlarm = z.infer<typeof schema>['alarms'][number]

const fileName = 'alarms.json'
/** A console has 25 lines. */
const maxTold = 5

/** Tells those that stand now, what failed first; `data` is the folder of data. */
export async function tellConsole(open: readonly Alarm[], data: string): Promise<void> {
  const folder = existsSync(stateFolder) ? stateFolder : data
  const rank = ({ state }: Alarm): number => (state === 'bad' ? 0 : 1)
  const alarms = open
    .toSorted((a, b) => rank(a) - rank(b))
    .slice(0, maxTold)
    .map(({ state, since, zh, en }): ToldAlarm => ({ state, since, zh, en }))
  await writeWhole(join(folder, fileName), JSON.stringify({ version: 1, alarms }), 0o644)
}

/** What a box told last; none where none told, or where it cannot be read. */
export async function toldAlarms(data: string): Promise<readonly ToldAlarm[]> {
  for (const folder of [stateFolder, data]) {
    try {
      return schema.parse(JSON.parse(await readFile(join(folder, fileName), 'utf8'))).alarms
    } catch {
      // Not there, or not whole: the next place, or the next minute.
    }
  }
  return []
}

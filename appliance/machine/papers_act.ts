/** The act that carries papers of a ceremony to a stick. They wait in memory, in a folder of root's that the console may add to. */
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { machineAct } from './act.ts'
import { MachineError } from './errors.ts'
import { openPlainFile } from './plain_file.ts'
import { withStick } from './stick.ts'
import { userIds } from './users.ts'

/** Names of papers (docs/formats/ceremony.md). */
export const paperName = z
  .string()
  .regex(
    /^(?:root\.key|root\.pem|minutes\.(?:html|json|json\.sig)|(?:backup-)?share-\d{1,3}-of-\d{1,3}\.json)$/,
  )

/** Minutes and certificates have some KB; sealed shares less. */
const maxPaperBytes = 4 * 1024 * 1024

/** Where papers wait, below `/run`: `0730 root:sealbox-console`. */
export const papersWaiting = (run: string): string => join(run, 'sealbox-papers')

/**
 * Writes nothing where the stick holds papers of this ceremony that these are to be kept apart from, and gives their names. Throws
 * `STICK_ABSENT`, `STICK_UNREADABLE`, `STICK_FILE_MISSING`.
 */
export const writePapers = machineAct({
  params: z.strictObject({
    /** First digits of the ceremony's identifier: a folder of that name on the stick. */
    ceremony: z.string().regex(/^[0-9a-f]{8}$/),
    names: z.array(paperName).min(1).max(10),
    /** Of other keepers: the root key, the share of each custodian. */
    apartFrom: z.array(paperName).max(256),
  }),
  result: z.strictObject({ found: z.array(paperName).max(256) }),
  askedBy: ['console'],
  patienceMs: 2 * 60_000,
  run: ({ ceremony, names, apartFrom }, machine) =>
    withStick(machine, 'write', async (stick) => {
      const folder = join(stick, `ceremony-${ceremony}`)
      const there = await readdir(folder).catch((): string[] => [])
      const found = apartFrom.filter((name) => there.includes(name))
      if (found.length > 0) return { found }
      const papers = new Map<string, Uint8Array>()
      for (const name of names) {
        papers.set(name, await paper(join(papersWaiting(machine.paths.run), name)))
      }
      await mkdir(folder, { recursive: true })
      for (const [name, bytes] of papers) await place(folder, name, bytes)
      return { found: [] }
    }),
})

async function paper(path: string): Promise<Uint8Array> {
  const opened = await openPlainFile(path)
  if (opened === undefined) return missing()
  await using file = opened.file
  const { size, uid } = opened.facts
  const isOurs = uid === userIds['sealbox-console'] || uid === process.getuid?.()
  if (!isOurs || size > maxPaperBytes) return missing()
  const bytes = new Uint8Array(size)
  const { bytesRead } = await file.read(bytes, 0, size, 0)
  return bytes.subarray(0, bytesRead)
}

/** The same paper again replaces itself: a stick that was pulled out too early is plugged in again. */
async function place(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  const aside = join(folder, `${name}.part`)
  await rm(aside, { force: true })
  {
    await using file = await open(aside, 'wx', 0o644)
    await file.writeFile(bytes)
    await file.sync()
  }
  await rename(aside, join(folder, name))
}

function missing(): never {
  throw new MachineError('STICK_FILE_MISSING', 'there is no such paper')
}

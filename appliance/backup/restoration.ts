/**
 * `restored.json`: a folder of data came from a backup, and the journal does not say so yet. While it is there and two officers must
 * confirm, the box serves what it has and lets nobody act.
 */
import { existsSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import * as z from 'zod'
import { syncFolder, writeWhole, type Sha256 } from '../../ca/index.ts'
import { maxRestoredNumbers, restoredNumberSchema } from '../../exchange/index.ts'
import { pathsOf } from '../box/data_folder.ts'

const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .transform((text) => text as Sha256)
const head = z.strictObject({ size: z.int().min(0), root: z.base64().length(44) })

const schema = z.strictObject({
  format: z.literal('sealbox-restored/1'),
  backup: sha256,
  madeAt: z.iso.datetime({ precision: 3 }),
  head,
  restoredAt: z.iso.datetime({ precision: 3 }),
  /** The largest head behind the backup's that somebody was known to have seen. */
  seen: head.nullable(),
  numbers: z.array(restoredNumberSchema).max(maxRestoredNumbers),
  missing: z.array(sha256),
  /** Whether two officers must confirm. */
  confirm: z.boolean(),
})
export type Restoration = z.infer<typeof schema>

export async function writeRestoration(directory: string, restoration: Restoration): Promise<void> {
  await writeWhole(
    pathsOf(directory).restored,
    `${JSON.stringify(schema.parse(restoration), null, 2)}\n`,
    0o600,
  )
}

/** Undefined where the folder was not restored, or its journal says so already. */
export function readRestoration(directory: string): Restoration | undefined {
  const path = pathsOf(directory).restored
  if (!existsSync(path)) return undefined
  return schema.parse(JSON.parse(readFileSync(path, 'utf8')))
}

export async function removeRestoration(directory: string): Promise<void> {
  await rm(pathsOf(directory).restored, { force: true })
  await syncFolder(directory)
}

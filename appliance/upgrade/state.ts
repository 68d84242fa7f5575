/**
 * What root keeps of upgrades on the partition of data: the highest version that was committed, and how the last attempt went. The
 * product reads it and cannot write it.
 */
import { readFile } from 'node:fs/promises'
import * as z from 'zod'
import { writeWhole } from '../../ca/index.ts'
import { isSha256 } from '../../ca/path/index.ts'
import { orMissing, type Machine } from './machine.ts'
import { versionPattern } from './version.ts'

const version = z.string().regex(versionPattern)
const sha256 = z.string().refine(isSha256)

/** How an attempt stands: being written, to be tried at the next start, or one of its three ends. */
export const attemptStates = ['writing', 'trial', 'committed', 'fell-back', 'failed'] as const

const attemptSchema = z.strictObject({
  state: z.enum(attemptStates),
  version,
  /** What ran when it was installed, and runs again if it falls back. */
  from: version,
  /** SHA-256 of the manifest. */
  manifest: sha256,
  /** The order of two officers; null at a box that is not set up yet. */
  order: sha256.nullable(),
  /** When it came into this state, by the machine's clock. */
  at: z.iso.datetime(),
  /** Of `failed`: code of what was thrown. */
  code: z.string().max(60).optional(),
})
export type Attempt = z.infer<typeof attemptSchema>

const stateSchema = z.strictObject({
  format: z.literal(1),
  /** The highest version that was ever committed: nothing older is installed, or serves. */
  highest: version,
  attempt: attemptSchema.nullable(),
})
export type UpgradeState = z.infer<typeof stateSchema>

/** The record; of a machine that has none yet, `running` is what was committed when its disk was written. */
export async function readState(
  { state }: Pick<Machine, 'state'>,
  running: string,
): Promise<UpgradeState> {
  const text = await readFile(state, 'utf8').catch(orMissing)
  if (text === undefined) return { format: 1, highest: running, attempt: null }
  return stateSchema.parse(JSON.parse(text))
}

/** Writes it whole; readable by all, writable by root alone. */
export function writeState({ state }: Pick<Machine, 'state'>, to: UpgradeState): Promise<void> {
  return writeWhole(state, `${JSON.stringify(to, null, 2)}\n`, 0o644)
}

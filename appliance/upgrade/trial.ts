/**
 * What becomes of a version that was started on trial: committed once it is healthy, or nothing, and then its tries run out and the
 * loader starts the one before. Root's part; health is asked elsewhere (`health_probe.ts`).
 */
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { entryAmong, entryName, type BootEntry, type Tries } from './entries.ts'
import { orMissing, runningVersion, type Machine } from './machine.ts'
import type { SlotIo } from './slot_io.ts'
import { readState, writeState, type Attempt, type UpgradeState } from './state.ts'
import { compareVersions } from './version.ts'
import { removeOthers } from './write_slot.ts'

export interface TrialParts {
  readonly machine: Machine
  readonly io: SlotIo
  readonly now: () => Date
  /** Raises what holds the highest version beyond this disk: a counter of the TPM. Asked after the entry is committed. */
  readonly raise?: (version: string) => Promise<void>
}

/** How a start stands. */
export interface Started {
  readonly version: string
  /** Its tries while it is on trial. */
  readonly trial: Tries | undefined
  readonly state: UpgradeState
}

/**
 * Looks at what was started, and writes down how the attempt before went: `fell-back` where another version than the tried one runs,
 * `failed` where the power went while it was written. Marks a trial for the pages.
 */
export async function settleStart({ machine, io, now }: TrialParts): Promise<Started> {
  const version = (await runningVersion(machine)) ?? notTheImage()
  const entry = await entryOf(machine, io, version)
  const before = await readState(machine, version)
  const attempt = settled(before.attempt, { version, entry, at: now().toISOString() })
  const state = { ...before, attempt }
  if (attempt !== before.attempt) {
    // First of all the entry that failed: one with a counter has the machine restart where it is not well.
    await removeOthers({ machine, io }, version)
    await writeState(machine, state)
  }
  if (entry?.tries === undefined) await rm(machine.trial, { force: true })
  else await writeFile(machine.trial, `${version}\n`)
  return { version, trial: entry?.tries, state }
}

/**
 * Commits the version that runs: from here on nothing older starts, is installed or serves. Done again after a crash in the middle,
 * it ends where it would have ended.
 */
export async function commitStart(parts: TrialParts, { version, state }: Started): Promise<void> {
  const { machine, io, now, raise } = parts
  const { entries } = machine
  const counted = await entryOf(machine, io, version)
  if (counted?.tries !== undefined) {
    const path = join(entries, entryName(version))
    await io.rename(join(entries, counted.name), path)
    // The only entry from here on: one without its size would start nothing.
    await io.syncFile(path)
    await io.syncFolder(entries)
  }
  // Crash here: it starts uncounted, and the rest is done once it is healthy again.
  await raise?.(version)
  const highest = compareVersions(version, state.highest) > 0 ? version : state.highest
  const { attempt } = state
  const isIt = attempt !== null && attempt.version === version && isOpen(attempt)
  const done: UpgradeState = {
    ...{ format: 1, highest },
    attempt: isIt ? { ...attempt, state: 'committed', at: now().toISOString() } : attempt,
  }
  await removeOthers({ machine, io }, version)
  // Last: only what is recorded is not done again.
  if (isIt || highest !== state.highest) await writeState(machine, done)
  await rm(machine.trial, { force: true })
}

/** Whether all that `commitStart` would do was done before: the usual start. */
export function isCommitted({ version, trial, state }: Started): boolean {
  const { highest, attempt } = state
  return trial === undefined && highest === version && (attempt === null || !isOpen(attempt))
}

const isOpen = ({ state }: Attempt): boolean => state === 'writing' || state === 'trial'

function settled(
  attempt: Attempt | null,
  of: { readonly version: string; readonly entry: BootEntry | undefined; readonly at: string },
): Attempt | null {
  if (attempt === null || !isOpen(attempt) || attempt.version === of.version) return attempt
  const { at } = of
  if (attempt.state === 'writing') return { ...attempt, state: 'failed', code: 'CUT', at }
  return { ...attempt, state: 'fell-back', at }
}

async function entryOf(
  { entries }: Pick<Machine, 'entries'>,
  io: SlotIo,
  version: string,
): Promise<BootEntry | undefined> {
  return entryAmong((await io.names(entries).catch(orMissing)) ?? [], version)
}

function notTheImage(): never {
  throw new TypeError('this is not the image')
}

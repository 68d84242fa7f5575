/** What the console works with: the folders of one box, and the machine below it where there is one that we own. */
import { rm } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { dropAside, restoreOf } from '../backup/beside.ts'
import type { Clock, Random } from '../../ca/index.ts'
import type { DiskJob, DiskOutcome } from '../disk/job.ts'
import type { BoxState } from '../box/box_state.ts'
import type { Network } from '../machine/network.ts'
import type { Opener } from '../machine/openers.ts'

/** Where a restore takes what it needs from: sticks that are plugged in, or a folder where the machine is somebody else's. */
export interface RestoreSource {
  /** Backups that lie there. */
  backups(): Promise<readonly { readonly name: string; readonly bytes: number }[]>
  /** Brings one of them to where it is restored from; gives its path. `toCome` are those that follow. `isFirst`: of the whole restore. */
  take(
    name: string,
    of: { readonly toCome: readonly string[]; readonly isFirst: boolean },
  ): Promise<string>
  /** Shares and key files that open backups. */
  openers(): Promise<readonly Opener[]>
  /** The folder with what units kept; undefined where there is none. */
  heads(): Promise<string | undefined>
}

/** Acts of the machine below the box; each throws what a person is told. */
export interface Machine {
  /** The stick that is plugged in, while there is no box. */
  readonly stick: RestoreSource
  /** Writes the newest version on the stick beside the one that runs, while there is no box; the next start tries it. Gives its number. */
  installUpgrade(): Promise<string>
  applyNetwork(network: Network): Promise<void>
  /** Sets the clock of the machine. */
  setTime(at: Date): Promise<void>
  /** Addresses of time servers in the district's own network. */
  applyTimeServers(servers: readonly string[]): Promise<void>
  /**
   * Copies papers of a ceremony, by their names in their folder, to the stick that is plugged in. Gives the names of those already on it
   * that they are to be kept apart from; then nothing was written.
   */
  writePapers(
    folder: string,
    of: { readonly names: readonly string[]; readonly apartFrom: readonly string[] },
  ): Promise<readonly string[]>
  /** Makes the folder that the ceremony filled the box's; `recipient` of its backups, where their key was made there. */
  adoptBox(recipient?: string): Promise<void>
  /** Of backups: for whom the issuing keys are encrypted, and for whom else a backup wanted them. */
  backupRecipient(): Promise<{ readonly kept: string | null; readonly refused: string | null }>
  /** From now on they are encrypted to that other one. */
  acceptBackupRecipient(recipient: string): Promise<void>
  /** Keys of the data disk; a refusal is an outcome. */
  disk(job: DiskJob): Promise<DiskOutcome>
  /** What the custodians' shares open the data disk with when the TPM does not. */
  enrolRecovery(passphrase: string): Promise<void>
  restart(): Promise<void>
  powerOff(): Promise<void>
}

/** One box and its console. */
export interface Place {
  /** Undefined where the machine belongs to somebody else: a box under plain npm. */
  readonly machine: Machine | undefined
  /** How the service is that has the box; undefined: none tells. */
  readonly state: () => Promise<BoxState | undefined>
  /** The folder of data that is to be, where we may look into it. */
  readonly data: string
  /** Where the ceremony makes the box: `data` itself, or a folder of the console's own that the machine then adopts. */
  readonly making: string
  /** `setup.json`. */
  readonly setUp: string
  /** Folder below which papers of a ceremony are written. */
  readonly papers: string
  /** Where the passphrase of a production box is left for its processes, in memory alone; none: they ask themselves. */
  readonly unlock: readonly string[]
  readonly pkiPort: number
  readonly port: number
  readonly clock: Clock
  readonly random: Random
}

/** What an earlier attempt left where the box is to be made attests nothing; never the folder of data itself. */
export async function removeAside({ making, data }: Place): Promise<void> {
  await dropAside(restoreOf(making))
  if (making !== data) await rm(making, { recursive: true, force: true })
}

/** Codes that do not say whether it was done. */
const unsure: readonly string[] = ['MACHINE_SILENT', 'MACHINE_INTERRUPTED', 'MACHINE_FAILED']
/** How long a service may take to see that it has a box. */
const seenMs = 20_000

/**
 * Has the machine make the folder that was filled the box's. An answer that was lost, or told of what failed afterwards, is no failure
 * where there is a box by then: what is told of it (a first officer's code) would be lost, and every further attempt be refused.
 */
export async function adopt(
  { machine, state }: Pick<Place, 'machine' | 'state'>,
  recipient?: string,
): Promise<void> {
  try {
    await machine?.adoptBox(recipient)
  } catch (error) {
    const { code } = error as { readonly code?: unknown }
    const isUnsure = typeof code === 'string' && unsure.includes(code)
    if (!isUnsure || !(await isSeen(state))) throw error
  }
}

async function isSeen(state: Place['state']): Promise<boolean> {
  for (let waited = 0; waited <= seenMs; waited += 500) {
    if (await hasBox({ state })) return true
    await pause(500)
  }
  return false
}

/** Whether the service says that there is a box. */
export async function hasBox({ state }: Pick<Place, 'state'>): Promise<boolean> {
  const now = await state()
  return now !== undefined && now.box !== null
}

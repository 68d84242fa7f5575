/** What the console works with: the folders of one box, and the machine below it where there is one that we own. Types only. */
import type { Clock, Random } from '../../ca/index.ts'
import type { DiskJob, DiskOutcome } from '../disk/job.ts'
import type { BoxState } from '../box/box_state.ts'
import type { Network } from '../machine/network.ts'

/** Acts of the machine below the box; each throws what a person is told. */
export interface Machine {
  applyNetwork(network: Network): Promise<void>
  /** Sets the clock of the machine. */
  setTime(at: Date): Promise<void>
  /** Addresses of time servers in the district's own network. */
  applyTimeServers(servers: readonly string[]): Promise<void>
  /** Copies papers of a ceremony, by their names in their folder, to the stick that is plugged in. */
  writePapers(folder: string, names: readonly string[]): Promise<void>
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

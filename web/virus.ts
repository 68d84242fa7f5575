/** The port of the virus check: how the scanner is, and new signatures for it. `appliance` fills it in. Types only. */
import type { Readable } from 'node:stream'
import type { Principal, WaitingCount } from '../exchange/index.ts'

/** How the scanner is: no such thing; it does not answer; it reads new signatures; it has none; it scans. */
export type ScannerCondition = 'none' | 'down' | 'loading' | 'no-signatures' | 'ready'

export interface VirusReport {
  readonly condition: ScannerCondition
  /** What the scanner says of itself, or why it does not; printable ASCII. */
  readonly said: string
  /** Files of signatures that the box keeps; empty where somebody else keeps the scanner's. */
  readonly sets: readonly SignatureSet[]
  /** When those that are to be kept up were made; undefined where nobody knows. */
  readonly newest: Date | undefined
  readonly waiting: WaitingCount
}

export interface SignatureSet {
  readonly name: string
  readonly bytes: number
  readonly builtAt: Date
  /** Counted by its maker; of ClamAV's own. */
  readonly version?: number
  readonly signatures?: number
}

/** Why a file of signatures was not taken. */
export type SignatureRefusal =
  | 'NAME_UNKNOWN'
  | 'NO_ROOM'
  | 'TOO_LARGE'
  | 'NOT_A_DATABASE'
  | 'NAMED_OTHERWISE'
  | 'NOT_GENUINE'
  | 'NOT_A_LIST'
  | 'NOT_SIGNED'
  | 'SIGNER_UNKNOWN'
  | 'OLDER'
  | 'AHEAD'
  | 'NOT_LOADABLE'

export interface RefusedSignatures {
  readonly name: string
  readonly reason: SignatureRefusal
}

/** A file on its way in; its content is read once, in order. */
export interface GivenFile {
  readonly name: string
  readonly content: Readable
}

export type Installed =
  | { readonly installed: readonly SignatureSet[] }
  /** Nothing was installed; empty where there were no files. */
  | { readonly refused: readonly RefusedSignatures[] }

export interface VirusDesk {
  report(): Promise<VirusReport>
  /**
   * Checks the files and puts them in the place of older ones: all of them, or none. Absent where the box keeps no signatures. Throws
   * `TOO_MANY_REQUESTS` while others are on their way in.
   */
  readonly install?: (files: AsyncIterable<GivenFile>, actor: Principal) => Promise<Installed>
  /** Likewise with what is on the stick in the machine. Absent where there is no machine to ask. Throws what the machine refuses. */
  readonly installFromStick?: (actor: Principal) => Promise<Installed>
}

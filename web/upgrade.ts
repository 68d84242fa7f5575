/** The port of upgrades: which version runs, which bundle lies on the box, and how the last one went. `appliance` fills it in. Types only. */
import type { Sha256 } from '../ca/index.ts'
import type { Principal } from '../exchange/index.ts'

/** How an upgrade that was ordered stands. */
export type UpgradeEnd = 'ordered' | 'committed' | 'fell-back' | 'failed'

export interface UpgradeState {
  /** Whether this is the image. Elsewhere the operating system's people install versions. */
  readonly isImage: boolean
  /** What runs. */
  readonly version: string
  /** The slot of the disk that it runs from. */
  readonly slot: 'a' | 'b' | undefined
  /** The highest version that was ever kept: nothing below it is installed. */
  readonly highest: string
  /** Whether what runs is on trial. */
  readonly isOnTrial: boolean
  /** An upload that is under way, or was broken off. */
  readonly receiving:
    | {
        readonly bytes: number
        /** Of the whole bundle; undefined until its manifest is here. */
        readonly of: number | undefined
        readonly version: string | undefined
      }
    | undefined
  /** The bundle that lies on the box, whole, and newer than what runs. */
  readonly staged: StagedUpgrade | undefined
  /** While the slot is written: octets done, of all. */
  readonly progress: { readonly done: number; readonly all: number } | undefined
  /** The last one that officers ordered. */
  readonly last: LastUpgrade | undefined
}

export interface StagedUpgrade {
  readonly version: string
  /** SHA-256 of the manifest: what officers order. */
  readonly manifest: Sha256
  readonly builtAt: string
  readonly bytes: number
}

export interface LastUpgrade {
  readonly version: string
  readonly from: string
  readonly manifest: Sha256
  readonly order: Sha256
  readonly state: UpgradeEnd
  /** Why it failed. */
  readonly code: string | null
  /** Since when it is in this state; RFC 3339. */
  readonly at: string
}

export interface UpgradeDesk {
  state(): Promise<UpgradeState>
  /**
   * Takes the next octets of a bundle; `offset` 0 begins anew. Throws `UPGRADE_NOT_HERE`, `UPGRADE_BUSY`, `UPGRADE_OFFSET` (with how
   * many are here), and as soon as it can be told what stands against the bundle: `UPGRADE_MALFORMED`, `UPGRADE_SIGNATURE`,
   * `UPGRADE_NOT_NEWER`, `UPGRADE_DATA`, `UPGRADE_TOO_LARGE`, `UPGRADE_DAMAGED`; then nothing of it is kept.
   */
  append(part: {
    readonly actor: Principal
    readonly offset: number
    readonly bytes: Uint8Array
  }): Promise<UpgradeState>
  /** Names of bundles on the stick. Throws what the machine throws. */
  onStick(): Promise<readonly string[]>
  /** Takes a bundle from the stick. Throws as `append`, and what the machine throws. */
  fromStick(of: { readonly actor: Principal; readonly name: string }): Promise<UpgradeState>
  /** Takes what was uploaded away. Throws `UPGRADE_BUSY`. */
  discard(): Promise<UpgradeState>
}

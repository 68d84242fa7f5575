/** Whether a bundle may be installed on this box, by its signed manifest alone: asked before a part of it is read. Pure. */
import { UpgradeError } from './errors.ts'
import { partOf, type Manifest } from './manifest.ts'
import { compareVersions } from './version.ts'

/** What a bundle is held against. */
export interface Ground {
  /** The version that runs. */
  readonly running: string
  /** The highest version that this box ever committed. */
  readonly highest: string
  /** Layout of the folder of data as it is now; undefined where there is none yet. */
  readonly layout: number | undefined
}

/** Octets that the idle slot holds. */
export interface SlotRoom {
  readonly root: number
  readonly verity: number
}

/** Throws `UPGRADE_NOT_NEWER`, `UPGRADE_DATA`. */
export function requireNewer({ version, data }: Manifest, ground: Ground): void {
  const { running, highest, layout } = ground
  // What is committed is never undone: neither that version again, nor one before it, whatever runs now.
  if (compareVersions(version, running) <= 0 || compareVersions(version, highest) < 0) {
    throw new UpgradeError('UPGRADE_NOT_NEWER', `${version} is not newer than what this box has`, {
      details: { version, running, highest },
    })
  }
  if (layout !== undefined && !data.reads.includes(layout)) {
    throw new UpgradeError('UPGRADE_DATA', `${version} does not open the data of this box`, {
      details: { version, layout, reads: data.reads },
    })
  }
}

/** Throws `UPGRADE_TOO_LARGE` where a part does not fit its partition. */
export function requireRoom(manifest: Manifest, room: SlotRoom): void {
  for (const name of ['root', 'verity'] as const) {
    const { bytes } = partOf(manifest, name)
    if (bytes <= room[name]) continue
    throw new UpgradeError('UPGRADE_TOO_LARGE', `${name} does not fit the slot`, {
      details: { part: name, bytes, room: room[name] },
    })
  }
}

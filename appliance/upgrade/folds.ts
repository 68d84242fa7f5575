/** What the journal says of upgrades, and the view of the last one. Pure. */
import {
  boxActor,
  type Actor,
  type EntryDraft,
  type Fold,
  type JsonObject,
  type Sha256,
} from '../../ca/index.ts'
import type { LastUpgrade } from '../../web/index.ts'

/** Keys of this folder's views. */
export const upgradeKeys = {
  /** The last upgrade that was ordered, as `LastUpgrade`. */
  last: 'a/upgrade/last',
} as const

type UpgradeOrdered = Pick<LastUpgrade, 'version' | 'from' | 'manifest' | 'order'>

const ordered: Fold = {
  type: 'upgrade.ordered',
  reads: () => [],
  apply(entry) {
    const { version, from, manifest, order } = entry.data as unknown as UpgradeOrdered
    const last: LastUpgrade = {
      ...{ version, from, manifest, order, state: 'ordered', code: null, at: entry.time },
    }
    return [{ key: upgradeKeys.last, value: last as unknown as JsonObject }]
  },
}

const ended: Fold = {
  type: 'upgrade.ended',
  reads: () => [upgradeKeys.last],
  apply(entry, values) {
    const { state, code, order } = entry.data as unknown as Pick<
      LastUpgrade,
      'state' | 'code' | 'order'
    >
    const before = values.get(upgradeKeys.last) as unknown as LastUpgrade
    // Of an older order than the last one it says nothing any more.
    const last = before.order === order ? { ...before, state, code, at: entry.time } : before
    return [{ key: upgradeKeys.last, value: last as unknown as JsonObject }]
  },
}

export const upgradeFolds: readonly Fold[] = [ordered, ended]

/** An administrator brought a bundle. */
export function stagedEntry(
  actor: Actor,
  of: { readonly version: string; readonly manifest: Sha256 },
): EntryDraft {
  const { version, manifest } = of
  return {
    ...{ type: 'upgrade.staged', actor, subject: 'box', files: [] },
    data: { version, manifest },
  }
}

/** Two officers ordered it. */
export function orderedEntry(actor: Actor, of: UpgradeOrdered): EntryDraft {
  const { version, from, manifest, order } = of
  return {
    ...{ type: 'upgrade.ordered', actor, subject: 'box', files: [] },
    data: { version, from, manifest, order },
  }
}

/** How it ended, as root's record has it. */
export function endedEntry(
  of: Pick<LastUpgrade, 'version' | 'order' | 'code'> & {
    readonly state: Exclude<LastUpgrade['state'], 'ordered'>
  },
): EntryDraft {
  const { version, order, state, code } = of
  return {
    ...{ type: 'upgrade.ended', actor: boxActor, subject: 'box', files: [] },
    data: { version, order, state, code },
  }
}

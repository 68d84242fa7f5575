/**
 * The views as a group of commits leaves them: what the store holds, and over it the puts of the entries folded so far.
 * The same code serves live commits, recovery and rebuilding. Reads the store, writes nothing to it.
 */
import { isViewKey } from './keyspace.ts'
import type { Entry, Fold, Json } from './types.ts'
import { decodeRecord, encodeRecord, type Operation, type Store } from './views.ts'

/** Folds by the type of the entries they answer; several of one type run in the order given. */
export type FoldTable = ReadonlyMap<string, readonly Fold[]>

export interface Projection {
  /** Loads what `keys` hold: a few at once and here, many in one read aside. */
  prefetch(keys: Iterable<string>): Promise<void>
  /** Version under `key` as the group sees it, null where nothing is. Throws `VIEW_DAMAGED`. */
  version(key: string): Promise<number | null>
  /** Folds the entries of one commit; all of their puts stay, or none if it throws. */
  fold(entries: readonly Entry[]): Promise<void>
  /** The changes to the store. */
  operations(): Operation[]
}

type Stored = Uint8Array | undefined

/** So few keys are read sooner than a thread takes the work over; one commit by itself asks for no more (a quarter faster then). */
const maxKeysAtOnce = 8

/** Gathers the folds by type. */
export function foldTable(folds: readonly Fold[]): FoldTable {
  const table = new Map<string, Fold[]>()
  for (const fold of folds) table.set(fold.type, [...(table.get(fold.type) ?? []), fold])
  return table
}

/** All keys that the folds of `entry` want to read. */
export function foldReads(table: FoldTable, entry: Entry): string[] {
  return (table.get(entry.type) ?? []).flatMap((fold) => [...fold.reads(entry)])
}

/** A projection over what `store` holds now; nobody else may write to the store meanwhile. */
export function createProjection(store: Store, table: FoldTable): Projection {
  const known = new Map<string, Stored>()
  const changed = new Set<string>()

  async function prefetch(keys: Iterable<string>): Promise<void> {
    const missing = [...new Set(keys)].filter((key) => !known.has(key))
    if (missing.length === 0) return
    if (missing.length <= maxKeysAtOnce)
      for (const key of missing) known.set(key, store.getSync(key))
    else {
      const found = await store.getMany(missing)
      missing.forEach((key, at) => known.set(key, found[at]))
    }
  }

  return {
    prefetch,
    async version(key) {
      await prefetch([key])
      const stored = known.get(key)
      return stored === undefined ? null : decodeRecord(key, stored).version
    },
    async fold(entries) {
      await prefetch(entries.flatMap((entry) => foldReads(table, entry)))
      const puts = new Map<string, Stored>()
      const look = (key: string): Stored => (puts.has(key) ? puts.get(key) : known.get(key))
      for (const entry of entries) {
        for (const fold of table.get(entry.type) ?? []) {
          for (const [key, stored] of foldOne(fold, entry, look)) puts.set(key, stored)
        }
      }
      for (const [key, stored] of puts) {
        known.set(key, stored)
        changed.add(key)
      }
    },
    operations: () =>
      [...changed].map((key) => {
        const value = known.get(key)
        return value === undefined ? { type: 'del', key } : { type: 'put', key, value }
      }),
  }
}

function foldOne(fold: Fold, entry: Entry, look: (key: string) => Stored): [string, Stored][] {
  const values = new Map<string, Json>()
  for (const key of fold.reads(entry)) {
    const stored = look(key)
    if (stored !== undefined) values.set(key, decodeRecord(key, stored).value)
  }
  return fold.apply(entry, values).map(({ key, value }) => {
    if (!isViewKey(key)) throw new TypeError(`no key for a view: ${JSON.stringify(key)}`)
    if (value === undefined) return [key, undefined]
    return [key, encodeRecord(key, { version: entry.index, value })]
  })
}

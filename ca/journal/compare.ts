/** Compares two stores of views key by key: what a scrub does with the views that live and those that the journal makes anew. Reads alone. */
import type { AbstractSnapshot } from 'abstract-level'
import { canonicalJson } from '../canonical_json.ts'
import { equal, utf8 } from '../bytes.ts'
import { keys, reservedPrefix } from './keyspace.ts'
import { readApplied } from './records.ts'
import { decodeRecord, type Store } from './views.ts'

const entryPrefix = keys.entry(0).slice(0, -14)

/** Keys and values of a store as they lie, in the order of its keys. */
export type StoredRecords = AsyncIterator<readonly [key: string, value: Uint8Array]>

/** Of how many entries the views of a store are, as a snapshot saw it; undefined where the store does not say, or is damaged there. */
export async function appliedSize(
  store: Store,
  snapshot?: AbstractSnapshot,
): Promise<number | undefined> {
  const stored = await store.get(keys.applied, snapshot === undefined ? {} : { snapshot })
  return stored === undefined ? undefined : readApplied(stored)?.size
}

/** All records, as a snapshot saw them. */
export function recordsOf(store: Store, snapshot?: AbstractSnapshot): StoredRecords {
  const iterator = store.iterator(snapshot === undefined ? {} : { snapshot })
  return iterator[Symbol.asyncIterator]()
}

/**
 * Every key, and whether both stores hold the same under it: the same bytes, or, of a view, the same version and value. How far each has
 * come is not compared.
 */
export async function* compareRecords(
  one: StoredRecords,
  other: StoredRecords,
): AsyncGenerator<{ readonly key: string; readonly same: boolean }> {
  let [a, b] = [await nextOf(one), await nextOf(other)]
  while (a !== undefined || b !== undefined) {
    const order = orderOf(a?.[0], b?.[0])
    const key = (order <= 0 ? a?.[0] : b?.[0]) ?? ''
    const same = order === 0 && a !== undefined && b !== undefined && isSame(key, a[1], b[1])
    if (!isOfThisRun(key)) yield { key, same }
    if (order <= 0) a = await nextOf(one)
    if (order >= 0) b = await nextOf(other)
  }
}

/** How far a store has come and how it was closed: its own, not the journal's to say. */
function isOfThisRun(key: string): boolean {
  return key.startsWith(reservedPrefix) && !key.startsWith(entryPrefix)
}

async function nextOf(
  records: StoredRecords,
): Promise<readonly [key: string, value: Uint8Array] | undefined> {
  const step = await records.next()
  return step.done === true ? undefined : step.value
}

/** Order of the store: UTF-8 octets; what has ended comes last. */
function orderOf(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1
  return a === b ? 0 : Buffer.compare(utf8(a), utf8(b))
}

function isSame(key: string, a: Uint8Array, b: Uint8Array): boolean {
  if (equal(a, b)) return true
  if (key.startsWith(reservedPrefix)) return false
  try {
    const [one, other] = [decodeRecord(key, a), decodeRecord(key, b)]
    // The same value may have been written with its members in another order.
    return (
      one.version === other.version && equal(canonicalJson(one.value), canonicalJson(other.value))
    )
  } catch {
    return false // a checksum objects
  }
}

/**
 * View values with a checksum bound to their key: LevelDB by itself hands out damaged values without a word.
 * A stored value is 8 bytes of SHA-256(key ‖ rest), then the rest; of a view record the rest is `<version> <JSON>`.
 * Knows an `AbstractLevel`, never the engine behind it.
 */
import { hash } from 'node:crypto'
import type { AbstractLevel } from 'abstract-level'
import { equal, utf8 } from '../bytes.ts'
import { CaError } from '../errors.ts'
import { reservedPrefix } from './keyspace.ts'
import type { Json, ViewRecord, Views } from './types.ts'

/** The store of views: keys in UTF-8 (`keyEncoding: 'utf8'`), values as bytes (`valueEncoding: 'view'`). */
export type Store = AbstractLevel<string | Buffer | Uint8Array, string, Uint8Array>

/** One change of a batch. */
export type Operation =
  | { readonly type: 'put'; readonly key: string; readonly value: Uint8Array }
  | { readonly type: 'del'; readonly key: string }

const checksumBytes = 8
const decoder = new TextDecoder()

/** The stored form of `rest` under `key`. */
export function sealValue(key: string, rest: Uint8Array): Uint8Array {
  const stored = new Uint8Array(checksumBytes + rest.length)
  stored.set(checksum(key, rest))
  stored.set(rest, checksumBytes)
  return stored
}

/** What is stored under `key`; throws `VIEW_DAMAGED` naming it. */
export function openValue(key: string, stored: Uint8Array): Uint8Array {
  const rest = stored.subarray(checksumBytes)
  if (!equal(stored.subarray(0, checksumBytes), checksum(key, rest))) throw viewDamaged(key)
  return rest
}

/** The stored form of a view record; the value is what JSON makes of it. */
export function encodeRecord(key: string, { version, value }: ViewRecord): Uint8Array {
  return sealValue(key, Buffer.from(`${String(version)} ${JSON.stringify(value)}`))
}

/** Reads a view record; throws `VIEW_DAMAGED` naming the key. */
export function decodeRecord(key: string, stored: Uint8Array): ViewRecord {
  const text = decoder.decode(openValue(key, stored))
  const split = text.indexOf(' ')
  return { version: Number(text.slice(0, split)), value: JSON.parse(text.slice(split + 1)) as Json }
}

/** `VIEW_DAMAGED`: the value under `key` is not what was written, or is not there. */
export function viewDamaged(key: string): CaError {
  return new CaError('VIEW_DAMAGED', `the view under ${JSON.stringify(key)} is damaged; rebuild`, {
    details: { key },
  })
}

/** So many keys are read at once where they lie, in a few microseconds each; more are left to the store's own threads. */
const maxReadInPlace = 8

/** Read access to the view records of `store`. */
export function createViews(store: Store): Views {
  // Going to another thread and back costs ten times what the read does: a page asks for a handful of single records.
  const getInPlace = async (key: string): Promise<Uint8Array | undefined> => {
    // Waits for a store that is being opened; one that was closed stays so, and the read fails.
    if (store.status === 'opening') await store.open({ passive: true })
    return store.getSync(key)
  }
  return {
    async get(key) {
      const stored = await getInPlace(key)
      return stored === undefined ? undefined : decodeRecord(key, stored)
    },
    async getMany(wanted) {
      const found =
        wanted.length <= maxReadInPlace
          ? await Promise.all(wanted.map(getInPlace))
          : await store.getMany([...wanted])
      return found.map((stored, at) =>
        stored === undefined ? undefined : decodeRecord(wanted[at] ?? '', stored),
      )
    },
    async *scan(prefix, { reverse = false, limit = Infinity, after } = {}) {
      const range = {
        // The journal's own records come before all views.
        ...(prefix === '' ? { gt: `${reservedPrefix}\u{10ffff}` } : { gte: prefix }),
        lt: `${prefix}\u{10ffff}`,
        reverse,
        ...(Number.isFinite(limit) ? { limit } : {}),
      }
      if (after !== undefined) narrow(range, after)
      for await (const [key, stored] of store.iterator(range)) {
        yield { key, ...decodeRecord(key, stored) }
      }
    },
  }
}

interface Range {
  gt?: string
  gte?: string
  lt: string
  reverse: boolean
}

/** Begins the range behind `after`, in the direction of the scan; an `after` outside of the range changes nothing. */
function narrow(range: Range, after: string): void {
  if (range.reverse) {
    if (utf8Order(after, range.lt) < 0) range.lt = after
  } else if (utf8Order(after, range.gte ?? range.gt ?? '') >= 0) {
    delete range.gte
    range.gt = after
  }
}

/** Order of the store: UTF-8 bytes, which beyond the basic plane is not the order of strings. */
function utf8Order(a: string, b: string): number {
  return Buffer.compare(utf8(a), utf8(b))
}

function checksum(key: string, rest: Uint8Array): Uint8Array {
  // On the hot path: one buffer, no encoder object.
  const keyBytes = Buffer.byteLength(key)
  const covered = Buffer.allocUnsafe(keyBytes + rest.length)
  covered.write(key, 0, 'utf8')
  covered.set(rest, keyBytes)
  return hash('sha256', covered, 'buffer').subarray(0, checksumBytes)
}

/**
 * The LevelDB under the index, with each value bound to its key by a checksum: damage is noticed when read (design 4), and the
 * caller rebuilds. Against accidents, not against somebody who writes to the disk: those find nothing to win in a view.
 */
import { crc32 } from 'node:zlib'
import type { AbstractLevel, AbstractSnapshot } from 'abstract-level'
import { ExchangeError } from '../errors.ts'

/** A store of its own, opened and closed by whoever hands it in. */
export type SearchStore = AbstractLevel<string | Buffer | Uint8Array>
export type Snapshot = AbstractSnapshot | undefined

/** A change to one key; without a value the key goes. */
export interface Write {
  readonly key: Uint8Array
  readonly value?: Uint8Array
}

export interface KeyRange {
  readonly gte: Uint8Array
  readonly lt: Uint8Array
}

export interface CheckedStore {
  snapshot(): Snapshot
  getMany(keys: Uint8Array[], snapshot?: Snapshot): Promise<(Uint8Array | undefined)[]>
  range(
    range: KeyRange,
    snapshot?: Snapshot,
  ): Promise<(readonly [key: Uint8Array, value: Uint8Array])[]>
  /** All or nothing, and on disk when it resolves. */
  write(writes: readonly Write[]): Promise<void>
  clear(): Promise<void>
}

const checksumBytes = 4
const view = { keyEncoding: 'view', valueEncoding: 'view' } as const
/** Fewer trips to the engine for long lists; an engine that does not know the option ignores it. */
const wide = { ...view, highWaterMarkBytes: 1 << 20 }

/** Throws `SEARCH_DAMAGED` on whatever the engine or a checksum objects to. */
export function createCheckedStore(store: SearchStore): CheckedStore {
  return {
    snapshot: () => (store.supports.explicitSnapshots ? store.snapshot() : undefined),
    async getMany(keys, snapshot) {
      const sealed = await guarded(() =>
        store.getMany<Uint8Array, Uint8Array>(keys, { ...view, snapshot }),
      )
      return sealed.map((value, at) => value && open(keys[at], value))
    },
    async range(range, snapshot) {
      const options = { ...wide, ...range, snapshot }
      const rows = await guarded(() => store.iterator<Uint8Array, Uint8Array>(options).all())
      return rows.map(([key, value]) => [key, open(key, value)] as const)
    },
    async write(writes) {
      const batch = writes.map(({ key, value }) =>
        value
          ? ({ type: 'put', key, value: seal(key, value) } as const)
          : ({ type: 'del', key } as const),
      )
      const durable = { ...view, sync: true }
      await guarded(() => store.batch<Uint8Array, Uint8Array>(batch, durable))
    },
    clear: () => guarded(() => store.clear()),
  }
}

function seal(key: Uint8Array, value: Uint8Array): Uint8Array {
  const sealed = Buffer.allocUnsafe(value.length + checksumBytes)
  sealed.set(value)
  sealed.writeUInt32LE(crc32(value, crc32(key)), value.length)
  return sealed
}

function open(key: Uint8Array | undefined, sealed: Uint8Array): Uint8Array {
  const value = sealed.subarray(0, Math.max(0, sealed.length - checksumBytes))
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.length)
  if (
    sealed.length < checksumBytes ||
    bytes.readUInt32LE(value.length) !== crc32(value, crc32(key ?? ''))
  ) {
    throw new ExchangeError(
      'SEARCH_DAMAGED',
      'a value of the search index does not match its checksum',
    )
  }
  return value
}

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw new ExchangeError('SEARCH_DAMAGED', 'the search store failed', { cause })
  }
}

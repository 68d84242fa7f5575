/** Where journal tests keep things: temporary LevelDBs, segment files in memory, a fixed clock and seeded randomness. */
import { hash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { Level } from 'level'
import type { BlobVolume, JournalFiles, Store } from '../../../ca/journal/index.ts'
import { keys } from '../../../ca/journal/keyspace.ts'
import type { Clock } from '../../../ca/clock.ts'
import type { Random } from '../../../ca/random.ts'

/** `SEALBOX_TEST_FULL=1` asks for full counts. */
export const full = process.env['SEALBOX_TEST_FULL'] === '1'
/** Seed of all that is drawn at random here. */
export const seed = 20260101

/** A folder that goes when the test ends. */
export async function temporaryFolder(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sealbox-journal-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** LevelDB as the box opens it for views. */
export async function openStore(folder: string): Promise<Store> {
  const store = new Level<string, Uint8Array>(folder, {
    keyEncoding: 'utf8',
    valueEncoding: 'view',
  })
  await store.open()
  return store
}

/** A store of views that goes when the test ends. */
export async function temporaryStore(t: ExecutionContext): Promise<Store> {
  const store = await openStore(join(await temporaryFolder(t), 'views'))
  t.teardown(() => store.close())
  return store
}

/** LevelDB as the box opens it for a volume of blobs. */
export async function openVolume(folder: string): Promise<BlobVolume> {
  const volume = new Level<Uint8Array, Uint8Array>(folder, {
    keyEncoding: 'view',
    valueEncoding: 'view',
    compression: false,
  })
  await volume.open()
  return volume
}

/** Segment files in memory; what they hold may be changed at will. */
export type MemoryFiles = JournalFiles & { readonly content: Map<string, Uint8Array> }

/** Segment files in memory, to be cut and damaged. */
export function memoryFiles(start: Iterable<readonly [string, Uint8Array]> = []): MemoryFiles {
  const content = new Map(start)
  const bytesOf = (name: string): Uint8Array => content.get(name) ?? new Uint8Array()
  return {
    content,
    list: () => Promise.resolve([...content.keys()].sort()),
    read: (name, offset = 0, length = Infinity) =>
      Promise.resolve(bytesOf(name).slice(offset, offset + length)),
    create: (name) => {
      content.set(name, new Uint8Array())
      return Promise.resolve()
    },
    append: (name, bytes) => {
      content.set(name, Buffer.concat([bytesOf(name), bytes]))
      return Promise.resolve()
    },
    truncate: (name, length) => {
      content.set(name, bytesOf(name).slice(0, length))
      return Promise.resolve()
    },
    close: () => Promise.resolve(),
  }
}

/** A clock that moves on by a millisecond a look. */
export function steppingClock(): Clock {
  let at = Date.parse('2026-01-01T00:00:00Z')
  return { now: () => new Date(at++), timeSource: 'host', state: 'confirmed' }
}

/** Bytes that follow from `from` alone. */
export function seededRandom(from: number = seed): Random {
  let drawn = 0
  return (length) => {
    const bytes = new Uint8Array(length)
    for (let at = 0; at < length; at += 32) {
      const block = hash('sha256', `${String(from)}/${String(drawn++)}`, 'buffer')
      bytes.set(block.subarray(0, length - at), at)
    }
    return bytes
  }
}

/** All of a store, the journal's own records too, but for the mark of a close in order: it says nothing that the views say. */
export async function dump(store: Store): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for await (const [key, value] of store.iterator()) {
    if (key === keys.closed) continue
    found.set(key, Buffer.from(value).toString('latin1'))
  }
  return found
}

/** All that an iterable gives. */
export async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const value of values) found.push(value)
  return found
}

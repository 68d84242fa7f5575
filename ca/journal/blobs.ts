/**
 * Sealed files and attachments by their SHA-256, in volumes: each a LevelDB of its own (compression off, large buffers), closed at a
 * size, so that damage, backup and destruction stay local. Inside a volume `b` + 8-byte number in order of arrival holds the bytes, and
 * `h` + hash says which number. Every read checks the hash. Knows an `AbstractLevel`, never the engine behind it.
 */
import { hash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { AbstractLevel } from 'abstract-level'
import { concat, equal, fromHex, toHex, utf8, type Sha256 } from '../bytes.ts'
import { CaError } from '../errors.ts'
import type { Blobs } from './types.ts'

/** A volume: keys and values as bytes (`keyEncoding` and `valueEncoding` `'view'`). */
export type BlobVolume = AbstractLevel<string | Buffer | Uint8Array, Uint8Array, Uint8Array>

export interface BlobsOptions {
  /** Opens volume `n`, making it if it is new. */
  openVolume(n: number): Promise<BlobVolume>
  /** The volumes there are; none at first. */
  readonly volumes: readonly number[]
  /** A volume is closed for writing at this size (default 4 GiB). */
  readonly volumeBytes?: number
  /** Bytes of one blob (default 100 MiB). */
  readonly maxBytes?: number
}

const defaultVolumeBytes = 4 * 1024 ** 3
const defaultMaxBytes = 100 * 1024 ** 2
/** Blobs and bytes of one batch: what may be lost for one failed write, and what memory the engine needs at once. */
const maxGroupBlobs = 512
const maxGroupBytes = 32 * 1024 * 1024
/** From here on hashing leaves the event loop. */
const largeBytes = 1024 * 1024

const blobPrefix = 0x62
const hashPrefix = 0x68
const sizeKey = utf8('size')

interface Pending {
  readonly name: Sha256
  readonly bytes: Uint8Array
  readonly answer: () => void
  readonly refuse: (error: unknown) => void
}

/** Where the next blob goes. */
interface Tail {
  volume: number
  number: number
  bytes: number
}

/** The default implementation of the port `Blobs`; closes the volumes that it opened. */
export function createBlobs(options: BlobsOptions): Blobs {
  const { volumeBytes = defaultVolumeBytes, maxBytes = defaultMaxBytes } = options
  const volumes = [...options.volumes].sort((a, b) => a - b)
  const opened = new Map<number, Promise<BlobVolume>>()
  const inFlight = new Map<Sha256, Promise<void>>()
  const active = new Set<Promise<Sha256>>()
  let queue: Pending[] = []
  let pumping = false
  let tail: Tail | undefined
  let stopped: { readonly cause: unknown } | undefined
  let closing = false

  function open(volume: number): Promise<BlobVolume> {
    let found = opened.get(volume)
    if (found === undefined) {
      found = options.openVolume(volume)
      opened.set(volume, found)
      found.catch(() => opened.delete(volume))
    }
    return found
  }

  /** The volume and number under which `name` was stored last; throws `BLOB_DAMAGED`. */
  async function find(name: Sha256): Promise<{ db: BlobVolume; number: number } | undefined> {
    for (const volume of volumes.toReversed()) {
      const db = await open(volume)
      const stored = await db.get(hashKey(name))
      if (stored !== undefined) return { db, number: readNumber(name, stored) }
    }
    return undefined
  }

  async function get(name: Sha256): Promise<Uint8Array> {
    const found = await find(name)
    if (found === undefined) throw blobError('BLOB_MISSING', name, 'is not stored here')
    const bytes = await found.db.get(blobKey(found.number))
    if (bytes === undefined || (await nameOf(bytes)) !== name) {
      throw blobError('BLOB_DAMAGED', name, 'is damaged; fetch it from a backup and put it again')
    }
    return new Uint8Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length)
  }

  async function put(bytes: Uint8Array): Promise<Sha256> {
    if (closing) throw new CaError('BLOB_STOPPED', 'the blobs are closed')
    const storing = hashAndStore(bytes)
    active.add(storing)
    return storing.finally(() => active.delete(storing))
  }

  async function hashAndStore(bytes: Uint8Array): Promise<Sha256> {
    if (bytes.length > maxBytes) {
      throw new CaError('BLOB_TOO_LARGE', `a blob may have ${String(maxBytes)} bytes`, {
        details: { bytes: bytes.length, maxBytes },
      })
    }
    const name = await nameOf(bytes)
    let storing = inFlight.get(name)
    if (storing === undefined) {
      storing = store(name, bytes).finally(() => inFlight.delete(name))
      inFlight.set(name, storing)
    }
    await storing
    return name
  }

  async function store(name: Sha256, bytes: Uint8Array): Promise<void> {
    if (await isWhole(name)) return
    if (stopped !== undefined) throw storeStopped(stopped.cause)
    await new Promise<void>((answer, refuse) => {
      queue.push({ name, bytes, answer, refuse })
      if (!pumping) void pump()
    })
  }

  /** Whether it is stored and undamaged; a damaged one is stored again and thereby healed. */
  async function isWhole(name: Sha256): Promise<boolean> {
    try {
      await get(name)
      return true
    } catch (error) {
      if (error instanceof CaError) return false
      throw error
    }
  }

  async function pump(): Promise<void> {
    pumping = true
    await nextTurn()
    while (queue.length > 0) {
      const group = takeGroup(queue)
      queue = queue.slice(group.length)
      try {
        if (stopped !== undefined) throw storeStopped(stopped.cause)
        await writeGroup(group)
        for (const { answer } of group) answer()
      } catch (error) {
        for (const { refuse } of group) refuse(error)
      }
      await nextTurn()
    }
    pumping = false
  }

  async function writeGroup(group: readonly Pending[]): Promise<void> {
    tail = await roll(tail ?? (await findTail()))
    const db = await open(tail.volume)
    const next = { ...tail }
    const operations: { type: 'put'; key: Uint8Array; value: Uint8Array }[] = []
    for (const { name, bytes } of group) {
      operations.push({ type: 'put', key: blobKey(next.number), value: bytes })
      operations.push({ type: 'put', key: hashKey(name), value: numberRecord(name, next.number) })
      next.number += 1
      next.bytes += bytes.length
    }
    operations.push({ type: 'put', key: sizeKey, value: encodeNumber(next.bytes) })
    // `sync` is an option of LevelDB. Crash before it resolves: all of the batch or nothing is there; nobody was answered.
    const durable: { readonly keyEncoding: 'view'; readonly sync: true } = {
      keyEncoding: 'view',
      sync: true,
    }
    try {
      await db.batch(operations, durable)
    } catch (cause) {
      // Whether the batch is on the disk is unknown, and a later success would not tell: nothing more is written until a restart.
      stopped = { cause }
      throw storeStopped(cause)
    }
    tail = next
  }

  /** Where the newest volume ends; the first one if there is none. */
  async function findTail(): Promise<Tail> {
    const volume = volumes.at(-1)
    if (volume === undefined) return { volume: 0, number: 0, bytes: volumeBytes }
    const db = await open(volume)
    const size = await db.get(sizeKey)
    const bytes = size === undefined ? 0 : decodeNumber(size)
    const range = {
      gte: blobKey(0),
      lte: blobKey(Number.MAX_SAFE_INTEGER),
      reverse: true,
      limit: 1,
    }
    const [last] = await db.keys(range).all()
    return { volume, number: last === undefined ? 0 : decodeNumber(last.subarray(1)) + 1, bytes }
  }

  /** Goes on to a new volume once this one is full. */
  async function roll(at: Tail): Promise<Tail> {
    if (at.bytes < volumeBytes) return at
    const volume = at.volume + 1
    await open(volume)
    // Crash here: an empty volume, which is then the newest one.
    volumes.push(volume)
    return { volume, number: 0, bytes: 0 }
  }

  async function* names(): AsyncGenerator<Sha256> {
    for (const [at, volume] of volumes.entries()) {
      const db = await open(volume)
      const range = { gte: Uint8Array.of(hashPrefix), lt: Uint8Array.of(hashPrefix + 1) }
      for await (const key of db.keys(range)) {
        if (!(await isIn(volumes.slice(at + 1), key))) yield toHex(key.subarray(1)) as Sha256
      }
    }
  }

  async function isIn(some: readonly number[], key: Uint8Array): Promise<boolean> {
    for (const volume of some) if (await (await open(volume)).has(key)) return true
    return false
  }

  return {
    put,
    get,
    has: async (name) => (await find(name)) !== undefined,
    names,
    async close() {
      closing = true
      await Promise.allSettled(active)
      for (const volume of opened.values()) await (await volume).close()
    },
  }
}

function takeGroup(queue: readonly Pending[]): Pending[] {
  let total = 0
  const end = queue.findIndex(({ bytes }, at) => {
    total += bytes.length
    return at >= maxGroupBlobs || (at > 0 && total > maxGroupBytes)
  })
  return queue.slice(0, end === -1 ? queue.length : end)
}

async function nameOf(bytes: Uint8Array): Promise<Sha256> {
  if (bytes.length < largeBytes) return hash('sha256', bytes, 'hex') as Sha256
  // WebCrypto hashes on another thread; it takes no view of shared memory, which nobody hands in.
  const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)
  return toHex(new Uint8Array(digest)) as Sha256
}

function hashKey(name: Sha256): Uint8Array {
  return concat(Uint8Array.of(hashPrefix), fromHex(name))
}

function blobKey(number: number): Uint8Array {
  return concat(Uint8Array.of(blobPrefix), encodeNumber(number))
}

/** The number, and 8 bytes that bind it to its name. */
function numberRecord(name: Sha256, number: number): Uint8Array {
  const encoded = encodeNumber(number)
  const sum = hash('sha256', concat(fromHex(name), encoded), 'buffer')
  return concat(encoded, sum.subarray(0, 8))
}

function readNumber(name: Sha256, stored: Uint8Array): number {
  const number = decodeNumber(stored)
  if (!equal(stored, numberRecord(name, number))) {
    throw blobError('BLOB_DAMAGED', name, 'has a damaged record; put it again')
  }
  return number
}

function encodeNumber(value: number): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value))
  return bytes
}

function decodeNumber(bytes: Uint8Array): number {
  if (bytes.length < 8) return 0
  const value = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0)
  return Number(value & 0x1f_ffff_ffff_ffffn)
}

function blobError(code: 'BLOB_MISSING' | 'BLOB_DAMAGED', name: Sha256, says: string): CaError {
  return new CaError(code, `blob ${name} ${says}`, { details: { name } })
}

function storeStopped(cause: unknown): CaError {
  return new CaError('BLOB_STOPPED', 'blobs could not be written; restart', { cause })
}

/**
 * The volumes behind the blobs: which there are, opening them, where a blob stands and where the next one goes. Reads and rolls over;
 * what is written is `blobs.ts`'s.
 */
import { hash } from 'node:crypto'
import type { AbstractLevel } from 'abstract-level'
import { concat, equal, fromHex, toHex, utf8, type Sha256 } from '../bytes.ts'
import { CaError } from '../errors.ts'
import type { BlobArrival, BlobPosition } from './types.ts'

/** A volume: keys and values as bytes (`keyEncoding` and `valueEncoding` `'view'`). */
export type BlobVolume = AbstractLevel<string | Buffer | Uint8Array, Uint8Array, Uint8Array>

const blobPrefix = 0x62
const hashPrefix = 0x68
const sizeKey = utf8('size')

/** Where the next blob goes. */
export interface Tail {
  readonly volume: number
  readonly number: number
  /** Bytes of blobs in the volume. */
  readonly bytes: number
}

export interface Volumes {
  /** The volume and number under which `name` was stored last; throws `BLOB_DAMAGED`. */
  find(name: Sha256): Promise<{ readonly db: BlobVolume; readonly number: number } | undefined>
  /** Where the newest volume ends, or where a new one begins once it is full. */
  tail(known: Tail | undefined): Promise<Tail>
  open(volume: number): Promise<BlobVolume>
  names(): AsyncIterable<Sha256>
  end(): Promise<BlobPosition>
  arrivals(from: BlobPosition, to: BlobPosition): AsyncIterable<BlobArrival>
  close(): Promise<void>
}

/** `existing` are the volumes there are; one is closed for writing at `volumeBytes`. */
export function createVolumes(options: {
  readonly openVolume: (n: number) => Promise<BlobVolume>
  readonly existing: readonly number[]
  readonly volumeBytes: number
}): Volumes {
  const { openVolume, volumeBytes } = options
  const volumes = options.existing.toSorted((a, b) => a - b)
  const opened = new Map<number, Promise<BlobVolume>>()

  function open(volume: number): Promise<BlobVolume> {
    let found = opened.get(volume)
    if (found === undefined) {
      found = openVolume(volume)
      opened.set(volume, found)
      found.catch(() => opened.delete(volume))
    }
    return found
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

  async function newest(): Promise<Tail> {
    const volume = volumes.at(-1)
    if (volume === undefined) return { volume: 0, number: 0, bytes: volumeBytes }
    return endOf(volume, await open(volume))
  }

  async function isIn(some: readonly number[], key: Uint8Array): Promise<boolean> {
    for (const volume of some) if (await (await open(volume)).has(key)) return true
    return false
  }

  return {
    open,
    tail: async (known) => roll(known ?? (await newest())),
    async find(name) {
      for (const volume of volumes.toReversed()) {
        const db = await open(volume)
        const stored = await db.get(hashKey(name))
        if (stored !== undefined) return { db, number: readNumber(name, stored) }
      }
      return undefined
    },
    async *names() {
      for (const [at, volume] of volumes.entries()) {
        const db = await open(volume)
        const range = { gte: Uint8Array.of(hashPrefix), lt: Uint8Array.of(hashPrefix + 1) }
        for await (const key of db.keys(range)) {
          if (!(await isIn(volumes.slice(at + 1), key))) yield toHex(key.subarray(1)) as Sha256
        }
      }
    },
    async end() {
      const { volume, number } = await newest()
      return { volume, number }
    },
    async *arrivals(from, to) {
      for (const volume of volumes.filter((n) => n >= from.volume && n <= to.volume)) {
        const first = volume === from.volume ? from.number : 0
        const end = volume === to.volume ? to.number : Number.MAX_SAFE_INTEGER
        if (first < end) yield* arrivalsIn(await open(volume), first, end)
      }
    },
    async close() {
      for (const volume of opened.values()) await (await volume).close()
    },
  }
}

/** One change to a volume. */
export interface BlobPut {
  readonly type: 'put'
  readonly key: Uint8Array
  readonly value: Uint8Array
}

/** The changes that store one blob at `number`. */
export function blobPuts(name: Sha256, bytes: Uint8Array, number: number): BlobPut[] {
  return [
    { type: 'put', key: blobKey(number), value: bytes },
    { type: 'put', key: hashKey(name), value: numberRecord(name, number) },
  ]
}

/** The change that says how full a volume is. */
export function sizePut(bytes: number): BlobPut {
  return { type: 'put', key: sizeKey, value: encodeNumber(bytes) }
}

export function blobKey(number: number): Uint8Array {
  return concat(Uint8Array.of(blobPrefix), encodeNumber(number))
}

export function blobError(
  code: 'BLOB_MISSING' | 'BLOB_DAMAGED',
  name: Sha256,
  says: string,
): CaError {
  return new CaError(code, `blob ${name} ${says}`, { details: { name } })
}

async function endOf(volume: number, db: BlobVolume): Promise<Tail> {
  const size = await db.get(sizeKey)
  const bytes = size === undefined ? 0 : decodeNumber(size)
  const range = { gte: blobKey(0), lte: blobKey(Number.MAX_SAFE_INTEGER), reverse: true, limit: 1 }
  const [last] = await db.keys(range).all()
  return { volume, number: last === undefined ? 0 : decodeNumber(last.subarray(1)) + 1, bytes }
}

/** Records read from the engine at once. */
const stepRecords = 64

/** The blobs of a volume from number `first` up to and without `end`. */
async function* arrivalsIn(
  db: BlobVolume,
  first: number,
  end: number,
): AsyncGenerator<BlobArrival> {
  const nameOf = await namesByNumber(db)
  const range = { gte: blobKey(first), lt: blobKey(end), highWaterMarkBytes: 4 * 1024 * 1024 }
  await using iterator = db.iterator(range)
  for (;;) {
    const records = await iterator.nextv(stepRecords)
    if (records.length === 0) return
    for (const [key, bytes] of records) {
      const name = nameOf.get(decodeNumber(key.subarray(1)))
      if (name !== undefined) yield { name, bytes }
    }
  }
}

/** Which blob each number holds now; a record that is damaged names none. */
async function namesByNumber(db: BlobVolume): Promise<Map<number, Sha256>> {
  const names = new Map<number, Sha256>()
  const range = { gte: Uint8Array.of(hashPrefix), lt: Uint8Array.of(hashPrefix + 1) }
  for await (const [key, stored] of db.iterator(range)) {
    const name = toHex(key.subarray(1)) as Sha256
    const number = decodeNumber(stored)
    if (equal(stored, numberRecord(name, number))) names.set(number, name)
  }
  return names
}

function hashKey(name: Sha256): Uint8Array {
  return concat(Uint8Array.of(hashPrefix), fromHex(name))
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

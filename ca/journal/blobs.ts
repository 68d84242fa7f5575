/**
 * Sealed files and attachments by their SHA-256, in volumes: each a LevelDB of its own (compression off, large buffers), closed at a
 * size, so that damage, backup and destruction stay local. Inside a volume `b` + 8-byte number in order of arrival holds the bytes, and
 * `h` + hash says which number. Every read checks the hash. Knows an `AbstractLevel`, never the engine behind it.
 */
import { hash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { toHex, type Sha256 } from '../bytes.ts'
import { CaError } from '../errors.ts'
import type { Blobs } from './types.ts'
import {
  blobError,
  blobKey,
  blobPuts,
  createVolumes,
  sizePut,
  type BlobVolume,
  type Tail,
} from './volumes.ts'

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

/** `sync` is an option of LevelDB. Crash before it resolves: all of the batch or nothing is there; nobody was answered. */
const durable: { readonly keyEncoding: 'view'; readonly sync: true } = {
  keyEncoding: 'view',
  sync: true,
}

interface Pending {
  readonly name: Sha256
  readonly bytes: Uint8Array
  readonly answer: () => void
  readonly refuse: (error: unknown) => void
}

/** The default implementation of the port `Blobs`; closes the volumes that it opened. */
export function createBlobs(options: BlobsOptions): Blobs {
  const { volumeBytes = defaultVolumeBytes, maxBytes = defaultMaxBytes } = options
  const volumes = createVolumes({
    openVolume: (n) => options.openVolume(n),
    existing: options.volumes,
    volumeBytes,
  })
  const inFlight = new Map<Sha256, Promise<void>>()
  const active = new Set<Promise<Sha256>>()
  let queue: Pending[] = []
  let pumping = false
  let tail: Tail | undefined
  let stopped: { readonly cause: unknown } | undefined
  let closing = false

  async function get(name: Sha256): Promise<Uint8Array> {
    const found = await volumes.find(name)
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
    const { volume, ...at } = await volumes.tail(tail)
    const db = await volumes.open(volume)
    const operations = group.flatMap(({ name, bytes }, step) =>
      blobPuts(name, bytes, at.number + step),
    )
    const bytes = group.reduce((sum, one) => sum + one.bytes.length, at.bytes)
    try {
      await db.batch([...operations, sizePut(bytes)], durable)
    } catch (cause) {
      // Whether the batch is on the disk is unknown, and a later success would not tell: nothing more is written until a restart.
      stopped = { cause }
      throw storeStopped(cause)
    }
    tail = { volume, number: at.number + group.length, bytes }
  }

  return {
    get state() {
      return stopped === undefined ? 'running' : 'stopped'
    },
    put,
    get,
    has: async (name) => (await volumes.find(name)) !== undefined,
    names: () => volumes.names(),
    end: () => volumes.end(),
    arrivals: (from, to) => volumes.arrivals(from, to),
    async close() {
      closing = true
      await Promise.allSettled(active)
      await volumes.close()
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

function storeStopped(cause: unknown): CaError {
  return new CaError('BLOB_STOPPED', 'blobs could not be written; restart', { cause })
}

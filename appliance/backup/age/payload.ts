/**
 * The payload of an age file (age-encryption.org/v1, "Payload"): chunks of 64 KiB under ChaCha20-Poly1305, the nonce a counter and a mark
 * of the last one, so that no chunk can be left out, moved or cut off unseen. OpenSSL's cipher, for speed.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { Random } from '../../../ca/index.ts'
import { ApplianceError } from '../../errors.ts'
import { makeHeader, maxAgeHeaderBytes, openHeader, payloadKey, readHeader } from './header.ts'

const chunkBytes = 64 * 1024
const tagBytes = 16
const sealedBytes = chunkBytes + tagBytes
const nonceBytes = 16
/** Chunks that go to the disk together. */
const groupChunks = 16

/** Takes the plain octets of a file, piece by piece. */
export interface AgeWriter {
  /** The header of the file, which is its own: no two files have the same. */
  readonly header: Uint8Array
  write(bytes: Uint8Array): Promise<void>
  /** The last chunk; nothing is written after it. */
  finish(): Promise<void>
}

/** Encrypts to `recipients` (32 octets each); `out` gets the file in order and is waited for. */
export async function createAgeWriter(options: {
  readonly recipients: readonly Uint8Array[]
  readonly random: Random
  readonly out: (pieces: readonly Uint8Array[]) => Promise<void>
}): Promise<AgeWriter> {
  const { recipients, random, out } = options
  const { bytes: header, fileKey } = makeHeader(recipients, random)
  const nonce = random(nonceBytes)
  const key = payloadKey(fileKey, nonce)
  const plain = Buffer.alloc(chunkBytes)
  let filled = 0
  let counter = 0
  let pieces: Uint8Array[] = []
  /** One write to the disk goes on while the next pieces are encrypted. */
  let writing = out([header, nonce])

  async function flush(): Promise<void> {
    const group = pieces
    pieces = []
    await writing
    writing = out(group)
    // Whoever calls next, or `finish`, learns of a failure.
    writing.catch(() => undefined)
  }

  function seal(isLast: boolean): void {
    const cipher = createCipheriv('chacha20-poly1305', key, chunkNonce(counter, isLast), {
      authTagLength: tagBytes,
    })
    pieces.push(cipher.update(plain.subarray(0, filled)))
    cipher.final()
    pieces.push(cipher.getAuthTag())
    counter += 1
    filled = 0
  }

  await writing
  return {
    header,
    async write(bytes) {
      for (let at = 0; at < bytes.length;) {
        // A full chunk is sealed once more is to come: only then it is known not to be the last.
        if (filled === chunkBytes) {
          seal(false)
          if (pieces.length >= 2 * groupChunks) await flush()
        }
        const part = bytes.subarray(at, at + chunkBytes - filled)
        plain.set(part, filled)
        filled += part.length
        at += part.length
      }
    },
    async finish() {
      seal(true)
      await flush()
      await writing
    },
  }
}

/** Reads octets in order: at most `length` of them, fewer only at the end. */
export type ReadPart = (length: number) => Promise<Uint8Array>

/** An opened file: its header, and the plain octets, each chunk authentic before it is given. */
export interface OpenedAge {
  readonly header: Uint8Array
  /** Throws `BACKUP_ALTERED`, or `BACKUP_CUT` where the file ends before its last chunk. */
  readonly chunks: AsyncIterable<Uint8Array>
}

/** Opens a file by the secrets of `identities` (32 octets each). Throws as `readHeader` and `openHeader`. */
export async function openAge(
  read: ReadPart,
  identities: readonly Uint8Array[],
): Promise<OpenedAge> {
  const source = buffered(read)
  const begin = await source.peek(maxAgeHeaderBytes)
  const header = readHeader(begin)
  const fileKey = openHeader(header, identities)
  const bytes = new Uint8Array(await source.take(header.length))
  const nonce = await source.take(nonceBytes)
  if (nonce.length < nonceBytes) throw cut()
  return { header: bytes, chunks: chunksOf(source, payloadKey(fileKey, nonce)) }
}

async function* chunksOf(source: Buffered, key: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let counter = 0; ; counter++) {
    const sealed = await source.take(sealedBytes)
    const more = (await source.peek(1)).length > 0
    // Only the chunk of an empty file is empty.
    if (sealed.length < tagBytes || (sealed.length === tagBytes && counter > 0)) throw cut()
    const plain = open(sealed, key, chunkNonce(counter, !more))
    if (plain === undefined) throw more ? altered(counter) : endOf(sealed, key, counter)
    yield plain
    if (!more) return
  }
}

/** Why the end of a file does not open: a whole chunk that is not the last one means that others followed it. */
function endOf(sealed: Uint8Array, key: Uint8Array, counter: number): ApplianceError {
  const isMiddle = open(sealed, key, chunkNonce(counter, false)) !== undefined
  return isMiddle || sealed.length < sealedBytes ? cut() : altered(counter)
}

function open(sealed: Uint8Array, key: Uint8Array, nonce: Uint8Array): Uint8Array | undefined {
  const opener = createDecipheriv('chacha20-poly1305', key, nonce, { authTagLength: tagBytes })
  opener.setAuthTag(sealed.subarray(sealed.length - tagBytes))
  const plain = opener.update(sealed.subarray(0, sealed.length - tagBytes))
  try {
    opener.final()
    return plain
  } catch {
    return undefined
  }
}

/** 11 octets of a counter, big-endian, and one that marks the last chunk. */
function chunkNonce(counter: number, isLast: boolean): Uint8Array {
  const nonce = new Uint8Array(12)
  new DataView(nonce.buffer).setBigUint64(3, BigInt(counter))
  nonce[11] = isLast ? 1 : 0
  return nonce
}

interface Buffered {
  take(length: number): Promise<Uint8Array>
  peek(length: number): Promise<Uint8Array>
}

/** Large reads of what is wanted in small ones. */
function buffered(read: ReadPart): Buffered {
  const readBytes = 16 * sealedBytes
  let kept: Uint8Array = new Uint8Array()
  let ended = false
  async function fill(length: number): Promise<void> {
    while (!ended && kept.length < length) {
      const more = await read(Math.max(readBytes, length))
      if (more.length === 0) ended = true
      else kept = kept.length === 0 ? more : Buffer.concat([kept, more])
    }
  }
  return {
    async take(length) {
      await fill(length)
      const taken = kept.subarray(0, length)
      kept = kept.subarray(taken.length)
      return taken
    },
    async peek(length) {
      await fill(length)
      return kept.subarray(0, length)
    },
  }
}

function cut(): ApplianceError {
  const words = 'this backup ends before its end: it was cut off, or its end was altered'
  return new ApplianceError('BACKUP_CUT', words)
}

function altered(chunk: number): ApplianceError {
  return new ApplianceError('BACKUP_ALTERED', 'this backup was altered', {
    details: { offset: chunk * chunkBytes },
  })
}

/** Lays the files of one backup into a folder of data that is being made: each name, size and hash as its manifest has them, or nothing. */
import { hash } from 'node:crypto'
import { mkdir, open, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as z from 'zod'
import { sha256Hex, writeWhole, type Blobs, type Sha256 } from '../../ca/index.ts'
import { ApplianceError } from '../errors.ts'
import {
  endName,
  pieceName,
  readBlobName,
  readPieceName,
  scratchName,
  sealedKeysName,
} from './names.ts'
import { contentOf, malformed, type KnownBackup } from './read.ts'
import { writeSealedKeys } from './sealed_keys.ts'
import type { TarFile } from './tar.ts'

/** What a backup brings beside files on the disk. */
export interface Laid {
  /** The scratch area as it was. */
  readonly scratch: Uint8Array
  readonly files: number
  /** Blobs that were damaged at the box, as it said itself. */
  readonly damaged: readonly Sha256[]
}

/** A blob of 100 MiB, and what an upload may add some day. */
const maxBlobBytes = 256 * 1024 * 1024
const maxListedBytes = 512 * 1024 * 1024
const maxEndBytes = 64 * 1024 * 1024
/** Blobs that become durable together. */
const groupBlobs = 256
const groupBytes = 16 * 1024 * 1024

const endSchema = z.strictObject({
  files: z.int().min(0),
  damaged: z
    .array(
      z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .transform((name) => name as Sha256),
    )
    .max(1_000_000),
})

/** Throws `BACKUP_MALFORMED`, `BACKUP_ALTERED`, and what the file system says. */
export async function layBackup(
  { manifest }: KnownBackup,
  files: AsyncIterable<TarFile>,
  into: {
    readonly directory: string
    readonly blobs: Blobs
    /** Open the issuing keys that the image keeps apart; a drill has none that does. */
    readonly identities: readonly Uint8Array[]
    readonly onFiles: (files: number) => void
    /** Told of so many octets before they are written; what it throws ends it. */
    readonly keepRoom: (bytes: number) => Promise<void>
  },
): Promise<Laid> {
  const { directory, blobs } = into
  const listed = [...manifest.files]
  const pieces = [...manifest.journal]
  const group = createGroup(blobs)
  let scratch: Uint8Array = new Uint8Array()
  let count = 0
  let end: z.infer<typeof endSchema> | undefined
  for await (const file of files) {
    if (end !== undefined) throw malformed('something follows its last file')
    await into.keepRoom(file.bytes)
    const expected = listed[0] ?? pieces[0]
    if (expected !== undefined) {
      // In the manifest's order, all of them, before any blob.
      if (expected.name !== file.name || expected.bytes !== file.bytes) {
        throw malformed(`${file.name} is not what its manifest names next`)
      }
      const listedFile = listed.shift()
      if (listedFile === undefined) await appendPiece(directory, file, pieces)
      else {
        const bytes = await contentOf(file, maxListedBytes)
        if (sha256Hex(bytes) !== listedFile.sha256) throw altered(file.name)
        if (file.name === scratchName) scratch = bytes
        else if (file.name === sealedKeysName) {
          await writeSealedKeys(directory, bytes, into.identities)
        } else await writeListed(directory, file.name, bytes)
      }
      continue
    }
    if (file.name === endName) {
      end = endOf(await contentOf(file, maxEndBytes))
      continue
    }
    const name = readBlobName(file.name)
    if (name === undefined) throw malformed(`${file.name} has no place in a backup`)
    const bytes = await contentOf(file, maxBlobBytes)
    if (hash('sha256', bytes) !== name) throw altered(file.name)
    await group.add(bytes)
    count += 1
    into.onFiles(count)
  }
  await group.flush()
  if (end?.files !== count) throw malformed('files are missing from it')
  return { scratch, files: count, damaged: end.damaged }
}

async function writeListed(directory: string, name: string, bytes: Uint8Array): Promise<void> {
  const path = join(directory, name)
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeWhole(path, bytes, name.startsWith('keys/') ? 0o600 : 0o644)
}

/** Goes on with a segment exactly where it ends. */
async function appendPiece(
  directory: string,
  file: TarFile,
  pieces: { name: string }[],
): Promise<void> {
  pieces.shift()
  const place = readPieceName(file.name)
  if (place === undefined) throw malformed(file.name)
  const path = join(directory, pieceName({ ...place, offset: 0 }))
  const length = await stat(path).then(
    ({ size }) => size,
    () => 0,
  )
  if (length !== place.offset) throw malformed(`${file.name} does not go on where its segment ends`)
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await using handle = await open(path, place.offset === 0 ? 'wx' : 'a', 0o600)
  for await (const part of file.content) await handle.writeFile(part)
  await handle.sync()
}

/** Many blobs, one sync. */
function createGroup(blobs: Blobs) {
  let waiting: Uint8Array[] = []
  let bytes = 0
  const flush = async (): Promise<void> => {
    const group = waiting
    waiting = []
    bytes = 0
    await Promise.all(group.map((blob) => blobs.put(blob)))
  }
  return {
    flush,
    async add(blob: Uint8Array): Promise<void> {
      waiting.push(blob)
      bytes += blob.length
      if (waiting.length >= groupBlobs || bytes >= groupBytes) await flush()
    },
  }
}

function endOf(bytes: Uint8Array): z.infer<typeof endSchema> {
  try {
    return endSchema.parse(JSON.parse(new TextDecoder().decode(bytes)))
  } catch {
    throw malformed('its last file')
  }
}

function altered(name: string): ApplianceError {
  return new ApplianceError('BACKUP_ALTERED', `${name} in this backup was altered`)
}

/**
 * Makes a backup: everything that the journal up to a head stands on, encrypted to the custodians on its way to the disk. The box may
 * serve meanwhile. The order makes it consistent: the head first, then where the blobs end, since a blob is durable before the entry
 * that names it; what comes in after the head is the next backup's.
 */
import { hash } from 'node:crypto'
import { open, readdir, readFile, rename, rm, type FileHandle } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import {
  parseCheckpoint,
  sha256Hex,
  syncFolder,
  toBase64,
  utf8,
  type BlobPosition,
  type Blobs,
  type Random,
  type Sha256,
  type Signer,
} from '../../ca/index.ts'
import { bytesBelow, diskRoom, type LookAtRoom } from '../disk_room.ts'
import { pathsOf, type BoxFile, type DataFolder } from '../box/data_folder.ts'
import { ApplianceError } from '../errors.ts'
import { createAgeWriter, readRecipient, type AgeWriter } from './age/index.ts'
import { partial } from './beside.ts'
import type { BackupMade } from './entries.ts'
import { journalPieces, type Piece } from './journal_pieces.ts'
import { signManifest, type Manifest } from './manifest.ts'
import { blobName, endName, manifestName, pieceName, scratchName, sealedKeysName } from './names.ts'
import { requireFree, reserveIn, watchRoom } from './room.ts'
import { tarEnd, tarHeader, tarPadding } from './tar.ts'

/** What is backed up. */
export interface BackupSource {
  readonly directory: string
  readonly file: BoxFile
  readonly blobs: Blobs
  readonly scratch: Pick<DataFolder['scratch'], 'iterator'>
  /** The signed head of the journal now. */
  readonly checkpoint: () => Promise<string>
  readonly signer: Signer
  /** Of the signer, then up to its root; DER. */
  readonly certificates: readonly Uint8Array[]
  readonly version: string
  readonly random: Random
  /** In the image: the issuing keys, encrypted to this recipient by the process that holds them. */
  readonly sealedKeys?: ((recipient: string) => Promise<Uint8Array>) | undefined
}

/** How far a backup is. */
export interface BackupProgress {
  readonly step: 'journal' | 'files' | 'sync'
  /** Octets so far. */
  readonly done: number
  /** Octets there are, about. */
  readonly total: number
}

export interface BackupOrder {
  /** `age1…`; a drill adds one of its own. */
  readonly recipients: readonly string[]
  /** What an increment goes on from. */
  readonly since: BackupMade | undefined
  readonly at: Date
  readonly path: string
  readonly onProgress?: ((progress: BackupProgress) => void) | undefined
  readonly signal?: AbortSignal | undefined
  readonly look?: LookAtRoom | undefined
}

/** What was made; the entry says the same, but of the damaged files. */
export type MadeBackup = Pick<
  BackupMade,
  'backup' | 'since' | 'head' | 'journal' | 'blobs' | 'files' | 'bytes'
> & {
  /** All whose bytes were damaged on this box, and are not in it. */
  readonly damaged: readonly Sha256[]
}

const scratchPrefixes = ['draft/', 'upload/', 'head/']
/** Drafts of a whole district; more is somebody filling the disk. */
const maxScratchBytes = 256 * 1024 * 1024
const readBytes = 1024 * 1024

/**
 * Writes the file whole: aside and synced, then renamed. Throws `BACKUP_DISK_FULL`, `BACKUP_TARGET` where the place cannot be written,
 * and what blobs and keys throw; then there is no file.
 */
export async function makeBackup(source: BackupSource, order: BackupOrder): Promise<MadeBackup> {
  requireOutside(order.path, source.directory)
  const aside = `${order.path}${partial}`
  try {
    const made = await writeAside(source, order, aside)
    // Crash before here: nothing under the name, and no entry; after it: a whole backup that nobody was told of.
    await rename(aside, order.path)
    await syncFolder(dirname(order.path))
    return made
  } catch (error) {
    await rm(aside, { force: true }).catch(() => undefined)
    throw asSaid(error, order.path)
  }
}

/** In the folder of data it would take the place of what it saves. Throws `BACKUP_TARGET`. */
function requireOutside(path: string, directory: string): void {
  const [inner, outer] = [resolve(path), resolve(directory)]
  if (!inner.startsWith(`${outer}${sep}`)) return
  throw new ApplianceError(
    'BACKUP_TARGET',
    `${path} is in the folder of data; choose another place`,
  )
}

async function writeAside(
  source: BackupSource,
  order: BackupOrder,
  aside: string,
): Promise<MadeBackup> {
  const plain = await plan(source, order)
  const total = await totalOf(plain, source)
  const keepRoom = await roomKeeper(source, order, total)
  // Last: who holds them keeps the recipient that it was first asked for, and a backup that has no room leaves it free.
  const planned = await withSealedKeys(plain, source, order.recipients[0] ?? '')
  await using handle = await open(aside, 'w', 0o600)
  const writer = await createAgeWriter({
    recipients: order.recipients.map(readRecipient),
    random: source.random,
    out: async (pieces) => {
      await keepRoom(await writeAll(handle, pieces))
    },
  })
  const archive = createArchive(writer, order.at)
  const { manifest, files, end, to } = planned
  const tell = (step: BackupProgress['step']): void =>
    order.onProgress?.({ step, done: archive.bytes(), total: Math.max(total, archive.bytes()) })
  await archive.add(manifestName, await signManifest(manifest, source.signer))
  for (const { name, bytes } of files) await archive.add(name, bytes)
  for (const piece of planned.pieces) {
    await addPiece(archive, { directory: source.directory, piece })
    order.signal?.throwIfAborted()
    tell('journal')
  }
  const damaged = new Set<Sha256>()
  let count = 0
  for await (const { name, bytes } of source.blobs.arrivals(manifest.blobs.from, to)) {
    if (hash('sha256', bytes) === name) {
      await archive.add(blobName(name), bytes)
      count += 1
      // Healed since: put again, in a later volume.
      damaged.delete(name)
    } else damaged.add(name)
    order.signal?.throwIfAborted()
    tell('files')
  }
  await archive.add(endName, utf8(JSON.stringify({ files: count, damaged: [...damaged] })))
  await archive.finish()
  tell('sync')
  await handle.sync()
  return {
    ...{ backup: sha256Hex(writer.header), since: order.since?.backup ?? null },
    ...{ head: manifest.head, journal: { ...end }, blobs: to, files: count, damaged: [...damaged] },
    bytes: (await handle.stat()).size,
  }
}

interface Planned {
  readonly manifest: Manifest
  readonly files: readonly SmallFile[]
  readonly pieces: readonly Piece[]
  readonly end: { readonly segment: number; readonly offset: number }
  readonly to: BlobPosition
}

/** All that is known before the first octet is written. */
async function plan(source: BackupSource, { since, at }: BackupOrder): Promise<Planned> {
  const { directory, file, blobs, certificates, version } = source
  const checkpoint = await source.checkpoint()
  const { size, rootHash } = parseCheckpoint(checkpoint)
  // After the head: whatever its entries name is before this.
  const to = await blobs.end()
  const from = since?.journal ?? { segment: 1, offset: 0 }
  const { pieces, end } = await journalPieces(pathsOf(directory).journal, { from, size })
  const files = await smallFiles(source)
  const manifest: Manifest = {
    ...{ box: file.id, mode: file.mode, districtName: file.districtName, version, checkpoint },
    madeAt: at.toISOString(),
    since: since === undefined ? null : { backup: since.backup, head: { ...since.head } },
    head: { size, root: toBase64(rootHash) },
    certificates: certificates.map(toBase64),
    journal: pieces.map((piece) => ({ name: pieceName(piece), bytes: piece.bytes })),
    files: manifestFiles(files),
    blobs: { from: since?.blobs ?? { volume: 0, number: 0 }, to },
  }
  return { manifest, files, pieces, end, to }
}

/** The same with the issuing keys, in the image. */
async function withSealedKeys(
  planned: Planned,
  { sealedKeys }: BackupSource,
  recipient: string,
): Promise<Planned> {
  const bytes = await sealedKeys?.(recipient)
  if (bytes === undefined) return planned
  const files = [...planned.files, { name: sealedKeysName, bytes }]
  return { ...planned, files, manifest: { ...planned.manifest, files: manifestFiles(files) } }
}

const manifestFiles = (files: readonly SmallFile[]): Manifest['files'] =>
  files.map(({ name, bytes }) => ({ name, bytes: bytes.length, sha256: sha256Hex(bytes) }))

interface SmallFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/** What no other part of a backup holds: the box's own file, its sealed keys that lie here, pictures of seals, and what is being typed. */
async function smallFiles({ directory, scratch }: BackupSource): Promise<SmallFile[]> {
  const paths = pathsOf(directory)
  const named = async (folder: string, wanted: RegExp): Promise<string[]> =>
    (await readdir(folder).catch(() => [])).filter((name) => wanted.test(name)).toSorted()
  const keys = await named(paths.keys, /^[a-z][a-z0-9-]{0,63}\.(?:key|secret)$/)
  const pictures = await named(paths.sealPictures, /^[0-9A-Z]{1,32}\.(?:png|jpe?g)$/)
  const places = [
    ['VERSION', paths.version],
    ['box.json', paths.box],
    ...keys.map((name) => [`keys/${name}`, join(paths.keys, name)]),
    ...pictures.map((name) => [`seal-pictures/${name}`, join(paths.sealPictures, name)]),
  ] as const
  const files: SmallFile[] = []
  for (const [name = '', path = ''] of places) {
    files.push({ name, bytes: new Uint8Array(await readFile(path)) })
  }
  return [...files, { name: scratchName, bytes: await scratchLines(scratch) }]
}

async function scratchLines(scratch: BackupSource['scratch']): Promise<Uint8Array> {
  const lines: string[] = []
  let bytes = 0
  for await (const [key, value] of scratch.iterator()) {
    if (!scratchPrefixes.some((prefix) => key.startsWith(prefix))) continue
    const line = `${JSON.stringify([key, value])}\n`
    bytes += Buffer.byteLength(line)
    if (bytes > maxScratchBytes) break
    lines.push(line)
  }
  return utf8(lines.join(''))
}

interface Archive {
  bytes(): number
  add(name: string, content: Uint8Array): Promise<void>
  stream(of: { name: string; bytes: number }, content: AsyncIterable<Uint8Array>): Promise<void>
  finish(): Promise<void>
}

function createArchive(writer: AgeWriter, at: Date): Archive {
  let written = 0
  const write = async (bytes: Uint8Array): Promise<void> => {
    written += bytes.length
    await writer.write(bytes)
  }
  return {
    bytes: () => written,
    async add(name, content) {
      await write(tarHeader({ name, bytes: content.length }, at))
      await write(content)
      await write(tarPadding(content.length))
    },
    async stream(of, content) {
      await write(tarHeader(of, at))
      for await (const part of content) await write(part)
      await write(tarPadding(of.bytes))
    },
    async finish() {
      await write(tarEnd)
      await writer.finish()
    },
  }
}

async function addPiece(
  archive: Archive,
  { directory, piece }: { readonly directory: string; readonly piece: Piece },
): Promise<void> {
  const whole = pieceName({ segment: piece.segment, offset: 0 })
  await using handle = await open(join(directory, whole), 'r')
  await archive.stream({ name: pieceName(piece), bytes: piece.bytes }, readRange(handle, piece))
}

async function* readRange(
  handle: FileHandle,
  { offset, bytes }: Pick<Piece, 'offset' | 'bytes'>,
): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes;) {
    const part = Buffer.alloc(Math.min(readBytes, bytes - at))
    const { bytesRead } = await handle.read(part, 0, part.length, offset + at)
    if (bytesRead === 0) throw new TypeError('a segment became shorter')
    at += bytesRead
    yield part.subarray(0, bytesRead)
  }
}

/** Throws `BACKUP_DISK_FULL` before the first octet, or while more is written than anybody knew. */
async function roomKeeper(
  { directory }: BackupSource,
  { path, look = diskRoom }: BackupOrder,
  total: number,
): Promise<(written: number) => Promise<void>> {
  const folder = dirname(path)
  const reserve = await reserveIn(folder, { data: directory, look })
  await requireFree(folder, { bytes: total + reserve, look })
  // An increment does not know its size.
  return watchRoom(folder, { reserve, look })
}

/** What `writev` may leave unwritten is written again. Gives how much it was. */
async function writeAll(handle: FileHandle, pieces: readonly Uint8Array[]): Promise<number> {
  const wanted = pieces.reduce((sum, piece) => sum + piece.length, 0)
  if (wanted === 0) return 0
  const { bytesWritten } = await handle.writev([...pieces])
  if (bytesWritten < wanted) {
    await handle.writeFile(Buffer.concat(pieces).subarray(bytesWritten))
  }
  return wanted
}

/** About what there is to do: the journal's parts, and of the blobs the folder's size or, of an increment, nothing known. */
async function totalOf(
  { manifest, files, pieces }: Planned,
  { directory }: BackupSource,
): Promise<number> {
  const parts = [...files.map(({ bytes }) => bytes.length), ...pieces.map(({ bytes }) => bytes)]
  const known = parts.reduce((sum, bytes) => sum + bytes, 0)
  if (manifest.since !== null) return known
  return known + (await bytesBelow(pathsOf(directory).blobs))
}

/** What the file system said, in words that say what to do. */
function asSaid(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') {
    const words = `there is no room for the backup at ${path}; nothing was kept of it`
    return new ApplianceError('BACKUP_DISK_FULL', words, { cause: error })
  }
  if (/^(?:EACCES|EPERM|EROFS|ENOENT|ENOTDIR|EISDIR|EIO)$/.test(code)) {
    return new ApplianceError('BACKUP_TARGET', `${path} cannot be written (${code})`, {
      cause: error,
    })
  }
  return error
}

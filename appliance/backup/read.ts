/** Reads backups in order and lets nothing past that their box did not sign: first what they say of themselves, then all of it. */
import { open } from 'node:fs/promises'
import { sha256Hex, type Sha256 } from '../../ca/index.ts'
import { ApplianceError } from '../errors.ts'
import { openAge, type ReadPart } from './age/index.ts'
import { maxManifestBytes, readManifest, type Manifest } from './manifest.ts'
import { manifestName } from './names.ts'
import { readTar, type TarFile } from './tar.ts'

/** A backup whose manifest was read and found right. */
export interface KnownBackup {
  readonly path: string
  readonly backup: Sha256
  readonly manifest: Manifest
  /** SHA-256 of its root certificate. */
  readonly root: string
}

/** Opens a backup and hands its files after the manifest to `take`. Throws what `openAge`, `readTar` and `readManifest` throw. */
export async function readBackup(
  path: string,
  identities: readonly Uint8Array[],
  take: (known: KnownBackup, files: AsyncIterable<TarFile>) => Promise<void>,
): Promise<KnownBackup> {
  await using handle = await opened(path)
  const read: ReadPart = async (length) => {
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length)
    return buffer.subarray(0, bytesRead)
  }
  const { header, chunks } = await openAge(read, identities)
  const files = readTar(chunks)
  const first = await files.next()
  if (first.done === true || first.value.name !== manifestName) {
    throw new ApplianceError('BACKUP_MALFORMED', 'this backup does not begin with its manifest')
  }
  const bytes = await contentOf(first.value, maxManifestBytes)
  const known = { path, backup: sha256Hex(header), ...(await readManifest(bytes)) }
  await take(known, files)
  return known
}

/** What it says of itself; nothing after the manifest is read. */
export async function readKnown(
  path: string,
  identities: readonly Uint8Array[],
): Promise<KnownBackup> {
  return readBackup(path, identities, () => Promise.resolve())
}

/**
 * A full backup and its increments, each after the one it follows, whatever order they were given in. Throws `BACKUP_FOREIGN` for those
 * of several boxes, `BACKUP_CHAIN_BROKEN` where one is missing, is there twice over, or does not follow.
 */
export function chainOf(given: readonly KnownBackup[]): KnownBackup[] {
  const left = [...new Map(given.map((one) => [one.backup, one])).values()]
  const { manifest } = left[0] ?? { manifest: undefined }
  const isForeign = left.some((one) => one.manifest.box !== manifest?.box)
  if (isForeign) throw new ApplianceError('BACKUP_FOREIGN', 'these backups are of several boxes')
  const fulls = left.filter((one) => one.manifest.since === null)
  const [full] = fulls
  if (full === undefined) throw broken('the full backup is missing')
  if (fulls.length > 1) throw broken('there is more than one full backup')
  const chain = [full]
  while (chain.length < left.length) {
    const last = chain.at(-1) ?? full
    const next = left.filter((one) => one.manifest.since?.backup === last.backup)
    const [one] = next
    if (next.length > 1) throw broken('two increments follow the same backup')
    if (one === undefined) throw broken('an increment in between is missing')
    requireFollows(last.manifest, one.manifest)
    chain.push(one)
  }
  return chain
}

function requireFollows(before: Manifest, after: Manifest): void {
  const { since, head } = after
  const isNext =
    since?.head.size === before.head.size &&
    since.head.root === before.head.root &&
    head.size >= before.head.size &&
    after.blobs.from.volume === before.blobs.to.volume &&
    after.blobs.from.number === before.blobs.to.number
  if (!isNext) throw broken('an increment does not go on where the one before ends')
}

/** The octets of a small file; throws `BACKUP_MALFORMED` for a larger one. */
export async function contentOf(file: TarFile, maxBytes: number): Promise<Uint8Array> {
  if (file.bytes > maxBytes) throw malformed(`${file.name} is too large`)
  const parts: Uint8Array[] = []
  for await (const part of file.content) parts.push(part)
  return new Uint8Array(Buffer.concat(parts))
}

export function malformed(reason: string): ApplianceError {
  return new ApplianceError('BACKUP_MALFORMED', `this backup is not well formed: ${reason}`)
}

async function opened(path: string) {
  return open(path, 'r').catch((cause: unknown) => {
    throw new ApplianceError('FILE_MISSING', `there is no file ${path}`, { cause })
  })
}

function broken(reason: string): ApplianceError {
  return new ApplianceError('BACKUP_CHAIN_BROKEN', `these backups are no whole chain: ${reason}`)
}

/** Reads an upgrade bundle that lies in a file: first what may refuse it, then its parts, piece by piece, each against its hash. I/O. */
import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import {
  bundleBytes,
  maxHeaderBytes,
  readHeader,
  verifiedManifest,
  type BundleHeader,
} from './bundle.ts'
import { UpgradeError } from './errors.ts'
import type { Manifest, Part } from './manifest.ts'

/** Small beside the memory of any box, large beside a call. */
const pieceBytes = 1024 * 1024

/** A bundle whose manifest the release key signed; its parts are not looked at yet. */
export interface OpenBundle extends AsyncDisposable {
  readonly file: FileHandle
  readonly header: BundleHeader
  readonly manifest: Manifest
}

/**
 * Opens a bundle. Throws `UPGRADE_MISSING` where there is no such file, `UPGRADE_MALFORMED`, `UPGRADE_SIGNATURE`, and
 * `UPGRADE_DAMAGED` where it has not as many octets as its manifest says. Never follows a link, nor waits for a pipe: whoever may write
 * beside it could have another file read, or nothing happen.
 */
export async function openBundle(
  path: string,
  trusted: readonly Uint8Array[],
): Promise<OpenBundle> {
  const file = await openFile(path)
  try {
    const start = await readAt(file, { from: 0, bytes: maxHeaderBytes })
    const header = readHeader(start)
    if (header === undefined) throw damaged('it ends before its manifest does')
    const manifest = await verifiedManifest(header, trusted)
    const { size } = await file.stat()
    if (size !== bundleBytes(header, manifest)) throw damaged('its length is not as signed')
    return { file, header, manifest, [Symbol.asyncDispose]: () => file.close() }
  } catch (error) {
    await file.close()
    throw error
  }
}

/** Where a part lies and what it is. */
export type PlacedPart = Part & { readonly from: number }

/** The parts with their offsets, in order. */
export function placedParts({ header, manifest }: Omit<OpenBundle, 'file'>): PlacedPart[] {
  let from = header.length
  return manifest.parts.map((part) => {
    const placed = { ...part, from }
    from += part.bytes
    return placed
  })
}

/** The octets of a part, in pieces; after the last one throws `UPGRADE_DAMAGED` unless they are as signed. */
export async function* piecesOf(file: FileHandle, part: PlacedPart): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256')
  for (let at = 0; at < part.bytes; at += pieceBytes) {
    const bytes = Math.min(pieceBytes, part.bytes - at)
    const piece = await readAt(file, { from: part.from + at, bytes })
    if (piece.length < bytes) throw damaged(`${part.name} ends early`)
    hash.update(piece)
    yield piece
  }
  if (hash.digest('hex') !== part.sha256) throw damaged(`${part.name} is not as signed`)
}

/** Reads all parts and keeps none. Throws `UPGRADE_DAMAGED`; tells how many octets were read so far. */
export async function checkParts(
  bundle: OpenBundle,
  tell: (bytes: number) => void = () => undefined,
): Promise<void> {
  let bytes = 0
  for (const part of placedParts(bundle)) {
    for await (const piece of piecesOf(bundle.file, part)) tell((bytes += piece.length))
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    if ((await file.stat()).isFile()) return file
    await file.close()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'ELOOP') throw error
  }
  throw new UpgradeError('UPGRADE_MISSING', 'there is no bundle')
}

async function readAt(
  file: FileHandle,
  { from, bytes }: { readonly from: number; readonly bytes: number },
): Promise<Uint8Array> {
  const buffer = Buffer.allocUnsafe(bytes)
  let length = 0
  while (length < bytes) {
    const { bytesRead } = await file.read(buffer, length, bytes - length, from + length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return buffer.subarray(0, length)
}

function damaged(reason: string): UpgradeError {
  return new UpgradeError('UPGRADE_DAMAGED', `the bundle is damaged: ${reason}`)
}

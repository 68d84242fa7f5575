/**
 * Receives a bundle in pieces, onto the disk: its header is judged as soon as it is there, so that what is refused is refused early, and
 * a broken upload goes on where it stopped, also after a restart. One at a time. I/O.
 */
import { open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { diskRoom } from '../disk_room.ts'
import { syncFolder } from '../../ca/index.ts'
import { sha256Hex, type Sha256 } from '../../ca/path/index.ts'
import { bundleBytes, maxHeaderBytes, readHeader, verifiedManifest } from './bundle.ts'
import { UpgradeError } from './errors.ts'
import { orMissing } from './machine.ts'
import type { Manifest } from './manifest.ts'
import { checkParts, openBundle } from './read_bundle.ts'

/** The box goes on working while a bundle lies beside its data. */
const reserveBytes = 256 * 1024 * 1024

export interface UploadParts {
  /** Where it grows. */
  readonly part: string
  /** Where it lies once it is whole. */
  readonly whole: string
  readonly trusted: () => Promise<readonly Uint8Array[]>
  /** Throws what stands against a manifest that the release key signed. */
  readonly judge: (manifest: Manifest) => Promise<void>
}

export interface Receiving {
  readonly bytes: number
  readonly of: number | undefined
  readonly version: string | undefined
}

export interface WholeBundle {
  readonly manifest: Manifest
  /** SHA-256 of the manifest's octets. */
  readonly sha256: Sha256
  readonly bytes: number
}

export interface Uploads {
  receiving(): Promise<Receiving | undefined>
  /** The bundle that is whole; undefined where there is none, or it is none that may be installed now. */
  whole(): Promise<WholeBundle | undefined>
  /** As `UpgradeDesk.append`; gives the bundle once it is whole. */
  append(offset: number, bytes: Uint8Array): Promise<WholeBundle | undefined>
  discard(): Promise<void>
}

export function createUploads(parts: UploadParts): Uploads {
  const { part, whole } = parts
  const discard = async (): Promise<void> => {
    for (const path of [part, whole]) await rm(path, { force: true })
  }
  return {
    discard,
    receiving: async () => {
      const bytes = await sizeOf(part)
      if (bytes === undefined) return undefined
      const known = await headerOf(parts).catch(() => undefined)
      return { bytes, of: known?.bytes, version: known?.manifest.version }
    },
    whole: () => wholeOf(parts).catch(() => undefined),
    async append(offset, bytes) {
      const received = offset === 0 ? 0 : ((await sizeOf(part)) ?? 0)
      if (offset !== received) {
        throw new UpgradeError('UPGRADE_OFFSET', 'the upload does not continue what is here', {
          details: { received },
        })
      }
      try {
        await write(part, offset, bytes)
        return await finished(parts)
      } catch (error) {
        if (error instanceof UpgradeError) await rm(part, { force: true })
        throw error
      }
    },
  }
}

async function write(path: string, offset: number, bytes: Uint8Array): Promise<void> {
  await using file = await open(path, offset === 0 ? 'w' : 'r+', 0o640)
  await file.writev([bytes], offset)
}

/** Judges what is here so far; moves it to its place once it is whole. */
async function finished(parts: UploadParts): Promise<WholeBundle | undefined> {
  const { part, whole } = parts
  const known = await headerOf(parts)
  const received = (await sizeOf(part)) ?? 0
  if (known === undefined) return undefined
  await parts.judge(known.manifest)
  if (received > known.bytes) throw new UpgradeError('UPGRADE_DAMAGED', 'there is too much of it')
  const { free } = await diskRoom(dirname(part))
  const wanting = known.bytes - received
  if (free < wanting + reserveBytes) {
    throw new UpgradeError('UPGRADE_TOO_LARGE', 'the data partition has too little room', {
      details: { part: 'bundle', bytes: known.bytes },
    })
  }
  if (wanting > 0) return undefined
  {
    await using bundle = await openBundle(part, await parts.trusted())
    await checkParts(bundle)
    await bundle.file.sync()
  }
  // Crash before: it is received again from its last octet on, which is none, and judged.
  await rename(part, whole)
  await syncFolder(dirname(whole)).catch(unlessClosed)
  return known
}

/** In the image the box may write into that folder and not look into it. A name that a power cut loses is an upload made again. */
function unlessClosed(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error
}

/** The manifest of what is being received, once enough of it is here. Throws as `readHeader` and `verifiedManifest`. */
async function headerOf({ part, trusted }: UploadParts): Promise<WholeBundle | undefined> {
  const start = await startOf(part)
  const header = start && readHeader(start)
  if (header === undefined) return undefined
  const manifest = await verifiedManifest(header, await trusted())
  return { manifest, sha256: sha256Hex(header.manifest), bytes: bundleBytes(header, manifest) }
}

async function wholeOf({ whole, trusted, judge }: UploadParts): Promise<WholeBundle> {
  await using bundle = await openBundle(whole, await trusted())
  const { manifest, header } = bundle
  await judge(manifest)
  return { manifest, sha256: sha256Hex(header.manifest), bytes: bundleBytes(header, manifest) }
}

async function startOf(path: string): Promise<Uint8Array | undefined> {
  const file = await open(path, 'r').catch(orMissing)
  if (file === undefined) return undefined
  await using opened = file
  const buffer = new Uint8Array(maxHeaderBytes)
  const { bytesRead } = await opened.read(buffer, 0, buffer.length, 0)
  return buffer.subarray(0, bytesRead)
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(orMissing))?.size
}

/**
 * The folder of data (design 4): where everything is, and opening it. The only file that knows the engine of the stores is
 * LevelDB. LevelDB's own lock on `views` keeps a second process out.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Level } from 'level'
import * as z from 'zod'
import {
  createBlobs,
  openJournalFiles,
  writeWhole,
  type Blobs,
  type JournalFiles,
} from '../../ca/index.ts'
import { ApplianceError } from '../errors.ts'
import { dataLayouts, readLayout } from '../upgrade/data_layout.ts'

/** What first boot fixed for the life of the box (`box.json`), and its names and addresses, which follow the journal (`host/`). Nothing secret. */
const boxFileSchema = z.strictObject({
  id: z.string(),
  mode: z.enum(['trial', 'production']),
  districtName: z.string(),
  hostNames: z.array(z.string()).min(1),
  zone: z.string(),
  /** Base of the pointers in certificates, `http://host:port`. */
  pkiUrl: z.string(),
  createdAt: z.string(),
  /** Certificates of the box's own keys, base64 DER, by key name; `root` and `issuing` among them. */
  certificates: z.record(z.string(), z.string()),
  /** Where keys of a production box are on a token: the vendor's library, and the token's label. */
  token: z.strictObject({ module: z.string(), label: z.string() }).optional(),
  /** Whether a production box stamps for whomever on its PKI port. */
  openTimeStamping: z.boolean().optional(),
})
export type BoxFile = z.infer<typeof boxFileSchema>

export interface DataFolder {
  readonly journalFiles: JournalFiles
  readonly views: Level<string, Uint8Array>
  readonly search: Level
  readonly scratch: Level
  readonly blobs: Blobs
  close(): Promise<void>
}

export const pathsOf = (directory: string) => ({
  version: join(directory, 'VERSION'),
  box: join(directory, 'box.json'),
  journal: join(directory, 'journal'),
  blobs: join(directory, 'blobs'),
  views: join(directory, 'views'),
  search: join(directory, 'search'),
  scratch: join(directory, 'scratch'),
  keys: join(directory, 'keys'),
  /** Pictures that units gave for their seals; there where somebody put them. */
  sealPictures: join(directory, 'seal-pictures'),
  /** Only of a box that `start --demo` filled, or began to fill. */
  demo: join(directory, 'demo.json'),
  /** There after a restore, until the journal says that it was confirmed. */
  restored: join(directory, 'restored.json'),
  /** Of trial boxes only: opens their keys unattended. */
  unattended: join(directory, 'keys', 'unattended.secret'),
})

/** Whether the folder is missing or empty, and so gets its first boot. */
export function isEmptyFolder(directory: string): boolean {
  return !existsSync(directory) || readdirSync(directory).length === 0
}

/**
 * Layout of the folder (docs/formats/data-folder.md). Throws `DATA_FOLDER_FOREIGN` where it holds no box, `DATA_FOLDER_NEWER` where a
 * later version of the product has raised it.
 */
export function layoutOf(directory: string): number {
  const paths = pathsOf(directory)
  const text = existsSync(paths.version) ? readFileSync(paths.version, 'utf8') : ''
  const layout = readLayout(text)
  if (layout !== undefined && dataLayouts.reads.includes(layout)) return layout
  if (layout !== undefined && layout > dataLayouts.writes) {
    throw new ApplianceError(
      'DATA_FOLDER_NEWER',
      `a later version has been at work in ${directory}; this one does not open it`,
      { details: { layout, reads: dataLayouts.reads } },
    )
  }
  throw foreign(directory)
}

function foreign(directory: string): ApplianceError {
  return new ApplianceError(
    'DATA_FOLDER_FOREIGN',
    `${directory} is not empty and holds no box of this version; choose another folder with --data`,
  )
}

/** Reads `box.json`; throws `DATA_FOLDER_FOREIGN` where there is none, and as `layoutOf`. */
export function readBoxFile(directory: string): BoxFile {
  const paths = pathsOf(directory)
  layoutOf(directory)
  if (!existsSync(paths.box)) throw foreign(directory)
  return boxFileSchema.parse(JSON.parse(readFileSync(paths.box, 'utf8')))
}

/** Writes `VERSION` and `box.json`, each whole. */
export async function writeBoxFile(directory: string, box: BoxFile): Promise<void> {
  const paths = pathsOf(directory)
  // Of a folder that is there its layout stays: it is raised by itself, once the version is committed.
  if (!existsSync(paths.version))
    await writeWhole(paths.version, `${String(dataLayouts.writes)}\n`, 0o644)
  await writeWhole(paths.box, `${JSON.stringify(box, null, 2)}\n`, 0o644)
}

/** Opens all stores. Throws `DATA_FOLDER_BUSY` if another process has them open, `VIEWS_UNREADABLE` if the views are damaged. */
export async function openDataFolder(directory: string): Promise<DataFolder> {
  const paths = pathsOf(directory)
  for (const path of [paths.journal, paths.blobs]) mkdirSync(path, { recursive: true, mode: 0o700 })
  const views = new Level<string, Uint8Array>(paths.views, {
    keyEncoding: 'utf8',
    valueEncoding: 'view',
    writeBufferSize: 16 * 1024 * 1024,
  })
  await openOrSay(views, directory)
  const search = new Level(paths.search, {
    cacheSize: 64 * 1024 * 1024,
    writeBufferSize: 16 * 1024 * 1024,
  })
  const scratch = new Level<string, string>(paths.scratch)
  await Promise.all([search.open(), scratch.open()])
  const blobs = createBlobs({
    openVolume: (n) => openVolume(paths.blobs, n),
    volumes: volumesIn(paths.blobs),
  })
  return {
    journalFiles: openJournalFiles(paths.journal),
    views,
    search,
    scratch,
    blobs,
    async close() {
      await Promise.all([views.close(), search.close(), scratch.close(), blobs.close()])
    },
  }
}

async function openVolume(directory: string, n: number): Promise<Level<Uint8Array, Uint8Array>> {
  const volume = new Level<Uint8Array, Uint8Array>(join(directory, String(n).padStart(4, '0')), {
    keyEncoding: 'view',
    valueEncoding: 'view',
    compression: false,
    writeBufferSize: 64 * 1024 * 1024,
  })
  await volume.open()
  return volume
}

function volumesIn(directory: string): number[] {
  return readdirSync(directory)
    .filter((name) => /^\d{4}$/.test(name))
    .map(Number)
}

async function openOrSay(views: Level<string, Uint8Array>, directory: string): Promise<void> {
  try {
    await views.open()
  } catch (error) {
    const { cause } = error as { cause?: { code?: string } }
    if (cause?.code !== 'LEVEL_LOCKED') {
      const words = 'the views cannot be opened; nothing is lost: run sealbox rebuild'
      throw new ApplianceError('VIEWS_UNREADABLE', words, { cause: error })
    }
    throw new ApplianceError('DATA_FOLDER_BUSY', `${directory} is in use by another sealbox`, {
      cause: error,
    })
  }
}

/**
 * The scrub (design 4): reads all that the box keeps and compares it with the journal. The journal's frames, hashes and tree; the views,
 * key by key with those that the journal makes anew; each file with its hash; each file that an entry names. It changes nothing, takes a
 * small share of the time, and says what is not as it should be.
 */
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Level } from 'level'
import {
  appliedSize,
  CaError,
  compareRecords,
  recordsOf,
  type Blobs,
  type Entry,
} from '../../ca/index.ts'
import type { ScrubFinding, ScrubState } from '../../web/index.ts'
import { bytesBelow } from '../disk_room.ts'
import { pathsOf, type DataFolder } from '../box/data_folder.ts'
import { createPace, type Pace } from './pace.ts'
import { replay } from './replay.ts'

/** Of one cause there may be thousands; a handful says what it is. */
const maxScrubFindings = 100
/** The views made anew take as much room as those that live; beyond them this much stays free. */
const reserveBytes = 2 * 1024 ** 3

export interface ScrubParts {
  readonly directory: string
  readonly data: Pick<DataFolder, 'views' | 'blobs'>
  /** The first `to` entries of the journal. */
  readonly entries: (to: number) => AsyncIterable<Entry>
  readonly now: () => Date
  /** Bytes left on the disk. */
  readonly free: () => Promise<number>
}

/** The views made anew would fill the disk. */
export class NoRoomForScrub extends Error {}

/** Reads everything once. Rejects with the signal's reason once it aborts. */
export async function scrub(
  parts: ScrubParts,
  options: { readonly share: number; readonly signal: AbortSignal },
): Promise<ScrubState> {
  const pace = createPace(options)
  const found = createFindings()
  const folder = join(parts.directory, 'scrub')
  await rm(folder, { recursive: true, force: true })
  try {
    const { entries, views } = await scrubViews(parts, { ...options, folder, pace, found })
    const files = await scrubFiles(parts.data.blobs, { pace, found })
    if (!found.has('JOURNAL_DAMAGED')) await scrubNamed(parts, { to: entries, pace, found })
    return { endedAt: parts.now(), entries, views, files, findings: found.all }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

interface Findings {
  readonly all: readonly ScrubFinding[]
  add(code: ScrubFinding['code'], name: string): void
  has(code: ScrubFinding['code']): boolean
}

interface Scrubbing {
  readonly pace: Pace
  readonly found: Findings
}

function createFindings(): Findings {
  const all: ScrubFinding[] = []
  return {
    all,
    add: (code, name) => {
      if (all.length < maxScrubFindings) all.push({ code, name })
    },
    has: (code) => all.some((one) => one.code === code),
  }
}

/** The journal by reading it whole, and the views as they were at one moment by what it makes of them. */
async function scrubViews(
  parts: ScrubParts,
  by: Scrubbing & { readonly share: number; readonly signal: AbortSignal; readonly folder: string },
): Promise<{ readonly entries: number; readonly views: number }> {
  const { directory, data } = parts
  const { share, signal, folder, pace, found } = by
  // Whoever writes meanwhile writes behind this.
  const snapshot = data.views.snapshot()
  try {
    const size = await appliedSize(data.views, snapshot)
    if (size === undefined) {
      found.add('VIEW_DIFFERS', 'applied')
      return { entries: 0, views: 0 }
    }
    await requireRoom(parts)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const { journal } = pathsOf(directory)
    const answer = await replay({ journal, folder, size, share }, signal)
    if (!answer.ok) {
      found.add('JOURNAL_DAMAGED', answer.damage)
      return { entries: size, views: 0 }
    }
    const anew = new Level<string, Uint8Array>(folder, {
      keyEncoding: 'utf8',
      valueEncoding: 'view',
    })
    await anew.open()
    try {
      let views = 0
      for await (const { key, same } of compareRecords(
        recordsOf(data.views, snapshot),
        recordsOf(anew),
      )) {
        views++
        if (!same) found.add('VIEW_DIFFERS', JSON.stringify(key))
        await pace()
      }
      return { entries: size, views }
    } finally {
      await anew.close()
    }
  } finally {
    await snapshot.close()
  }
}

/** Rejects where the views made anew would fill the disk. */
async function requireRoom({ directory, free }: ScrubParts): Promise<void> {
  const needed = (await bytesBelow(pathsOf(directory).views)) + reserveBytes
  if ((await free()) < needed) throw new NoRoomForScrub('too little room on the disk for a scrub')
}

/** Each file with its hash. */
async function scrubFiles(blobs: Blobs, { pace, found }: Scrubbing): Promise<number> {
  let files = 0
  for await (const name of blobs.names()) {
    files++
    try {
      await blobs.get(name)
    } catch (error) {
      found.add(codeOf(error), name)
    }
    await pace()
  }
  return files
}

/** Each file that an entry names is there. */
async function scrubNamed(
  { data, entries }: ScrubParts,
  { to, pace, found }: Scrubbing & { readonly to: number },
): Promise<void> {
  for await (const { files } of entries(to)) {
    for (const name of files) {
      try {
        if (!(await data.blobs.has(name))) found.add('BLOB_MISSING', name)
      } catch (error) {
        found.add(codeOf(error), name)
      }
    }
    await pace()
  }
}

function codeOf(error: unknown): 'BLOB_DAMAGED' | 'BLOB_MISSING' {
  if (
    error instanceof CaError &&
    (error.code === 'BLOB_DAMAGED' || error.code === 'BLOB_MISSING')
  ) {
    return error.code
  }
  throw error
}

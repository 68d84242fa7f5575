/**
 * Commits per second at 1 and 64 clients, held against one writer that appends the same bytes and calls `fdatasync` for each.
 * The commits are like those of the box: one entry of about 500 bytes, an expectation, a fold that reads one view and writes two.
 * In turns (ABBA), medians, so that a disk that slows down meanwhile slows both.
 */
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Level } from 'level'
import { createSystemClock } from '../../ca/clock.ts'
import { systemRandom } from '../../ca/random.ts'
import {
  openJournal,
  openJournalFiles,
  type Commit,
  type Fold,
  type Journal,
} from '../../ca/journal/index.ts'
import { figure, turnAbout, type Figure } from './figure.ts'

/** Length of one measurement: some hundred syncs, and short, since a disk changes its pace from one second to the next. */
const milliseconds = 200
const rounds = 20

const folds: readonly Fold[] = [
  {
    type: 'document.dispatched',
    reads: ({ subject }) => [subject],
    apply: ({ index, subject, data }) => [
      { key: subject, value: { stage: 'dispatched', data } },
      { key: `outbox/${String(index).padStart(10, '0')}`, value: { subject } },
    ],
  },
]

/** Goals: 64 clients at least 6 times the raw writer, 1 client at least half of it. */
export async function commits(): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'sealbox-bench-'))
  await mkdir(join(folder, 'journal'))
  const store = new Level<string, Uint8Array>(join(folder, 'views'), {
    keyEncoding: 'utf8',
    valueEncoding: 'view',
  })
  try {
    const journal = await openJournal({
      files: openJournalFiles(join(folder, 'journal')),
      store,
      folds,
      foldsVersion: 1,
      clock: createSystemClock(),
      random: systemRandom,
    })
    const raw = (): Promise<number> => rawAppends(join(folder, 'raw'))
    const figures = [
      await compare('commits.1-client', () => clients(journal, 1), raw),
      await compare('commits.64-clients', () => clients(journal, 64), raw),
    ]
    await journal.close()
    return figures
  } finally {
    await store.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function compare(
  name: string,
  ours: () => Promise<number>,
  theirs: () => Promise<number>,
): Promise<Figure> {
  const { value, reached } = await turnAbout({ rounds, ours, theirs })
  return figure(name, value, 'commits/s', reached)
}

let drawn = 0

function nextCommit(): Commit {
  const subject = `document:${String(drawn++).padStart(26, '0')}`
  return {
    entries: [
      {
        type: 'document.dispatched',
        actor: { holder: 'seat:91340000000000000X/leader', certificate: 'ab'.repeat(32) },
        subject,
        files: [],
        data: { main: ['91340000000000001X', '91340000000000002X'], draft: 'cd'.repeat(32) },
      },
    ],
    expect: [{ key: subject, version: null }],
  }
}

/** Commits a second of `count` clients, each waiting for its answer. */
async function clients(journal: Journal, count: number): Promise<number> {
  const start = performance.now()
  let done = 0
  const client = async (): Promise<void> => {
    while (performance.now() - start < milliseconds) {
      await journal.commit(nextCommit())
      done++
    }
  }
  await Promise.all(Array.from({ length: count }, client))
  return (done * 1000) / (performance.now() - start)
}

/** Appends a second, each of the bytes of one such commit's frame. */
async function rawAppends(path: string): Promise<number> {
  const bytes = new Uint8Array(620).fill(0x78)
  await using file = await open(path, 'a')
  const start = performance.now()
  let done = 0
  for (; performance.now() - start < milliseconds; done++) {
    await file.write(bytes)
    await file.datasync()
  }
  return (done * 1000) / (performance.now() - start)
}

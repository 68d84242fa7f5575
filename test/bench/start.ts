/**
 * A box that has lived: with 100,000 documents the time from `sealbox start` to its first answer, after a stop in order, against the same box
 * without any, and after a crash; making all views anew from the journal, against reading the same lines, hashing and parsing them; and with 10,000 documents
 * the memory of a box that does nothing, against a Koa server that does nothing. Making the boxes takes minutes.
 */
import { hash } from 'node:crypto'
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { rebuildViews } from '../../ca/index.ts'
import { openDataFolder, pathsOf } from '../../appliance/box/data_folder.ts'
import { startBoxProcess } from '../../appliance/demo/box_process.ts'
import { journalStorage } from '../../appliance/box/folds.ts'
import { makeManyDocuments, type ManyDocuments } from '../appliance/many_documents.ts'
import { serveNewBox } from '../appliance/in_process.ts'
import { figure, turnAbout, type Figure } from './figure.ts'

const manyDocuments = 100_000
const someDocuments = 10_000
const rounds = 2
/** What a start still does behind its first answer is over by then. */
const idleMs = 20_000

/** Runs the bench. */
export async function start(): Promise<Figure[]> {
  const empty = await serveNewBox()
  await empty.stop()
  try {
    const many = await withBox(manyDocuments, async (box) => [
      await starting(box, empty.data),
      await recovering(box),
      await replaying(box),
    ])
    const some = await withBox(someDocuments, async ({ data }) => [await idling(data)])
    return [...many, ...some]
  } finally {
    await empty.close()
  }
}

async function withBox(
  documents: number,
  measure: (box: ManyDocuments) => Promise<Figure[]>,
): Promise<Figure[]> {
  const box = await makeManyDocuments(documents)
  try {
    return await measure(box)
  } finally {
    await rm(box.folder, { recursive: true, force: true })
  }
}

async function starting({ data }: ManyDocuments, empty: string): Promise<Figure> {
  const { value, reached } = await turnAbout({
    rounds,
    ours: () => startMs(data),
    theirs: () => startMs(empty),
  })
  return figure(
    `start: ${String(manyDocuments)} documents, after a stop in order`,
    value,
    'ms',
    reached,
  )
}

/** From the start of the process to its being ready. */
async function startMs(data: string): Promise<number> {
  const begun = performance.now()
  const box = await startBoxProcess({ data })
  const ms = performance.now() - begun
  await box.stop()
  return ms
}

/** After its end in the middle of something a box reads its whole journal and checks it before it opens; held against reading the lines. */
async function recovering({ data, entries }: ManyDocuments): Promise<Figure> {
  const inOrder = await startMs(data)
  const cut = await startBoxProcess({ data })
  const ended = once(cut.process, 'exit')
  cut.process.kill('SIGKILL')
  await ended
  const value = entries / (((await startMs(data)) - inOrder) / 1000)
  const raw = performance.now()
  const read = readRaw(pathsOf(data).journal)
  return figure(
    'start: after a crash',
    value,
    'entries/s',
    read / ((performance.now() - raw) / 1000),
  )
}

async function replaying({ data, entries }: ManyDocuments): Promise<Figure> {
  const begun = performance.now()
  const folder = await openDataFolder(data)
  const { replayedEntries } = await rebuildViews(journalStorage(folder))
  await folder.close()
  const value = replayedEntries / ((performance.now() - begun) / 1000)
  const raw = performance.now()
  const read = readRaw(pathsOf(data).journal)
  if (read !== entries || replayedEntries !== entries) throw new TypeError('entries are missing')
  return figure('start: replay', value, 'entries/s', read / ((performance.now() - raw) / 1000))
}

/** Reads, hashes and parses all lines that are entries; gives their number. */
function readRaw(journal: string): number {
  let entries = 0
  for (const name of readdirSync(journal)) {
    for (const line of readFileSync(join(journal, name)).toString('utf8').split('\n')) {
      if (!line.startsWith('{')) continue
      hash('sha256', line)
      JSON.parse(line)
      entries++
    }
  }
  return entries
}

async function idling(data: string): Promise<Figure> {
  const box = await startBoxProcess({ data })
  await pause(idleMs)
  const value = residentMegabytes(box.process)
  await box.stop()
  const bare = fork(new URL('bare_server.ts', import.meta.url), { stdio: 'ignore' })
  await pause(2000)
  const reached = residentMegabytes(bare)
  bare.kill()
  return figure(`start: memory with ${String(someDocuments)} documents, idle`, value, 'MB', reached)
}

function residentMegabytes({ pid }: ChildProcess): number {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1000
}

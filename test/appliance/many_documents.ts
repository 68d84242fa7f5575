/**
 * A box with very many documents, made in minutes: a few real ones, and copies of their journal entries under other identifiers, files and
 * numbers. Views, registers and search are then as large as those of a box that lived as long; the copies' sealed files are not there.
 */
import { randomBytes } from 'node:crypto'
import {
  boxActor,
  createGuardedClock,
  openJournal,
  readClocks,
  systemRandom,
} from '../../ca/index.ts'
import type { EntryDraft, Journal } from '../../ca/index.ts'
import { pino } from 'pino'
import { openBox } from '../../appliance/box/box.ts'
import { openDataFolder } from '../../appliance/box/data_folder.ts'
import { send, signFor } from '../../appliance/demo/work.ts'
import { demoTexts } from '../../appliance/demo/texts.ts'
import { journalStorage } from '../../appliance/box/folds.ts'
import { enrolDistrict, serveNewBox } from './in_process.ts'

const units = 8
const templates = 24
/** Documents of one commit: some twelve entries each, of a thousand that a commit may have. */
const documentsACommit = 40

export interface ManyDocuments {
  /** Holds the folder of data, and is the caller's to remove. */
  readonly folder: string
  readonly data: string
  readonly entries: number
}

/** Makes the box, stopped, with its search index caught up. */
export async function makeManyDocuments(count: number): Promise<ManyDocuments> {
  const served = await serveNewBox()
  const district = await enrolDistrict(served.known, served.code, units)
  const texts = demoTexts(undefined, templates)
  for (const [at, text] of texts.entries()) {
    const trip = await send(district.units, at, text)
    for (const recipient of trip.recipients) await signFor(trip, recipient)
  }
  for (const unit of district.units) unit.close()
  district.officer.client.close()
  await served.stop()
  await copyTrips(served.data, count - texts.length)
  const entries = await index(served.data)
  return { folder: served.folder, data: served.data, entries }
}

async function copyTrips(directory: string, count: number): Promise<void> {
  const data = await openDataFolder(directory)
  const clock = createGuardedClock({ read: readClocks, actor: boxActor })
  const journal = await openJournal({ ...journalStorage(data), clock, random: systemRandom })
  const trips = await readTrips(journal)
  for (let from = 0; from < count; from += documentsACommit) {
    const entries: EntryDraft[] = []
    for (let at = from; at < Math.min(count, from + documentsACommit); at++) {
      entries.push(...copyOf(trips[at % trips.length] ?? [], at + templates + 1))
    }
    await journal.commit({ entries })
  }
  await journal.close()
  await data.close()
}

/** The entries of each document, in order. */
async function readTrips(journal: Journal): Promise<EntryDraft[][]> {
  const trips = new Map<string, EntryDraft[]>()
  for await (const { type, actor, subject, files, data } of journal.read(0)) {
    if (!subject.startsWith('document:')) continue
    trips.set(subject, [...(trips.get(subject) ?? []), { type, actor, subject, files, data }])
  }
  return [...trips.values()]
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'

function copyOf(trip: readonly EntryDraft[], number: number): EntryDraft[] {
  const id = trip[0]?.subject.slice('document:'.length) ?? ''
  const other = Array.from(randomBytes(id.length), (byte) => alphabet[byte % 32]).join('')
  let text = JSON.stringify(trip).replaceAll(id, other)
  const sealed = trip.findLast(({ type }) => type === 'document.sealed')
  const file = (sealed?.data as { file?: string } | undefined)?.file ?? ''
  text = text.replaceAll(file, randomBytes(32).toString('hex'))
  text = text.replace(/("year":\d+,"number":|"number":)\d+/g, `$1${String(number)}`)
  return JSON.parse(text) as EntryDraft[]
}

/** Lets the box read what was added; gives the number of entries. */
async function index(directory: string): Promise<number> {
  const log = pino({ level: 'silent' })
  const box = await openBox({ directory, log, url: 'https://localhost:8443' })
  const { size } = box.journal
  await box.indexer.caughtUp(size - 1)
  await box.close()
  return size
}

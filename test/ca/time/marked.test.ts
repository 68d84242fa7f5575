/** What stands in the journal while the clock is on hold, and after it. */
import test, { type ExecutionContext } from 'ava'
import {
  boxActor,
  clockConfirmedEntry,
  clockKey,
  createGuardedClock,
  openJournal,
  verifyJournal,
  type Entry,
  type EntryDraft,
  type GuardedClock,
  type OpenedJournal,
} from '../../../ca/index.ts'
import { clockFolds } from '../../../ca/time/records.ts'
import {
  collect,
  memoryFiles,
  openStore,
  seededRandom,
  temporaryFolder,
} from '../journal/places.ts'

const order = '0'.repeat(64)
const noted: EntryDraft = { type: 'thing.noted', actor: boxActor, subject: 'thing', data: {} }
const folds = [...clockFolds, { type: 'thing.noted', reads: () => [], apply: () => [] }]

async function openTurned(t: ExecutionContext) {
  const machine = { wall: Date.parse('2026-06-01T12:00:00Z'), monotonic: 0 }
  const files = memoryFiles()
  const store = await openStore(await temporaryFolder(t))
  const clock = createGuardedClock({ read: () => ({ ...machine }), actor: boxActor })
  clock.begin({ last: undefined, record: undefined, boot: null })
  const random = seededRandom()
  const journal = await openJournal({ files, store, folds, foldsVersion: 1, clock, random })
  t.teardown(async () => {
    await journal.close()
    await store.close()
  })
  return { machine, clock, journal, files }
}

function entriesOf(journal: OpenedJournal): Promise<Entry[]> {
  return collect(journal.read(0))
}

async function confirm(journal: OpenedJournal, clock: GuardedClock): Promise<void> {
  const confirmed = clock.confirmation(0, order)
  await journal.commit({ entries: [clockConfirmedEntry(confirmed, boxActor)] })
  clock.confirm(confirmed)
}

test('acts in hold are marked, and the hold is told once, before the first of them', async (t) => {
  const { machine, clock, journal, files } = await openTurned(t)
  await journal.commit({ entries: [noted] })
  machine.wall -= 3_600_000
  machine.monotonic += 1000
  await Promise.all([1, 2, 3].map(() => journal.commit({ entries: [noted] })))
  await confirm(journal, clock)
  await journal.commit({ entries: [noted] })
  const entries = await entriesOf(journal)
  t.deepEqual(
    entries.map(({ type, timeUnconfirmed = false }) => [type, timeUnconfirmed]),
    [
      ['thing.noted', false],
      ['clock.held', true],
      ['thing.noted', true],
      ['thing.noted', true],
      ['thing.noted', true],
      ['clock.confirmed', true],
      ['thing.noted', false],
    ],
  )
  t.is(entries[2]?.time, '2026-06-01T12:00:01.000Z')
  t.true((await verifyJournal({ files })).ok, 'marked entries are well formed to an auditor')
})

test('who tells of the hold by hand tells it instead of the writer', async (t) => {
  const { machine, clock, journal } = await openTurned(t)
  machine.wall += 3_600_000
  clock.now()
  const untold = clock.untold()
  t.truthy(untold)
  await Promise.all([noted, untold ?? noted].map((entry) => journal.commit({ entries: [entry] })))
  t.deepEqual(
    (await entriesOf(journal)).map(({ type }) => type),
    ['clock.held', 'thing.noted'],
  )
  t.is((await journal.views.get(clockKey))?.version, 0)
})

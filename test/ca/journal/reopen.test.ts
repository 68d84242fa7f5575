/** Opening a journal that was closed in order: quick where nothing happened since, by reading all of it wherever anything did. */
import test, { type ExecutionContext } from 'ava'
import {
  openJournal,
  type JournalFiles,
  type OpenedJournal,
  type Store,
} from '../../../ca/journal/index.ts'
import { segmentName } from '../../../ca/journal/frame.ts'
import { keys } from '../../../ca/journal/keyspace.ts'
import { fillLedger, ledgerFolds, raise } from './ledger.ts'
import {
  dump,
  memoryFiles,
  seededRandom,
  steppingClock,
  temporaryStore,
  type MemoryFiles,
} from './places.ts'

const segmentBytes = 5000

function open(files: JournalFiles, store: Store): Promise<OpenedJournal> {
  const clock = steppingClock()
  return openJournal({
    ...{ files, store, clock, segmentBytes },
    ...{ folds: ledgerFolds, foldsVersion: 1, random: seededRandom() },
  })
}

/** Names of the segments that are read while `act` goes on. */
async function readsOf(files: MemoryFiles, act: (files: JournalFiles) => Promise<OpenedJournal>) {
  const read: string[] = []
  const watched: JournalFiles = {
    ...files,
    read: (name, ...rest) => {
      read.push(name)
      return files.read(name, ...rest)
    },
  }
  return { journal: await act(watched), read }
}

async function closedJournal(t: ExecutionContext) {
  const store = await temporaryStore(t)
  const files = memoryFiles()
  const journal = await open(files, store)
  await fillLedger(journal, 120)
  await journal.close()
  const last = segmentName(files.content.size)
  t.true(files.content.size > 3, 'there are several segments')
  return { store, files, last, size: journal.size }
}

test('after a close in order only the last segment is read, time and again', async (t) => {
  const { store, files, last, size } = await closedJournal(t)
  const before = await dump(store)
  for (let round = 0; round < 3; round++) {
    const { journal, read } = await readsOf(files, (watched) => open(watched, store))
    t.deepEqual(read, [last])
    t.deepEqual(journal.recovery, { cutBytes: 0, replayedEntries: 0, rebuilt: false })
    t.is(journal.size, size)
    await journal.close()
  }
  t.deepEqual(await dump(store), before)
})

test('what is committed after such an opening follows on what was there', async (t) => {
  const { store, files } = await closedJournal(t)
  const quick = await open(files, store)
  await quick.commit(raise('counter:after', 1))
  const head = await quick.head()
  await quick.close()
  await store.del(keys.closed)
  const slow = await open(files, store)
  t.deepEqual(await slow.head(), head)
  await slow.close()
})

test('the mark serves once: a run that was not closed has everything read again', async (t) => {
  const { store, files } = await closedJournal(t)
  await open(files, store)
  const { journal, read } = await readsOf(files, (watched) => open(watched, store))
  t.is(read.length, files.content.size)
  await journal.close()
})

const cutTo = (files: MemoryFiles, name: string, length: number): void => {
  files.content.set(name, files.content.get(name)?.slice(0, length) ?? new Uint8Array())
}

test('a journal that changed after its close is read whole, and the damage named', async (t) => {
  const cases: readonly (readonly [string, string, (files: MemoryFiles, last: string) => void])[] =
    [
      [
        'bytes of the last frame are cut off',
        'JOURNAL_BEHIND_VIEWS',
        (files, last) => {
          cutTo(files, last, (files.content.get(last)?.length ?? 0) - 30)
        },
      ],
      [
        'the last frame is altered',
        'JOURNAL_DAMAGED',
        (files, last) => {
          const bytes = new Uint8Array(files.content.get(last) ?? [])
          bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 1
          files.content.set(last, bytes)
        },
      ],
      [
        'the last segment is gone',
        'JOURNAL_BEHIND_VIEWS',
        (files, last) => {
          files.content.delete(last)
        },
      ],
      [
        'a segment in the middle is gone',
        'JOURNAL_DAMAGED',
        (files) => {
          files.content.delete(segmentName(2))
        },
      ],
      [
        'all segments are gone',
        'JOURNAL_BEHIND_VIEWS',
        (files) => {
          files.content.clear()
        },
      ],
    ]
  for (const [what, code, harm] of cases) {
    const { store, files, last } = await closedJournal(t)
    harm(files, last)
    await t.throwsAsync(open(files, store), { code }, what)
  }
})

test('a journal that goes on behind its mark is read whole and replayed', async (t) => {
  const { store, files } = await closedJournal(t)
  const mark = await store.get(keys.closed)
  const early = await dump(store)
  const journal = await open(files, store)
  await fillLedger(journal, 5)
  await journal.close()
  const late = await dump(store)
  await store.clear()
  for (const [key, value] of early) await store.put(key, Buffer.from(value, 'latin1'))
  await store.put(keys.closed, mark ?? new Uint8Array())
  const again = await open(files, store)
  t.true(again.recovery.replayedEntries > 0)
  t.false(again.recovery.rebuilt)
  t.deepEqual(await dump(store), late)
  await again.close()
})

test('a damaged mark, of the close or of how far the views have come, has everything read', async (t) => {
  for (const key of [keys.closed, keys.applied]) {
    const { store, files } = await closedJournal(t)
    await store.put(key, new Uint8Array(40))
    const { journal, read } = await readsOf(files, (watched) => open(watched, store))
    t.is(read.length, files.content.size, key)
    await journal.close()
  }
})

/** Each I/O point of a commit fails before, in the middle of, and after persisting; restart recovers to one and the same state. */
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import {
  openJournal,
  rebuildViews,
  type Entry,
  type JournalFiles,
  type OpenedJournal,
  type Store,
} from '../../../ca/journal/index.ts'
import { draft, ledgerFolds, raise } from './ledger.ts'
import {
  collect,
  dump,
  memoryFiles,
  openStore,
  seededRandom,
  steppingClock,
  temporaryFolder,
} from './places.ts'

type Mode = 'before' | 'partly' | 'after'

interface Faults {
  /** Runs one I/O point; the chosen one fails. */
  readonly point: (run: () => Promise<void>, part?: () => Promise<void>) => Promise<void>
  readonly points: () => number
}

/** Lets point number `chosen` fail, and no other. */
function faultAt(chosen: number, mode: Mode): Faults {
  let points = 0
  return {
    points: () => points,
    async point(run, part) {
      if (points++ !== chosen) return run()
      if (mode === 'after') await run()
      if (mode === 'partly') await part?.()
      throw new Error(`injected: point ${String(chosen)}, ${mode}`)
    },
  }
}

function faultyFiles(files: JournalFiles, { point }: Faults): JournalFiles {
  return {
    ...files,
    create: (name) => point(() => files.create(name)),
    append: (name, bytes) =>
      point(
        () => files.append(name, bytes),
        () => files.append(name, bytes.subarray(0, bytes.length - 40)),
      ),
    truncate: (name, length) => point(() => files.truncate(name, length)),
  }
}

/** Gives the store failing batches; the answer takes them away again. */
function breakStore(store: Store, { point }: Faults): () => void {
  const batch = store.batch.bind(store) as (...args: unknown[]) => Promise<void>
  const clear = store.clear.bind(store)
  Object.assign(store, {
    batch: (...args: unknown[]) => point(() => batch(...args)),
    clear: () => point(() => clear()),
  })
  return () => {
    Object.assign(store, { batch, clear })
  }
}

const openWith = (files: JournalFiles, store: Store, foldsVersion = 1): Promise<OpenedJournal> =>
  openJournal({
    files,
    store,
    folds: ledgerFolds,
    foldsVersion,
    clock: steppingClock(),
    random: seededRandom(),
    segmentBytes: 1500,
  })

async function emptyStore(t: ExecutionContext): Promise<Store> {
  const store = await openStore(join(await temporaryFolder(t), 'views'))
  t.teardown(() => store.close())
  return store
}

/** Groups of commits, until one fails; what was answered. */
async function work(journal: OpenedJournal): Promise<Entry[]> {
  const answered: Entry[] = []
  for (let round = 0; round < 3; round++) {
    const commits = [
      raise('counter:a', 1),
      raise('counter:b', 1, round === 0 ? null : 7),
      { entries: [draft('note.made', 'note:1'), draft('counter.removed', 'counter:b')] },
    ]
    const answers = await Promise.allSettled(commits.map((commit) => journal.commit(commit)))
    for (const answer of answers) {
      if (answer.status === 'fulfilled') answered.push(...answer.value)
    }
  }
  return answered
}

/** After a restart: nothing answered is lost, the views are those of a rebuild, and work goes on. */
async function checkRecovery(
  t: ExecutionContext,
  state: { files: JournalFiles; store: Store; answered: readonly Entry[]; what: string },
): Promise<void> {
  const { files, store, answered, what } = state
  const journal = await openWith(files, store)
  const entries = await collect(journal.read(0))
  t.deepEqual(
    answered.map(({ index }) => entries[index]),
    [...answered],
    what,
  )
  await journal.commit(raise('counter:after', 1))
  await journal.close()
  const live = await dump(store)
  await rebuildViews({ files, store, folds: ledgerFolds, foldsVersion: 1 })
  t.deepEqual(await dump(store), live, what)
}

for (const mode of ['before', 'partly', 'after'] as const) {
  test(`committing: any write that fails ${mode} persisting loses nothing that was answered`, async (t) => {
    const store = await emptyStore(t)
    for (let chosen = 0; ; chosen++) {
      await store.clear()
      const memory = memoryFiles()
      const faults = faultAt(chosen, mode)
      const journal = await openWith(faultyFiles(memory, faults), store)
      const mend = breakStore(store, faults)
      const answered = await work(journal)
      mend()
      if (faults.points() <= chosen) {
        t.is(journal.state, 'running')
        t.true(chosen >= 8, 'points were tried')
        break
      }
      const what = `point ${String(chosen)} ${mode}`
      const after = journal.state
      t.true(after === 'stopped' || after === 'read-only', what)
      const code = after === 'stopped' ? 'JOURNAL_STOPPED' : 'JOURNAL_READ_ONLY'
      await t.throwsAsync(journal.commit(raise('counter:a', 1)), { code }, what)
      // What was answered is shown also while views lag behind.
      const entries = await collect(journal.read(0))
      t.deepEqual(entries, answered, what)
      await checkRecovery(t, { files: memory, store, answered, what })
    }
  })
}

test('a commit whose views cannot be written is answered, and stands after the restart', async (t) => {
  const store = await emptyStore(t)
  const memory = memoryFiles()
  const journal = await openWith(memory, store)
  await journal.commit(raise('counter:a', 1))
  const mend = breakStore(store, faultAt(0, 'before'))
  const [entry] = await journal.commit(raise('counter:a', 2))
  t.is(journal.state, 'read-only')
  t.is(journal.size, 2)
  t.deepEqual(await journal.entry(1), entry)
  t.is((await journal.consistencyProof(1, 2)).length, 1)
  t.deepEqual((await journal.views.get('counter:a'))?.value, { by: 1 })
  mend()
  const again = await openWith(memory, store)
  t.like(again.recovery, { replayedEntries: 1, rebuilt: false })
  t.deepEqual((await again.views.get('counter:a'))?.value, { by: 3 })
  t.deepEqual(await again.head(), await journal.head())
})

test('after a failed append all that waits is refused too, and nothing is written any more', async (t) => {
  const memory = memoryFiles()
  const faults = faultAt(2, 'after')
  const journal = await openWith(faultyFiles(memory, faults), await emptyStore(t))
  await journal.commit(raise('counter:a', 1))
  const first = journal.commit(raise('counter:a', 2))
  await new Promise((resolve) => setImmediate(resolve))
  const rest = [1, 2, 3].map((by) => journal.commit(raise('counter:b', by)))
  for (const one of await Promise.allSettled([first, ...rest])) {
    t.like(one, { status: 'rejected', reason: { code: 'JOURNAL_STOPPED' } })
  }
  t.is(faults.points(), 3)
  t.is(journal.size, 1)
})

for (const mode of ['before', 'after'] as const) {
  test(`recovering: any write that fails ${mode} persisting is made good by the next start`, async (t) => {
    const store = await emptyStore(t)
    const memory = memoryFiles()
    const answered = await work(await openWith(memory, store))
    const [name = ''] = [...memory.content.keys()].slice(-1)
    const torn = Buffer.concat([memory.content.get(name) ?? new Uint8Array(), Buffer.from('seal')])
    for (let chosen = 0; ; chosen++) {
      const files = memoryFiles(new Map([...memory.content, [name, torn]]))
      const faults = faultAt(chosen, mode)
      const mend = breakStore(store, faults)
      // Other folds: the views are cleared and made anew.
      const opening = openWith(faultyFiles(files, faults), store, 100 + chosen)
      const failed = await opening.then(
        () => false,
        () => true,
      )
      mend()
      t.is(failed, faults.points() > chosen)
      if (!failed) break
      await checkRecovery(t, { files, store, answered, what: `${String(chosen)} ${mode}` })
    }
  })
}

test('a store that cannot be read refuses the commit and stops nothing', async (t) => {
  const store = await emptyStore(t)
  const journal = await openWith(memoryFiles(), store)
  const getMany = store.getMany.bind(store)
  const getSync = store.getSync.bind(store)
  Object.assign(store, {
    getMany: () => Promise.reject(new Error('injected')),
    getSync: () => {
      throw new Error('injected')
    },
  })
  await t.throwsAsync(journal.commit(raise('counter:a', 1)), { message: 'injected' })
  Object.assign(store, { getMany, getSync })
  t.is((await journal.commit(raise('counter:a', 1)))[0]?.index, 0)
})

test('a commit that would read a damaged view is refused, its neighbour is not', async (t) => {
  const store = await emptyStore(t)
  const journal = await openWith(memoryFiles(), store)
  await journal.commit(raise('counter:a', 1))
  await store.put('counter:a', new Uint8Array(20))
  const [damaged, fine] = await Promise.allSettled([
    journal.commit(raise('counter:a', 1)),
    journal.commit({ entries: [draft('note.made', 'note:1')] }),
  ])
  t.like(damaged, { status: 'rejected', reason: { code: 'VIEW_DAMAGED' } })
  t.like(fine, { status: 'fulfilled' })
})

/** The default journal and views over LevelDB and segment files: the contracts, serial order, recovery, rebuilding. */
import { join } from 'node:path'
import { mkdir } from 'node:fs/promises'
import test from 'ava'
import fc from 'fast-check'
import {
  openJournal,
  openJournalFiles,
  rebuildViews,
  verifyJournal,
  type JournalFiles,
  type OpenedJournal,
  type Store,
} from '../../../ca/journal/index.ts'
import { keys } from '../../../ca/journal/keyspace.ts'
import { journalContract } from './journal_contract.ts'
import { draft, fillLedger, ledgerFolds, raise } from './ledger.ts'
import {
  temporaryStore,
  dump,
  full,
  memoryFiles,
  openStore,
  seed,
  seededRandom,
  steppingClock,
  temporaryFolder,
} from './places.ts'
import { viewsContract } from './views_contract.ts'

const open = (
  files: JournalFiles,
  store: Store,
  options: { foldsVersion?: number; segmentBytes?: number } = {},
): Promise<OpenedJournal> =>
  openJournal({
    files,
    store,
    folds: ledgerFolds,
    foldsVersion: 1,
    clock: steppingClock(),
    random: seededRandom(),
    ...options,
  })

viewsContract(test, 'views over LevelDB', temporaryStore)

journalContract(test, 'journal of files and LevelDB', async (t) => {
  const folder = await temporaryFolder(t)
  await mkdir(join(folder, 'journal'))
  const store = await openStore(join(folder, 'views'))
  let journal = await open(openJournalFiles(join(folder, 'journal')), store)
  t.teardown(async () => {
    await journal.close()
    await store.close()
  })
  return {
    journal,
    async reopen() {
      await journal.close()
      journal = await open(openJournalFiles(join(folder, 'journal')), store)
      return journal
    },
  }
})

journalContract(test, 'journal of small segments', async (t) => {
  const files = memoryFiles()
  const store = await temporaryStore(t)
  let journal = await open(files, store, { segmentBytes: 2000 })
  return {
    journal,
    async reopen() {
      await journal.close()
      journal = await open(files, store, { segmentBytes: 2000 })
      return journal
    },
  }
})

test(`concurrent commits end as if one had come after the other (seed ${String(seed)})`, async (t) => {
  const store = await temporaryStore(t)
  const plan = fc.array(
    fc.record({
      subject: fc.constantFrom('counter:a', 'counter:b', 'counter:c'),
      by: fc.integer({ min: 1, max: 9 }),
      // What the commit believes it has read: nothing, absence, or one of the versions around.
      version: fc.constantFrom(undefined, null, 0, 1, 2, 3, 4, 5),
      entries: fc.integer({ min: 1, max: 3 }),
    }),
    { minLength: 1, maxLength: 40 },
  )
  await fc.assert(
    fc.asyncProperty(plan, async (commits) => {
      await store.clear()
      const journal = await open(memoryFiles(), store)
      const answers = await Promise.allSettled(
        commits.map(({ subject, by, version, entries }) => {
          const one = raise(subject, by, version)
          const [entry] = one.entries
          if (entry === undefined) throw new Error('no entry')
          return journal.commit({ ...one, entries: Array.from({ length: entries }, () => entry) })
        }),
      )
      const versions = new Map<string, number>()
      let [size, total] = [0, 0]
      for (const [at, { subject, by, version, entries }] of commits.entries()) {
        const stands = version === undefined || version === (versions.get(subject) ?? null)
        t.is(answers[at]?.status, stands ? 'fulfilled' : 'rejected')
        if (!stands) continue
        size += entries
        total += by * entries
        versions.set(subject, size - 1)
      }
      t.is(journal.size, size)
      t.deepEqual((await journal.views.get('total'))?.value, size === 0 ? undefined : { by: total })
      for (const [subject, version] of versions) {
        t.is((await journal.views.get(subject))?.version, version)
      }
      await journal.close()
    }),
    { numRuns: full ? 1000 : 60, seed },
  )
})

test('views made anew equal the live ones, key by key and value by value', async (t) => {
  const store = await temporaryStore(t)
  const files = memoryFiles()
  const journal = await open(files, store, { segmentBytes: 5000 })
  await fillLedger(journal, 120)
  await journal.close()
  const live = await dump(store)
  const storage = { files, store, folds: ledgerFolds }
  t.deepEqual(await rebuildViews({ ...storage, foldsVersion: 1 }), {
    cutBytes: 0,
    replayedEntries: journal.size,
    rebuilt: true,
  })
  t.deepEqual(await dump(store), live)
})

test('views of other folds, without their mark or with gaps are made anew at the start', async (t) => {
  const store = await temporaryStore(t)
  const files = memoryFiles()
  const journal = await open(files, store)
  await fillLedger(journal, 30)
  await journal.close()
  const live = await dump(store)
  const harms: readonly (readonly [string, () => Promise<void>])[] = [
    ['no mark', () => store.del(keys.applied)],
    ['a damaged mark', () => store.put(keys.applied, new Uint8Array(40))],
    ['a missing entry record', () => store.del(keys.entry(3))],
    ['a damaged record of a full subtree', () => store.put(keys.entry(31), new Uint8Array(80))],
  ]
  for (const [what, harm] of harms) {
    await harm()
    const again = await open(files, store)
    t.like(again.recovery, { rebuilt: true, replayedEntries: journal.size }, what)
    await again.close()
    t.deepEqual(await dump(store), live, what)
  }
  const unharmed = await open(files, store)
  t.deepEqual(unharmed.recovery, { cutBytes: 0, replayedEntries: 0, rebuilt: false })
  const otherFolds = await open(files, store, { foldsVersion: 2 })
  t.true(otherFolds.recovery.rebuilt)
})

test('views that know more than the journal, or another journal, keep it from starting', async (t) => {
  const store = await temporaryStore(t)
  const files = memoryFiles()
  const journal = await open(files, store)
  await journal.commit(raise('counter:a', 1))
  const early = new Map(files.content)
  await journal.commit(raise('counter:a', 2))
  const other = memoryFiles(early)
  const emptied = await openStore(join(await temporaryFolder(t), 'views'))
  t.teardown(() => emptied.close())
  await (await open(other, emptied)).commit(raise('counter:b', 9))
  for (const replaced of [memoryFiles(early), other, memoryFiles()]) {
    await t.throwsAsync(open(replaced, store), { code: 'JOURNAL_BEHIND_VIEWS' })
  }
  t.is((await open(files, store)).size, 2)
})

test('an entry that changed on the disk is not handed out', async (t) => {
  const files = memoryFiles()
  const journal = await open(files, await temporaryStore(t))
  await journal.commit({ entries: [draft('note.made', 'note:1', { text: 'here' })] })
  await journal.commit({ entries: [draft('note.made', 'note:2')] })
  const bytes = files.content.get('00000001.seg') ?? new Uint8Array()
  const at = Buffer.from(bytes).indexOf('here')
  files.content.set('00000001.seg', Buffer.from(bytes).fill('x', at, at + 1))
  await t.throwsAsync(journal.entry(0), { code: 'JOURNAL_DAMAGED' })
  t.is((await journal.entry(1))?.subject, 'note:2')
})

test('an auditor sees size, root and known heads from the segments alone', async (t) => {
  const files = memoryFiles()
  const journal = await open(files, await temporaryStore(t), { segmentBytes: 3000 })
  t.like(await verifyJournal({ files }), { ok: true, entries: 0 })
  await fillLedger(journal, 25)
  const heads = [await journal.head(0), await journal.head(7), await journal.head()]
  const report = await verifyJournal({ files, heads })
  t.deepEqual(report, {
    ok: true,
    entries: journal.size,
    rootHash: (await journal.head()).rootHash,
    findings: [],
  })
  const fork = { size: 7, rootHash: new Uint8Array(32) }
  const later = { size: journal.size + 1, rootHash: new Uint8Array(32) }
  const { ok, findings } = await verifyJournal({ files, heads: [fork, later] })
  t.false(ok)
  t.deepEqual(
    findings.map(({ code }) => code),
    ['JOURNAL_HEAD_DIFFERS', 'JOURNAL_SHORTER_THAN_HEAD'],
  )
})

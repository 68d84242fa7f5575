/** What the auditor's pages are made of: the bounded search backwards, moments to indexes, counts, days of a zone, steps of a proof. */
import test from 'ava'
import { leafHash, nodeHash, utf8, type Entry, type Journal } from '../../../ca/index.ts'
import { dayStart, readFilter } from '../../../web/pages/auditor/filter.ts'
import { proofSteps } from '../../../web/pages/auditor/proof_text.ts'
import { indexAt, scanBack } from '../../../web/pages/auditor/scan.ts'
import { tallyJournal } from '../../../web/pages/auditor/tally.ts'

const start = Date.parse('2026-11-01T00:00:00.000Z')
const minute = 60_000

/** A journal of `size` entries, one a minute; every tenth is a refusal. `reads` counts what was read. */
function fakeJournal(size: number) {
  const reads = { count: 0 }
  const entryAt = (index: number): Entry => ({
    ...{ v: 1, index, salt: '', files: [], subject: 'act', data: { code: 'ROLE_WRONG' } },
    time: new Date(start + index * minute).toISOString(),
    type: index % 10 === 0 ? 'act.refused' : 'document.received',
    actor: { holder: index % 20 === 0 ? 'person:a' : 'person:b', certificate: null },
  })
  const journal = {
    size,
    entry: (index: number) =>
      Promise.resolve(index >= 0 && index < size ? entryAt(index) : undefined),
    async *read(from: number, to = size) {
      for (let index = from; index < Math.min(to, size); index++) {
        reads.count += 1
        yield await Promise.resolve(entryAt(index))
      }
    },
  }
  return { journal: journal as unknown as Journal, reads }
}

const isRefusal = ({ type }: Entry): boolean => type === 'act.refused'

test('a page is full, newest first, and says where the next one begins', async (t) => {
  const { journal } = fakeJournal(1000)
  const of = { from: 0, before: 1000, limit: 3, fits: isRefusal }
  const page = await scanBack(journal, of)
  t.deepEqual(
    page.entries.map(({ index }) => index),
    [990, 980, 970],
  )
  t.is(page.next, 970)
  const next = await scanBack(journal, { ...of, before: 970 })
  t.is(next.entries[0]?.index, 960)
  const last = await scanBack(journal, { ...of, before: 21 })
  t.deepEqual([last.entries.length, last.next, last.isCut], [3, undefined, false])
})

test('the search ends at its bound, and says so', async (t) => {
  const { journal, reads } = fakeJournal(5000)
  const of = { from: 0, before: 5000, limit: 10, bound: 500, fits: () => false }
  const page = await scanBack(journal, of)
  t.deepEqual([page.entries.length, page.next, page.isCut], [0, 4500, true])
  t.is(reads.count, 500)
  const whole = await scanBack(journal, { ...of, before: 400 })
  t.deepEqual([whole.next, whole.isCut], [undefined, false])
})

test('a range that is empty or backwards holds nothing', async (t) => {
  const { journal, reads } = fakeJournal(100)
  for (const [from, before] of [
    [50, 50],
    [60, 10],
    [0, 0],
  ] as const) {
    const page = await scanBack(journal, { from, before, limit: 5, fits: () => true })
    t.deepEqual([page.entries.length, page.next, page.isCut], [0, undefined, false])
  }
  t.is(reads.count, 0)
})

test('a moment is found as the first entry at or after it', async (t) => {
  const { journal } = fakeJournal(100)
  const at = (ms: number) => indexAt(journal, new Date(ms))
  t.is(await at(start - 1), 0)
  t.is(await at(start + 7 * minute), 7)
  t.is(await at(start + 7 * minute + 1), 8)
  t.is(await at(start + 1000 * minute), 100)
  t.is(await indexAt(fakeJournal(0).journal, new Date(start)), 0)
})

test('the tally counts day and week, and groups refusals by source', async (t) => {
  const { journal } = fakeJournal(3000)
  const now = new Date(start + 3000 * minute)
  const tally = await tallyJournal(journal, now)
  t.deepEqual([tally.size, tally.day, tally.week, tally.isCut], [3000, 1440, 3000, false])
  t.deepEqual(
    tally.types.map(({ type, day, week }) => [type, day, week]),
    [
      ['document.received', 1296, 2700],
      ['act.refused', 144, 300],
    ],
  )
  t.deepEqual(
    tally.refusals.map(({ holder, count }) => [holder, count]),
    [
      ['person:b', 150],
      ['person:a', 150],
    ],
  )
  const cut = await tallyJournal(journal, now, 100)
  t.true(cut.isCut)
  t.is(
    cut.types.reduce((sum, { week }) => sum + week, 0),
    100,
  )
  const empty = await tallyJournal(fakeJournal(0).journal, now)
  t.deepEqual([empty.size, empty.day, empty.last], [0, 0, undefined])
})

test('a day begins at midnight of its zone', (t) => {
  t.is(dayStart('Asia/Shanghai', '2026-11-25')?.toISOString(), '2026-11-24T16:00:00.000Z')
  t.is(dayStart('Asia/Shanghai', '2026-12-31', 1)?.toISOString(), '2026-12-31T16:00:00.000Z')
  // The night of the change to winter time.
  t.is(dayStart('Europe/Berlin', '2026-10-25')?.toISOString(), '2026-10-24T22:00:00.000Z')
  t.is(dayStart('Europe/Berlin', '2026-10-25', 1)?.toISOString(), '2026-10-25T23:00:00.000Z')
  for (const no of ['', '2026-02-30', '2026-1-1', '99999-01-01', 'x']) {
    t.is(dayStart('Asia/Shanghai', no), undefined, no)
  }
})

test('a filter that is empty says nothing, one that is wrong is named', (t) => {
  const none = readFilter(new URLSearchParams(), 'Asia/Shanghai')
  t.is(none.wrong.size, 0)
  const query = new URLSearchParams({ from: '1e3', until: '2026-13-01', type: 'no.such' })
  t.deepEqual([...readFilter(query, 'Asia/Shanghai').wrong], ['type', 'until', 'from'])
})

/** RFC 6962 2.1, word for word. */
function treeHash(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves
  if (leaves.length === 1 && only) return leafHash(only)
  const split = 2 ** Math.floor(Math.log2(leaves.length - 1))
  return nodeHash(treeHash(leaves.slice(0, split)), treeHash(leaves.slice(split)))
}

/** RFC 6962 2.1.1, word for word. */
function auditPath(index: number, leaves: readonly Uint8Array[]): Uint8Array[] {
  if (leaves.length <= 1) return []
  const split = 2 ** Math.floor(Math.log2(leaves.length - 1))
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)]
  return index < split
    ? [...auditPath(index, left), treeHash(right)]
    : [...auditPath(index - split, right), treeHash(left)]
}

test('the steps of a proof lead from every leaf to the root, for every size', (t) => {
  for (let size = 1; size <= 33; size++) {
    const leaves = Array.from({ length: size }, (_, at) => utf8(String(at)))
    const root = treeHash(leaves)
    for (const [index, leaf] of leaves.entries()) {
      const steps = proofSteps({ index, size, proof: auditPath(index, leaves) })
      const reached = steps.reduce(
        (hash, step) =>
          step.side === 'left' ? nodeHash(step.hash, hash) : nodeHash(hash, step.hash),
        leafHash(leaf),
      )
      t.deepEqual(reached, root, `${String(index)} of ${String(size)}`)
    }
  }
})

/**
 * What every `Journal` keeps. An implementation hands itself in as a function that opens a journal over the folds of
 * `ledger.ts`: empty at first, and `reopen` closes it and opens the same one again.
 */
import type { ExecutionContext, TestFn } from 'ava'
import {
  leafHash,
  maxCommitEntries,
  maxEntryBytes,
  verifyConsistency,
  verifyInclusion,
  type Entry,
  type EntryDraft,
  type Journal,
} from '../../../ca/journal/index.ts'
import { canonicalJson } from '../../../ca/canonical_json.ts'
import { boxActor, draft, raise } from './ledger.ts'
import { collect } from './places.ts'

export interface JournalUnderTest {
  readonly journal: Journal
  readonly reopen: () => Promise<Journal>
}

type Open = (t: ExecutionContext) => Promise<JournalUnderTest>

/** Declares the tests that `open`'s journals must pass. */
export function journalContract(test: TestFn, name: string, open: Open): void {
  commits(test, name, open)
  refusals(test, name, open)
  reading(test, name, open)
  proofs(test, name, open)
}

function commits(test: TestFn, name: string, open: Open): void {
  test(`${name}: entries get indexes in order, a time, and a salt of their own`, async (t) => {
    const { journal } = await open(t)
    const first = await journal.commit(raise('counter:a', 1))
    const second = await journal.commit({
      entries: [draft('counter.raised', 'counter:a', { by: 2 }), draft('note.made', 'note:1')],
    })
    const entries = [...first, ...second]
    t.deepEqual(
      entries.map(({ index, type, v }) => [index, type, v]),
      [
        [0, 'counter.raised', 1],
        [1, 'counter.raised', 1],
        [2, 'note.made', 1],
      ],
    )
    t.is(new Set(entries.map(({ salt }) => salt)).size, 3)
    t.true(entries.every(({ salt }) => /^[0-9a-f]{32}$/.test(salt)))
    t.true(entries.every(({ time }) => new Date(time).toISOString() === time))
    t.is(journal.size, 3)
    t.is(journal.state, 'running')
  })

  test(`${name}: what a draft's owner does to it after handing it in changes nothing`, async (t) => {
    const { journal } = await open(t)
    const data: { by: number } = { by: 5 }
    const pending = journal.commit({ entries: [draft('counter.raised', 'counter:a', data)] })
    data.by = 500
    t.deepEqual((await pending)[0]?.data, { by: 5 })
    t.deepEqual(await journal.views.get('counter:a'), { version: 0, value: { by: 5 } })
  })

  test(`${name}: entries of a commit and of a group see each other's puts`, async (t) => {
    const { journal } = await open(t)
    await Promise.all([
      journal.commit({
        entries: [
          draft('counter.raised', 'counter:a', { by: 1 }),
          draft('counter.raised', 'counter:a', { by: 10 }),
        ],
      }),
      journal.commit(raise('counter:b', 100)),
      journal.commit(raise('counter:a', 1000)),
    ])
    t.deepEqual(await journal.views.getMany(['counter:a', 'total', 'counter:c']), [
      { version: 3, value: { by: 1011 } },
      { version: 3, value: { by: 1111 } },
      undefined,
    ])
    t.deepEqual(await journal.views.get('list/counter:a'), { version: 3, value: { by: 1011 } })
  })

  test(`${name}: everything is there again after it was closed and opened`, async (t) => {
    const { journal, reopen } = await open(t)
    for (let by = 1; by <= 5; by++) await journal.commit(raise('counter:a', by))
    const [before, head] = [await collect(journal.read(0)), await journal.head()]
    const again = await reopen()
    t.deepEqual(await collect(again.read(0)), before)
    t.deepEqual(await again.head(), head)
    t.deepEqual(await again.views.get('counter:a'), { version: 4, value: { by: 15 } })
    t.is((await again.commit(raise('counter:a', 1)))[0]?.index, 5)
  })
}

function refusals(test: TestFn, name: string, open: Open): void {
  test(`${name}: a commit whose expectation fails is refused, its neighbours are not`, async (t) => {
    const { journal } = await open(t)
    await journal.commit(raise('counter:a', 1))
    const answers = await Promise.allSettled([
      journal.commit(raise('counter:b', 1, null)),
      journal.commit(raise('counter:b', 2, null)),
      journal.commit(raise('counter:a', 3, null)),
      journal.commit(raise('counter:a', 4, 0)),
      journal.commit(raise('counter:a', 5, 0)),
      journal.commit(raise('counter:c', 6, 0)),
      journal.commit(raise('counter:c', 7)),
    ])
    t.deepEqual(
      answers.map(({ status }) => status === 'fulfilled'),
      [true, false, false, true, false, false, true],
    )
    const refused = answers[1]
    t.like(refused.status === 'rejected' ? refused.reason : undefined, {
      code: 'JOURNAL_CONFLICT',
      details: { key: 'counter:b', expected: null, found: 1 },
    })
    t.is(journal.size, 4)
    t.deepEqual((await journal.views.get('total'))?.value, { by: 13 })
  })

  test(`${name}: a removed view can be expected to be absent, and made again`, async (t) => {
    const { journal } = await open(t)
    await journal.commit(raise('counter:a', 1, null))
    await journal.commit({ entries: [draft('counter.removed', 'counter:a')] })
    t.is(await journal.views.get('counter:a'), undefined)
    await journal.commit(raise('counter:a', 7, null))
    t.deepEqual(await journal.views.get('counter:a'), { version: 2, value: { by: 7 } })
  })

  const good = draft('note.made', 'note:1')
  const refused: readonly (readonly [string, EntryDraft])[] = [
    ['a type that is one word', { ...good, type: 'note' }],
    ['a type with capitals', { ...good, type: 'Note.made' }],
    ['no subject', { ...good, subject: '' }],
    ['a subject of several lines', { ...good, subject: 'note:1\nnote:2' }],
    ['a file that is no SHA-256', { ...good, files: ['x'.repeat(64)] as never }],
    ['an actor without holder', { ...good, actor: { ...boxActor, holder: '' } }],
    ['a certificate that is no SHA-256', { ...good, actor: { holder: 'box', certificate: 'x' } }],
    ['data that is no object', { ...good, data: [] as never }],
    ['data that is no JSON', { ...good, data: { by: NaN } }],
    ['half a surrogate pair', { ...good, data: { text: '\ud800' } }],
    ['too much data', { ...good, data: { text: 'x'.repeat(maxEntryBytes) } }],
    ['too deep data', { ...good, data: nested(40) }],
    ['what its fold cannot take', draft('fold.broken', 'note:1')],
  ]
  test(`${name}: an entry that may not stand is refused and takes no index`, async (t) => {
    const { journal } = await open(t)
    for (const [what, entry] of refused) {
      const commits = [[entry], [good, entry]].map((entries) => journal.commit({ entries }))
      for (const { status, ...rest } of await Promise.allSettled(commits)) {
        t.is(status, 'rejected', what)
        t.like(rest, { reason: { code: 'JOURNAL_ENTRY_REFUSED' } }, what)
      }
    }
    const counts = [0, maxCommitEntries + 1]
    for (const length of counts) {
      const entries = Array.from({ length }, () => good)
      await t.throwsAsync(journal.commit({ entries }), { code: 'JOURNAL_ENTRY_REFUSED' })
    }
    t.is((await journal.commit({ entries: [good] }))[0]?.index, 0)
  })

  test(`${name}: the largest commit is taken`, async (t) => {
    const { journal } = await open(t)
    const entries = Array.from({ length: maxCommitEntries }, () => good)
    t.is((await journal.commit({ entries })).length, maxCommitEntries)
  })

  test(`${name}: closed, it finishes what was handed in and takes no more`, async (t) => {
    const { journal, reopen } = await open(t)
    const pending = journal.commit(raise('counter:a', 1))
    await journal.close()
    t.is((await pending).length, 1)
    await t.throwsAsync(journal.commit(raise('counter:a', 1)), { code: 'JOURNAL_STOPPED' })
    t.is((await reopen()).size, 1)
  })
}

function reading(test: TestFn, name: string, open: Open): void {
  test(`${name}: entries are read one by one and by ranges`, async (t) => {
    const { journal } = await open(t)
    await Promise.all(
      Array.from({ length: 600 }, (_, by) => journal.commit(raise('counter:a', by))),
    )
    const indexes = async (from: number, to?: number): Promise<number[]> =>
      (await collect(journal.read(from, to))).map(({ index }) => index)
    t.deepEqual(
      await indexes(0),
      Array.from({ length: 600 }, (_, at) => at),
    )
    t.deepEqual(await indexes(598), [598, 599])
    t.deepEqual(await indexes(255, 258), [255, 256, 257])
    t.deepEqual(await indexes(599, 9999), [599])
    t.deepEqual(await indexes(600), [])
    t.deepEqual((await journal.entry(5))?.data, { by: 5 })
    t.is(await journal.entry(600), undefined)
    t.is(await journal.entry(-1), undefined)
  })

  test(`${name}: a subscription misses nothing, repeats nothing, and ends when aborted`, async (t) => {
    const { journal } = await open(t)
    const ends = new AbortController()
    await journal.commit(raise('counter:a', 0))
    const follow = async (from: number): Promise<number[]> => {
      const seen: number[] = []
      for await (const { index } of journal.subscribe(from, ends.signal)) {
        seen.push(index)
        if (index % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
        if (index === 299) break
      }
      return seen
    }
    const waiting = (async () => collect(journal.subscribe(1000, ends.signal)))()
    const followers = [follow(0), follow(1), follow(40)]
    for (let at = 1; at < 300; at += 13) {
      const some = Array.from({ length: Math.min(13, 300 - at) }, () => raise('counter:a', 1))
      await Promise.all(some.map((commit) => journal.commit(commit)))
    }
    for (const [at, from] of [0, 1, 40].entries()) {
      const expected = Array.from({ length: 300 - from }, (_, offset) => from + offset)
      t.deepEqual(await followers[at], expected)
    }
    ends.abort()
    t.deepEqual(await waiting, [])
    t.deepEqual(await collect(journal.subscribe(0, ends.signal)), [])
  })

  test(`${name}: a subscription ends when the journal is closed`, async (t) => {
    const { journal } = await open(t)
    const waiting = collect(journal.subscribe(0, new AbortController().signal))
    await journal.commit(raise('counter:a', 1))
    await new Promise((resolve) => setTimeout(resolve, 20))
    await journal.close()
    t.is((await waiting).length, 1)
  })
}

function proofs(test: TestFn, name: string, open: Open): void {
  test(`${name}: every entry has a proof in every head, and every head continues each before it`, async (t) => {
    const { journal } = await open(t)
    const count = 21
    for (let at = 0; at < count; at += 3) {
      await Promise.all([1, 2, 3].map((by) => journal.commit(raise('counter:a', by))))
    }
    const entries: Entry[] = await collect(journal.read(0))
    const heads = await Promise.all(
      Array.from({ length: count + 1 }, (_, size) => journal.head(size)),
    )
    for (const [size, { rootHash: root }] of heads.entries()) {
      for (let index = 0; index < size; index++) {
        const leaf = leafHash(canonicalJson(entries[index]))
        const proof = await journal.inclusionProof(index, size)
        t.true(
          verifyInclusion({ leaf, index, size, proof, root }),
          `${String(index)}/${String(size)}`,
        )
      }
      for (const [first, head] of heads.slice(0, size + 1).entries()) {
        const proof = await journal.consistencyProof(first, size)
        const older = { size: first, root: head.rootHash }
        t.true(verifyConsistency({ first: older, second: { size, root }, proof }))
      }
    }
    await t.throwsAsync(journal.head(count + 1), { instanceOf: RangeError })
    await t.throwsAsync(journal.inclusionProof(3, 3), { instanceOf: RangeError })
    await t.throwsAsync(journal.consistencyProof(4, 3), { instanceOf: RangeError })
  })
}

function nested(levels: number): { by: never } {
  return (levels === 0 ? {} : { by: nested(levels - 1) }) as { by: never }
}

/**
 * The search index against a scan, on invented documents: what is found, who may find it, and that it survives what happens to it.
 * Seed 20260101; CI: 150 documents, 60 queries a kind, 6 rounds of rights; full: 600, 400, 40.
 */
import test from 'ava'
import type { SearchBatch, SearchChange, SearchDocument } from '../../../exchange/search/index.ts'
import {
  ask,
  createFolder,
  idsOf,
  inventDocument,
  inventQuery,
  openIndex,
  pick,
  scan,
  seeded,
  typed,
  visible,
} from './brute_force.ts'

const full = process.env['SEALBOX_TEST_FULL'] === '1'
const size = full
  ? { documents: 600, queries: 400, rounds: 40 }
  : { documents: 150, queries: 60, rounds: 6 }
const seed = 20260101

function added(document: SearchDocument, content: string[], head: string[] = []): SearchChange {
  return { type: 'added', document, content, head }
}

const forest: SearchDocument = {
  id: 'forest',
  title: '关于加强春季森林防火工作的通知',
  text: '各村：\n　　现就森林防\n火工作通知如下。依据某政发〔2025〕7号文件，王　伟负责 GB/T 9704 的 A4 纸。',
  issuer: '青石镇人民政府',
  number: '青政发〔2026〕12号',
  date: '2026-03-01',
}

test('words, phrases, AND and NOT find exactly what a scan finds', async (t) => {
  const random = seeded(seed)
  const documents = Array.from({ length: size.documents }, (_, at) => inventDocument(random, at))
  const { index, close } = await openIndex(createFolder(t))
  for (let at = 0; at < documents.length; at += 7) {
    const changes = documents.slice(at, at + 7).map((document) => added(document, ['a']))
    await index.apply({ through: at, changes })
  }
  const seen = documents.map((document) => visible(document, true))
  const texts = documents.map(({ text }) => text)
  let found = 0
  for (const kind of ['word', 'phrase', 'and', 'not']) {
    for (let round = 0; round < size.queries; round++) {
      const asked = inventQuery(random, texts, kind)
      const query = typed(asked, kind === 'phrase')
      const answer = await ask(index, 'a', query)
      const expected = scan(seen, asked)
      if (JSON.stringify(idsOf(answer)) !== JSON.stringify(expected))
        t.deepEqual(idsOf(answer), expected, query)
      if (answer.count !== expected.length) t.is(answer.count, expected.length, query)
      found += expected.length
    }
  }
  t.true(found > size.queries)
  await close()
})

const queries: [query: string, hit: boolean][] = [
  ['森林防火', true],
  ['王伟', true],
  ['火', true],
  ['gb/t 9704', true],
  ['a4', true],
  ['970', false],
  ['防火森林', false],
  ['"春季森林"', true],
  ['“春季 森林”', true],
  ['春季 -防汛', true],
  ['春季 -防火', false],
  ['防汛 OR 防火', true],
  ['(防汛 OR 防火) -水库', true],
  ['issuer:青石镇', true],
  ['发文机关：林业局', false],
  ['title:各村', false],
  ['标题：防火', true],
  ['2026..', true],
  ['防火 2025..2025-12', false],
  ['青政发〔2026〕12号', true],
  ['青政发[2026]12号', true],
  ['青政发(2026) 12 号', true],
  ['青政发【2026】第012号', true],
  ['青政发202612', true],
  ['青政发 2026 12号', true],
  ['青政发〔2026〕1号', false],
  ['某政发20257', true],
  ['number:青政发202612', true],
  ['文号：青政发', true],
  ['number:某政发〔2025〕7号', false],
  ['⼯作', true],
  ['ＧＢ', true],
]

test('the query language finds the one document or does not', async (t) => {
  const { index, close } = await openIndex(createFolder(t))
  await index.apply({ through: 0, changes: [added(forest, ['a'])] })
  for (const [query, hit] of queries) t.is((await ask(index, 'a', query)).count, hit ? 1 : 0, query)
  await close()
})

test('pieces show the original and mark what matched, across a line end too', async (t) => {
  const { index, close } = await openIndex(createFolder(t))
  await index.apply({ through: 0, changes: [added(forest, ['a'])] })
  const [hit] = (await ask(index, 'a', '森林防火')).hits
  const marked = (piece?: { text: string; ranges: readonly (readonly [number, number])[] }) =>
    piece?.ranges.map(([start, end]) => piece.text.slice(start, end))
  t.deepEqual(marked(hit?.title), ['森林防火'])
  t.is(hit?.title.text, forest.title)
  t.deepEqual(marked(hit?.snippet), ['森林防\n火'])
  const long = {
    ...forest,
    id: 'long',
    text: `${'无关。'.repeat(300)}<b>水库</b>与大坝${'无关。'.repeat(300)}`,
  }
  await index.apply({ through: 1, changes: [added(long, ['a'])] })
  const [window] = (await ask(index, 'a', '水库 大坝')).hits
  t.deepEqual(marked(window?.snippet), ['水库', '大坝'])
  t.regex(window?.snippet?.text ?? '', /^….*<b>水库<\/b>与大坝.*…$/s)
  await close()
})

test('who sees the head only finds it by title, issuer and number, and gets no snippet', async (t) => {
  const { index, close } = await openIndex(createFolder(t))
  await index.apply({ through: 0, changes: [added(forest, ['a'], ['b'])] })
  for (const query of ['春季森林', '青石镇', '青政发202612']) {
    const { hits } = await ask(index, 'b', query)
    t.is(hits[0]?.extent, 'head')
    t.is(hits[0]?.snippet, undefined)
  }
  for (const query of ['各村', '王伟', '某政发20257', '森林 9704'])
    t.is((await ask(index, 'b', query)).count, 0)
  t.is((await ask(index, 'b', '森林 -各村')).count, 1)
  t.is((await ask(index, 'c', '森林')).count, 0)
  await index.apply({
    through: 1,
    changes: [{ type: 'shown', id: 'forest', units: ['b'], extent: 'content' }],
  })
  t.is((await ask(index, 'b', '各村')).hits[0]?.extent, 'content')
  await close()
})

/** Rights at random: each of four units sees the content, the head, or nothing. */
function shareOut(
  random: () => number,
  document: SearchDocument,
): Extract<SearchChange, { type: 'added' }> {
  const content: string[] = []
  const head: string[] = []
  for (const unit of ['a', 'b', 'c', 'd']) {
    const draw = random()
    if (draw < 0.3) content.push(unit)
    else if (draw < 0.45) head.push(unit)
  }
  return { type: 'added', document, content, head }
}

test('hits, counts and snippets of a unit are those of a scan over its own documents only', async (t) => {
  const random = seeded(seed + 1)
  const shared = Array.from({ length: size.documents }, (_, at) =>
    shareOut(random, inventDocument(random, at)),
  )
  const { index, close } = await openIndex(createFolder(t))
  await index.apply({ through: 0, changes: shared })
  const texts = shared.map(({ document }) => document.text)
  for (let round = 0; round < size.rounds * 10; round++) {
    const asked = inventQuery(random, texts, pick(random, ['word', 'phrase', 'and', 'not']))
    for (const unit of ['a', 'b', 'c', 'd', 'nobody']) {
      const own = shared.flatMap(({ document, content, head }) => {
        if (content.includes(unit)) return [visible(document, true)]
        return head?.includes(unit) ? [visible(document, false)] : []
      })
      const answer = await ask(index, unit, typed(asked))
      t.deepEqual(idsOf(answer), scan(own, asked), typed(asked))
      t.is(answer.count, answer.hits.length)
      const open = shared
        .filter(({ content }) => content.includes(unit))
        .map(({ document }) => document.id)
      t.true(answer.hits.every(({ id, snippet }) => (snippet !== undefined) === open.includes(id)))
    }
  }
  await close()
})

test('foreign documents change no byte of an answer: not the order, not the scores', async (t) => {
  for (let round = 0; round < size.rounds; round++) {
    const random = seeded(seed + 100 + round)
    const shared = Array.from({ length: 40 }, (_, at) =>
      shareOut(random, inventDocument(random, at)),
    )
    const own = shared.filter(({ content, head }) => [...content, ...(head ?? [])].includes('a'))
    const alone = await openIndex(createFolder(t))
    const crowded = await openIndex(createFolder(t))
    await alone.index.apply({ through: 0, changes: own })
    await crowded.index.apply({ through: 0, changes: shared })
    const texts = shared.map(({ document }) => document.text)
    for (let count = 0; count < 15; count++) {
      const query = typed(
        inventQuery(random, texts, pick(random, ['word', 'phrase', 'and', 'not'])),
      )
      const mine = JSON.stringify(await ask(alone.index, 'a', query))
      t.is(JSON.stringify(await ask(crowded.index, 'a', query)), mine, query)
    }
    await alone.close()
    await crowded.close()
  }
})

test('removed, hidden or added again, a document leaves no posting behind', async (t) => {
  const { index, store, close } = await openIndex(createFolder(t))
  const random = seeded(seed + 2)
  const others = Array.from({ length: 30 }, (_, at) => inventDocument(random, at))
  await index.apply({ through: 0, changes: others.map((document) => added(document, ['a'])) })
  const before = (await store.keys().all()).length
  await index.apply({
    through: 1,
    changes: [added({ ...forest, text: '独一无二的鼹鼠' }, ['a', 'b'])],
  })
  t.is((await ask(index, 'a', '鼹鼠')).count, 1)
  await index.apply({ through: 2, changes: [{ type: 'hidden', id: 'forest', units: ['b'] }] })
  t.is((await ask(index, 'b', '鼹鼠')).count, 0)
  await index.apply({
    through: 3,
    changes: [added(forest, ['a']), { type: 'removed', id: 'document-0' }],
  })
  t.is((await ask(index, 'a', '鼹鼠')).count, 0)
  t.is((await ask(index, 'a', '王伟')).count, 1)
  await index.apply({
    through: 4,
    changes: [
      { type: 'removed', id: 'forest' },
      { type: 'removed', id: 'never' },
    ],
  })
  t.is((await ask(index, 'a', '王伟')).count, 0)
  await index.apply({ through: 5, changes: [added(others[0] ?? forest, ['a'])] })
  const keys = await store.keys().all()
  t.false(keys.some((key) => key.includes('鼹鼠') || key.includes('王伟')))
  t.true(keys.length <= before + 1, 'a block of bits for unit b is all that is new')
  await close()
})

test('closed and opened again, it goes on where it was', async (t) => {
  const folder = createFolder(t)
  const first = await openIndex(folder)
  t.is(first.index.appliedThrough, -1)
  await first.index.apply({ through: 7, changes: [added(forest, ['a'], ['b'])] })
  const before = await ask(first.index, 'a', '防火')
  await first.close()
  await t.throwsAsync(ask(first.index, 'a', '防火'), { code: 'SEARCH_CLOSED' })
  const second = await openIndex(folder)
  t.is(second.index.appliedThrough, 7)
  t.deepEqual(await ask(second.index, 'a', '防火'), before)
  await second.index.apply({ through: 7, changes: [{ type: 'removed', id: 'forest' }] })
  t.is((await ask(second.index, 'a', '防火')).count, 1, 'a batch that was applied is left out')
  await second.close()
})

test('a crash at any write loses and doubles nothing once the journal is replayed', async (t) => {
  const random = seeded(seed + 3)
  const documents = Array.from({ length: 24 }, (_, at) => inventDocument(random, at))
  const batches: SearchBatch[] = documents.map((document, at) => ({
    through: at,
    changes: [
      added(document, ['a'], ['b']),
      ...(at % 3 === 2
        ? ([
            { type: 'shown', id: `document-${String(at - 1)}`, units: ['b'], extent: 'content' },
            { type: 'removed', id: `document-${String(at - 2)}` },
            added({ ...document, title: '改题' }, ['a']),
          ] as const)
        : []),
    ],
  }))
  const calm = await openIndex(createFolder(t))
  for (const batch of batches) await calm.index.apply(batch)
  for (const before of [true, false]) {
    const folder = createFolder(t)
    let crashes = 0
    for (let done = false; !done;) {
      const { index, store, close } = await openIndex(folder)
      const write = store.batch.bind(store) as (...values: unknown[]) => Promise<void>
      let left = 1 + Math.floor(random() * 4)
      Object.assign(store, {
        batch: async (...values: unknown[]) => {
          if (left > 1 || !before) await write(...values)
          if (--left <= 0) throw new Error('power cut')
        },
      })
      try {
        for (const batch of batches) await index.apply(batch)
        done = true
      } catch {
        crashes++
      }
      await close()
    }
    t.true(crashes > 3)
    const { index, close } = await openIndex(folder)
    t.is(index.appliedThrough, 23)
    for (const query of ['工作', '某政发', '改题', '2020..', '安全 -检查']) {
      for (const unit of ['a', 'b']) {
        t.is(
          JSON.stringify(await ask(index, unit, query)),
          JSON.stringify(await ask(calm.index, unit, query)),
          query,
        )
      }
    }
    await close()
  }
  await calm.close()
})

test('a flipped bit is an error and never a wrong answer, and a rebuild heals it', async (t) => {
  const { index, store, close } = await openIndex(createFolder(t))
  const batch: SearchBatch = { through: 0, changes: [added(forest, ['a'])] }
  await index.apply(batch)
  const sound = await ask(index, 'a', '森林防火 2026')
  const binary = { keyEncoding: 'buffer', valueEncoding: 'buffer' } as const
  let noticed = 0
  for (const [key, value] of await store.iterator<Buffer, Buffer>(binary).all()) {
    const flipped = Buffer.from(value)
    flipped[Math.floor(value.length / 2)] = (flipped[Math.floor(value.length / 2)] ?? 0) ^ 4
    await store.put<Buffer, Buffer>(key, flipped, binary)
    try {
      t.deepEqual(await ask(index, 'a', '森林防火 2026'), sound)
    } catch (error) {
      t.is((error as { code?: string }).code, 'SEARCH_DAMAGED')
      noticed++
    }
    await store.put<Buffer, Buffer>(key, value, binary)
  }
  t.true(noticed >= 5, String(noticed))
  await store.clear()
  await t.throwsAsync(ask(index, 'a', '2026..'), { code: 'SEARCH_DAMAGED' })
  await index.rebuild([batch])
  t.deepEqual(await ask(index, 'a', '森林防火 2026'), sound)
  await close()
})

test('a damaged start, or a rebuild cut off, opens empty and is filled again', async (t) => {
  const folder = createFolder(t)
  const first = await openIndex(folder)
  await first.index.apply({ through: 3, changes: [added(forest, ['a'])] })
  const [meta = ''] = await first.store.keys({ gte: 'm', lt: 'n' }).all()
  await first.store.put(meta, 'nonsense')
  await first.close()
  const second = await openIndex(folder)
  t.is(second.index.appliedThrough, -1)
  await second.index.apply({ through: 3, changes: [added(forest, ['a'])] })
  const broken = (async function* () {
    await Promise.resolve()
    yield { through: 0, changes: [added({ ...forest, id: 'x' }, ['a'])] }
    throw new Error('stopped')
  })()
  await t.throwsAsync(second.index.rebuild(broken), { message: 'stopped' })
  t.is(second.index.appliedThrough, 0)
  t.is((await ask(second.index, 'a', '防火')).count, 1)
  await second.close()
})

test('questions asked while documents come in see whole batches', async (t) => {
  const { index, close } = await openIndex(createFolder(t))
  const writing = (async () => {
    for (let at = 0; at < 40; at++) {
      const pair = [0, 1].map((half) =>
        added({ ...forest, id: `${String(at)}.${String(half)}` }, ['a']),
      )
      await index.apply({ through: at, changes: pair })
    }
  })()
  for (let last = 0; last < 80;) {
    const { count } = await ask(index, 'a', '森林 -水库')
    t.is(count % 2, 0)
    t.true(count >= last)
    last = count
    await new Promise((resolve) => setImmediate(resolve))
  }
  await writing
  await close()
})

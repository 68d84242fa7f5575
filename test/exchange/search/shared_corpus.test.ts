/**
 * The search index on real official texts (`../shared/data/corpus`, read, never committed; without it the tests are skipped).
 * Seed 20260202; CI: the first 250 documents of up to 40,000 characters, 25 queries a kind, and of the given queries those whose
 * answers are among them; full: all documents, 150 a kind, all queries.
 */
import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import test from 'ava'
import type { SearchDocument } from '../../../exchange/search/index.ts'
import {
  ask,
  createFolder,
  idsOf,
  inventQuery,
  openIndex,
  scan,
  seeded,
  typed,
  visible,
} from './brute_force.ts'

const full = process.env['SEALBOX_TEST_FULL'] === '1'
const folder = new URL('../../../../shared/data/corpus/', import.meta.url)
const present = existsSync(new URL('shared-1.jsonl.gz', folder))

interface Given {
  readonly type: string
  readonly query: string
  readonly answers: readonly string[]
  readonly variants?: readonly string[]
}

function lines(name: string): unknown[] {
  const bytes = readFileSync(new URL(name, folder))
  const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
  return text
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line))
}

function toDocument(row: unknown): SearchDocument {
  const { id, title, text, issuer, docno, date } = row as Record<string, string | null>
  return {
    id: id ?? '',
    title: title ?? '',
    text: text ?? '',
    issuer: issuer ?? '',
    ...(docno && { number: docno }),
    ...(date && { date }),
  }
}

function readDocuments(): SearchDocument[] {
  if (full)
    return ['shared-1.jsonl.gz', 'shared-2.jsonl.gz'].flatMap((name) => lines(name).map(toDocument))
  const all = lines('shared-1.jsonl.gz').map(toDocument)
  return all.filter(({ text }) => text.length < 40_000).slice(0, 250)
}

test('real texts: recall and precision are 1.00 against a scan, and every given query finds its documents', async (t) => {
  if (!present) {
    t.log('skipped: ../shared/data/corpus is not there')
    t.pass()
    return
  }
  t.timeout(full ? 1_800_000 : 300_000)
  const random = seeded(20260202)
  const documents = readDocuments()
  const { index, close } = await openIndex(createFolder(t))
  for (let at = 0; at < documents.length; at += 100) {
    await index.apply({
      through: at,
      changes: documents
        .slice(at, at + 100)
        .map((document) => ({ type: 'added', document, content: ['a'], head: [] })),
    })
  }
  const seen = documents.map((document) => visible(document, true))
  const texts = documents.map(({ text }) => text)
  for (const kind of ['word', 'phrase', 'and', 'not']) {
    for (let round = 0; round < (full ? 150 : 25); round++) {
      const asked = inventQuery(random, texts, kind)
      const query = typed(asked, kind === 'phrase')
      const answer = await ask(index, 'a', query)
      const expected = scan(seen, asked)
      if (JSON.stringify(idsOf(answer)) !== JSON.stringify(expected))
        t.deepEqual(idsOf(answer), expected, query)
    }
  }
  const ids = new Set(documents.map(({ id }) => id))
  const given = [...lines('known-item-queries.jsonl'), ...lines('docno-queries.jsonl')] as Given[]
  let asked = 0
  for (const { type, query, answers, variants = [] } of given) {
    const wanted = answers.filter((id) => ids.has(id))
    if (wanted.length === 0) continue
    for (const each of [query, ...variants]) {
      const answer = await ask(index, 'a', each)
      const found = answer.hits.slice(0, 10).map(({ id }) => id)
      t.deepEqual(
        wanted.filter((id) => !found.includes(id)),
        [],
        `${type} ${each}`,
      )
      asked++
    }
  }
  t.true(asked > (full ? 400 : 20), String(asked))
  await close()
})

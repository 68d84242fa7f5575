/**
 * Search against SQLite's FTS5 with bigrams (node:sqlite) in the same run: building, and the median of single words, pairs and
 * phrases, first page each. Ours gives snippets and rights besides, its yardstick only ids. With `queries` it prints a line a query.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { gunzipSync } from 'node:zlib'
import { Level } from 'level'
import {
  createSearchIndex,
  parseQuery,
  type SearchDocument,
  type SearchIndex,
} from '../../exchange/search/index.ts'
import { inventDocument, inventQuery, seeded, typed } from '../exchange/search/brute_force.ts'
import type { Figure } from './figure.ts'

/** Characters handed to the index at once, and documents. */
const batchCharacters = 1_000_000
const batchDocuments = 500
const queriesAKind = 60
const repetitions = 3
const unit = 'reader'

interface Yardstick {
  add(documents: readonly SearchDocument[]): void
  search(words: readonly string[]): unknown[]
  close(): void
}

export async function search(args: { texts?: string; queries?: string }): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sealbox-bench-'))
  const store = new Level(join(folder, 'search'))
  const yardstick = createYardstick(join(folder, 'fts.db'))
  try {
    await store.open()
    const index = await createSearchIndex({ store })
    const documents = readDocuments(args.texts)
    const build = await measureBuild(index, yardstick, documents)
    if (args.queries !== undefined) await printAnswers(index, args.queries)
    const kinds = await measureQueries(index, yardstick, documents)
    await index.close()
    return [build, ...kinds]
  } finally {
    yardstick.close()
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Both take the same batches, turn about, each with its own clock. */
async function measureBuild(
  index: SearchIndex,
  yardstick: Yardstick,
  documents: readonly SearchDocument[],
): Promise<Figure> {
  let ours = 0
  let theirs = 0
  let through = 0
  for (const batch of batches(documents)) {
    const changes = batch.map((document) => ({ type: 'added', document, content: [unit] }) as const)
    let start = performance.now()
    await index.apply({ through: through++, changes })
    ours += performance.now() - start
    start = performance.now()
    yardstick.add(batch)
    theirs += performance.now() - start
  }
  const characters = documents.reduce((sum, { title, text }) => sum + title.length + text.length, 0)
  return figure('search.build', characters / ours, 'kchar/s', characters / theirs)
}

async function measureQueries(
  index: SearchIndex,
  yardstick: Yardstick,
  documents: readonly SearchDocument[],
): Promise<Figure[]> {
  const random = seeded(20260303)
  const texts = documents.map(({ text }) => text)
  const figures: Figure[] = []
  for (const kind of ['word', 'and', 'phrase']) {
    const asked = Array.from({ length: queriesAKind }, () => {
      for (;;) {
        const made = inventQuery(random, texts, kind)
        if (made.all.every((word) => /^\p{Script=Han}{2,}$/u.test(word))) return made
      }
    })
    const ours: number[] = []
    const theirs: number[] = []
    for (let repetition = 0; repetition < repetitions; repetition++) {
      for (const each of asked) {
        ours.push((await timed(index, typed(each, kind === 'phrase'))).ms)
        const start = performance.now()
        yardstick.search(each.all)
        theirs.push(performance.now() - start)
      }
    }
    const name = kind === 'word' ? 'term' : kind
    figures.push(figure(`search.${name}.p50`, quantile(ours, 0.5), 'ms', quantile(theirs, 0.5)))
    figures.push(figure(`search.${name}.p99`, quantile(ours, 0.99), 'ms', quantile(theirs, 0.99)))
  }
  return figures
}

async function printAnswers(index: SearchIndex, file: string): Promise<void> {
  for (const row of readLines(file)) {
    const { query } = row as { query: string }
    const { found, ms } = await timed(index, query)
    console.log(JSON.stringify({ query, found, ms: Number(ms.toFixed(3)) }))
  }
}

async function timed(index: SearchIndex, query: string): Promise<{ found: string[]; ms: number }> {
  const start = performance.now()
  const parsed = parseQuery(query)
  const answer = parsed.ok ? await index.query(parsed.ast, { unit }, { limit: 10 }) : undefined
  const ms = performance.now() - start
  return { found: answer?.hits.map(({ id }) => id) ?? [], ms }
}

/** FTS5 over pairs of characters joined by spaces; a word is a phrase of its pairs. */
function createYardstick(file: string): Yardstick {
  const database = new DatabaseSync(file)
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
    CREATE TABLE documents (rowid INTEGER PRIMARY KEY, id TEXT);
    CREATE VIRTUAL TABLE postings USING fts5(title, body, content='', tokenize="unicode61 categories 'L* N* Co Mn Mc'");`)
  const addId = database.prepare('INSERT INTO documents VALUES (?, ?)')
  const addPostings = database.prepare('INSERT INTO postings (rowid, title, body) VALUES (?, ?, ?)')
  const find = database.prepare(
    'SELECT id FROM postings JOIN documents ON documents.rowid = postings.rowid WHERE postings MATCH ? ORDER BY bm25(postings, 5, 1) LIMIT 10',
  )
  let row = 0
  return {
    add(documents) {
      database.exec('BEGIN')
      for (const { id, title, text } of documents) {
        addId.run(++row, id)
        addPostings.run(row, pairs(title), pairs(text))
      }
      database.exec('COMMIT')
    },
    search: (words) => find.all(words.map((word) => `"${pairs(word)}"`).join(' AND ')),
    close: () => {
      database.close()
    },
  }
}

function pairs(text: string): string {
  const all: string[] = []
  for (const [run] of text.normalize('NFKC').matchAll(/[\p{Script=Han}〇]+|[a-z0-9]+/giu)) {
    if (run.length === 1 || /^[a-z0-9]/i.test(run)) all.push(run)
    else for (let at = 0; at + 2 <= run.length; at++) all.push(run.slice(at, at + 2))
  }
  return all.join(' ')
}

function* batches(documents: readonly SearchDocument[]): Generator<SearchDocument[]> {
  let batch: SearchDocument[] = []
  let characters = 0
  for (const document of documents) {
    batch.push(document)
    characters += document.text.length
    if (characters < batchCharacters && batch.length < batchDocuments) continue
    yield batch
    batch = []
    characters = 0
  }
  if (batch.length > 0) yield batch
}

function readDocuments(file: string | undefined): SearchDocument[] {
  if (file === undefined) {
    const random = seeded(20260304)
    return Array.from({ length: 2000 }, (_, at) => inventDocument(random, at))
  }
  return readLines(file).map((row) => {
    const { id, title, text, issuer, docno, date } = row as Record<
      string,
      string | null | undefined
    >
    return {
      id: id ?? '',
      title: title ?? '',
      text: text ?? '',
      issuer: issuer ?? '',
      ...(docno && { number: docno }),
      ...(date && { date }),
    }
  })
}

function readLines(file: string): unknown[] {
  const bytes = readFileSync(file)
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line): unknown => JSON.parse(line))
}

/** `theirs`: what the yardstick reached, in the same unit. */
function figure(name: string, value: number, unit: string, theirs: number): Figure {
  const round = (number: number) => Number(number.toPrecision(4))
  const yardstick = `node:sqlite FTS5 over bigrams: ${String(round(theirs))} ${unit}`
  return { name, value: round(value), unit, yardstick, ratio: round(value / theirs) }
}

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0
}

/**
 * From a query to candidates in order of rank, for one unit. Everything that depends on the collection (which documents, how many
 * hold a word, how long they are) is taken from what that unit sees, so foreign documents change no answer and no score.
 * Ranking is BM25 (k1 1.2, b 0.75) with the title counting five times; equal scores stand newest first.
 * Where the index cannot tell for sure, `exact` is false and the text decides (`match.ts`).
 */
import { ExchangeError } from '../errors.ts'
import type { CheckedStore, KeyRange, Snapshot } from './checked_store.ts'
import {
  fieldBytes,
  postingPrefixRange,
  postingRange,
  readPostingKey,
  type IndexedField,
} from './keyspace.ts'
import { wantedLeaves } from './match.ts'
import { gallop, intersect, scanChunk, subtract, unite, type Postings } from './postings.ts'
import { isWholeList } from './storage.ts'
import { lookUp, numberMark } from './terms.ts'
import type { Ast } from './types.ts'
import { dayOf, isSet, type Holdings, type Sight } from './visibility.ts'

type Leaf = Extract<Ast, { kind: 'word' | 'number' }>

interface Candidates {
  readonly ids: Uint32Array
  readonly exact: boolean
}

/** Candidates with a score each, not yet in order. */
export interface Scored extends Candidates {
  readonly scores: Float64Array
}

/** What a look at the store needs to know. */
export interface Reading {
  readonly checked: CheckedStore
  readonly snapshot: Snapshot
  readonly holdings: Holdings
  readonly sight: Sight
}

const k1 = 1.2
const b = 0.75
const weights: Readonly<Record<number, number>> = {
  [fieldBytes.title]: 5,
  [fieldBytes.issuer]: 2,
  [fieldBytes.number]: 2,
  [fieldBytes.body]: 1,
}
/** A document that bears the number asked for stands before all that mention it. */
const ownNumberBonus = 1000

/** A posting list that is wanted, by name. */
interface ListRequest {
  readonly name: string
  readonly range: KeyRange
  readonly prefix: boolean
  readonly field?: IndexedField
}

export async function evaluate(ast: Ast, reading: Reading): Promise<Scored> {
  const requests = new Map(collectRequests(ast).map((request) => [request.name, request]))
  const lists = new Map<string, Postings>()
  await Promise.all(
    [...requests.values()].map(async (request) =>
      lists.set(request.name, await readList(request, reading)),
    ),
  )
  const candidates = select(ast, lists, reading)
  return { ...candidates, scores: score(ast, candidates.ids, { lists, sight: reading.sight }) }
}

/** Ordinals of the candidates, best first; the order is worked out only as far as it is read. */
export function* ranked(
  scored: Scored,
  holdings: Holdings,
): Generator<{ ordinal: number; score: number }> {
  const { ids, scores } = scored
  const before = (x: number, y: number) => {
    const [one, other] = [ids[x] ?? 0, ids[y] ?? 0]
    const byScore = (scores[y] ?? 0) - (scores[x] ?? 0)
    return (byScore || dayOf(holdings, other) - dayOf(holdings, one) || other - one) < 0
  }
  const heap = Uint32Array.from(ids, (_, at) => at)
  let size = heap.length
  const sink = (start: number) => {
    for (let at = start; ;) {
      let best = at
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < size && before(heap[child] ?? 0, heap[best] ?? 0)) best = child
      }
      if (best === at) return
      ;[heap[at], heap[best]] = [heap[best] ?? 0, heap[at] ?? 0]
      at = best
    }
  }
  for (let at = (size >> 1) - 1; at >= 0; at--) sink(at)
  while (size > 0) {
    const top = heap[0] ?? 0
    yield { ordinal: ids[top] ?? 0, score: scores[top] ?? 0 }
    heap[0] = heap[--size] ?? 0
    sink(0)
  }
}

function collectRequests(ast: Ast): ListRequest[] {
  switch (ast.kind) {
    case 'and':
    case 'or':
      return ast.of.flatMap(collectRequests)
    case 'not':
      return collectRequests(ast.of)
    case 'date':
      return []
    default:
      return leafRequests(ast)
  }
}

/** The lists of a leaf; of a number the second is that of documents which bear it. */
function leafRequests(leaf: Leaf): ListRequest[] {
  if (leaf.kind === 'number') {
    const own = listRequest(`${numberMark}=${leaf.number.text}`, 'number')
    return leaf.field ? [own] : [listRequest(numberMark + leaf.number.key), own]
  }
  const lookup = lookUp(leaf.text)
  if (!lookup) return []
  if (lookup.prefix === undefined) return lookup.terms.map((term) => listRequest(term, leaf.field))
  const request = { range: postingPrefixRange(lookup.prefix), prefix: true }
  const name = `${lookup.prefix}* ${leaf.field ?? ''}`
  return [leaf.field ? { name, ...request, field: leaf.field } : { name, ...request }]
}

function listRequest(term: string, field?: IndexedField): ListRequest {
  return { name: `${term} ${field ?? ''}`, range: postingRange(term, field), prefix: false }
}

function select(ast: Ast, lists: ReadonlyMap<string, Postings>, reading: Reading): Candidates {
  const { sight, holdings } = reading
  switch (ast.kind) {
    case 'date': {
      const ids = sight.all.filter((ordinal) => {
        const day = dayOf(holdings, ordinal)
        return day >= ast.from && day <= ast.to
      })
      return { ids, exact: true }
    }
    case 'or': {
      const parts = ast.of.map((part) => select(part, lists, reading))
      const ids = parts.map((part) => part.ids).reduce(unite, new Uint32Array(0))
      return { ids, exact: parts.every((part) => part.exact) }
    }
    case 'not':
      return exclude({ ids: sight.all, exact: true }, select(ast.of, lists, reading))
    case 'and': {
      const wanted = ast.of
        .filter((part) => part.kind !== 'not')
        .map((part) => select(part, lists, reading))
      wanted.sort((one, other) => one.ids.length - other.ids.length)
      const ids = wanted.length > 0 ? wanted.map((part) => part.ids).reduce(intersect) : sight.all
      return ast.of
        .filter((part) => part.kind === 'not')
        .map((part) => select(part.of, lists, reading))
        .reduce<Candidates>(exclude, { ids, exact: wanted.every((part) => part.exact) })
    }
    default:
      return selectLeaf(ast, lists)
  }
}

/** Only a sure exclusion excludes; otherwise the text decides. */
function exclude(from: Candidates, excluded: Candidates): Candidates {
  if (!excluded.exact) return { ids: from.ids, exact: false }
  return { ids: subtract(from.ids, excluded.ids), exact: from.exact }
}

function selectLeaf(leaf: Leaf, lists: ReadonlyMap<string, Postings>): Candidates {
  const all = leafRequests(leaf).map(({ name }) => lists.get(name)?.ids ?? new Uint32Array(0))
  if (leaf.kind === 'number') {
    const [ids = new Uint32Array(0)] = all
    return { ids, exact: leaf.field !== undefined }
  }
  const sorted = all.sort((one, other) => one.length - other.length)
  if (sorted.length === 0) return { ids: new Uint32Array(0), exact: true }
  return { ids: sorted.reduce(intersect), exact: lookUp(leaf.text)?.exact ?? false }
}

/** Adds up in the order of the query, never of list lengths: floating-point sums must not depend on foreign documents. */
function score(
  ast: Ast,
  ids: Uint32Array,
  { lists, sight }: { lists: ReadonlyMap<string, Postings>; sight: Sight },
): Float64Array {
  const scores = new Float64Array(ids.length)
  const norms = Float64Array.from(
    ids,
    (id) => k1 * (1 - b + (b * sight.lengthOf(id)) / sight.averageLength),
  )
  const counted = new Set<string>()
  for (const leaf of wantedLeaves(ast)) {
    for (const { name } of leafRequests(leaf)) {
      const list = lists.get(name)
      if (!list || counted.has(name)) continue
      counted.add(name)
      const bonus = leaf.kind === 'number' && name.startsWith(`${numberMark}=`) ? ownNumberBonus : 0
      addScores({ ids, norms, scores }, list, { documents: sight.all.length, bonus })
    }
  }
  return scores
}

function addScores(
  { ids, norms, scores }: { ids: Uint32Array; norms: Float64Array; scores: Float64Array },
  list: Postings,
  { documents, bonus }: { documents: number; bonus: number },
): void {
  const holders = list.ids.length
  const rarity = Math.log(1 + (documents - holders + 0.5) / (holders + 0.5))
  let from = 0
  for (let at = 0; at < ids.length; at++) {
    const id = ids[at] ?? 0
    from = gallop(list.ids, id, from)
    if (list.ids[from] !== id) continue
    const frequency = list.weights[from] ?? 0
    scores[at] =
      (scores[at] ?? 0) + bonus + (rarity * frequency * (k1 + 1)) / (frequency + (norms[at] ?? 0))
  }
}

/** Reads a list, keeping only what the unit sees of it: in a text only where it sees the content. */
async function readList(request: ListRequest, reading: Reading): Promise<Postings> {
  const { checked, snapshot, sight, holdings } = reading
  const rows = await checked.range(request.range, snapshot)
  checkWhole(rows)
  const wantedField = request.prefix && request.field ? fieldBytes[request.field] : undefined
  const parts = new Map<number, { ids: number[]; frequencies: number[] }>()
  const dense = request.prefix ? new Float64Array(holdings.next) : undefined
  for (const [key, value] of rows) {
    const { field } = readPostingKey(key)
    if (wantedField !== undefined && field !== wantedField) continue
    const weight = weights[field] ?? 1
    const visible = field === fieldBytes.body ? sight.content : sight.any
    const part = parts.get(field) ?? { ids: [], frequencies: [] }
    parts.set(field, part)
    scanChunk(value, (id, frequency) => {
      if (!isSet(visible, id)) return
      if (dense) dense[id] = (dense[id] ?? 0) + weight * frequency
      else {
        part.ids.push(id)
        part.frequencies.push(weight * frequency)
      }
    })
  }
  if (dense) return compact(dense)
  return [...parts.values()]
    .map(toPostings)
    .reduce(merge, { ids: new Uint32Array(0), weights: new Float64Array(0) })
}

/** Chunks of one term and field stand together in key order; each such list must be whole. */
function checkWhole(rows: readonly (readonly [key: Uint8Array, value: Uint8Array])[]): void {
  let list: Uint8Array[] = []
  for (const [at, [key, value]] of rows.entries()) {
    list.push(key)
    const next = rows[at + 1]?.[0]
    if (next && sameList(key, next)) continue
    if (!isWholeList(list, readFull(value))) {
      throw new ExchangeError('SEARCH_DAMAGED', 'a posting list of the search index is not whole')
    }
    list = []
  }
}

function sameList(one: Uint8Array, other: Uint8Array): boolean {
  return (
    one.length === other.length &&
    Buffer.compare(one.subarray(0, one.length - 4), other.subarray(0, other.length - 4)) === 0
  )
}

function readFull(value: Uint8Array): number {
  return scanChunk(value, () => undefined)
}

function toPostings(part: { ids: number[]; frequencies: number[] }): Postings {
  return { ids: Uint32Array.from(part.ids), weights: Float64Array.from(part.frequencies) }
}

function merge(one: Postings, other: Postings): Postings {
  if (one.ids.length === 0) return other
  if (other.ids.length === 0) return one
  const ids = unite(one.ids, other.ids)
  const sums = new Float64Array(ids.length)
  let a = 0
  let c = 0
  ids.forEach((id, at) => {
    if (one.ids[a] === id) sums[at] = (sums[at] ?? 0) + (one.weights[a++] ?? 0)
    if (other.ids[c] === id) sums[at] = (sums[at] ?? 0) + (other.weights[c++] ?? 0)
  })
  return { ids, weights: sums }
}

function compact(dense: Float64Array): Postings {
  const ids: number[] = []
  dense.forEach((weight, id) => {
    if (weight > 0) ids.push(id)
  })
  return { ids: Uint32Array.from(ids), weights: Float64Array.from(ids, (id) => dense[id] ?? 0) }
}

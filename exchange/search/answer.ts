/** One answer for one unit: candidates in rank order, checked on the text where needed, counted, and the asked page shown. */
import { evaluate, ranked, type Reading, type Scored } from './evaluate.ts'
import { fieldsKey, originalKey, recordKey } from './keyspace.ts'
import { matches } from './match.ts'
import { bestWindow, markField, showWindow } from './snippet.ts'
import { readFields, readHead, readOriginal, visibleFields } from './stored_document.ts'
import type { Answer, Ast, Hit, Piece } from './types.ts'
import { dayOf, isSet } from './visibility.ts'

/** Hits on a page, at most. */
export const maxLimit = 100
/** Who leafs further asks a better question. */
export const maxOffset = 10_000
/** Beyond the page, so many candidates are checked on their text for the count's sake. */
export const maxCheckedForCount = 200
/** Texts read at once. */
const readAtOnce = 32

interface Ranked {
  readonly ordinal: number
  readonly score: number
}

export async function answer(
  ast: Ast,
  page: { readonly offset?: number; readonly limit?: number },
  reading: Reading,
): Promise<Answer> {
  const offset = clamp(page.offset ?? 0, maxOffset)
  const limit = clamp(page.limit ?? 10, maxLimit)
  const scored = await evaluate(ast, reading)
  const found = scored.exact
    ? takeSure(scored, offset + limit, reading)
    : await takeChecked(ast, { scored, wanted: offset + limit }, reading)
  const hits = await showHits(ast, found.list.slice(offset, offset + limit), reading)
  return { hits, count: found.count, exact: found.exact }
}

interface Found {
  readonly list: readonly Ranked[]
  readonly count: number
  readonly exact: boolean
}

function takeSure(scored: Scored, wanted: number, { holdings }: Reading): Found {
  return {
    list: ranked(scored, holdings).take(wanted).toArray(),
    count: scored.ids.length,
    exact: true,
  }
}

/** Checks candidates best first: as far as the page needs, then on for the count as far as the limit goes. */
async function takeChecked(
  ast: Ast,
  { scored, wanted }: { readonly scored: Scored; readonly wanted: number },
  reading: Reading,
): Promise<Found> {
  const order = ranked(scored, reading.holdings)
  const list: Ranked[] = []
  for (let checked = 0; ; checked += readAtOnce) {
    const next = takeNext(order, readAtOnce)
    if (next.length === 0) return { list, count: list.length, exact: true }
    if (list.length >= wanted && checked >= maxCheckedForCount) {
      return { list, count: list.length, exact: false }
    }
    list.push(...(await check(ast, next, reading)))
  }
}

/** The next few; unlike `take`, leaves the rest to be taken later. */
function takeNext<T>(order: Iterator<T>, most: number): T[] {
  const taken: T[] = []
  while (taken.length < most) {
    const next = order.next()
    if (next.done === true) break
    taken.push(next.value)
  }
  return taken
}

async function check(ast: Ast, candidates: readonly Ranked[], reading: Reading): Promise<Ranked[]> {
  const { checked, snapshot, holdings, sight } = reading
  const stored = await checked.getMany(
    candidates.map(({ ordinal }) => fieldsKey(ordinal)),
    snapshot,
  )
  return candidates.filter(({ ordinal }, at) => {
    const fields = readFields(stored[at])
    return matches(
      ast,
      visibleFields(fields, dayOf(holdings, ordinal), isSet(sight.content, ordinal)),
    )
  })
}

async function showHits(ast: Ast, list: readonly Ranked[], reading: Reading): Promise<Hit[]> {
  const { checked, snapshot, sight } = reading
  const open = list.filter(({ ordinal }) => isSet(sight.content, ordinal))
  const [heads, fields] = await Promise.all([
    checked.getMany(
      list.map(({ ordinal }) => recordKey(ordinal)),
      snapshot,
    ),
    checked.getMany(
      open.map(({ ordinal }) => fieldsKey(ordinal)),
      snapshot,
    ),
  ])
  const snippets = new Map<number, Piece>()
  const wanted = open.map(({ ordinal }, at) => chooseWindow(ast, ordinal, fields[at]))
  const keys = wanted.flatMap(({ ordinal, parts }) =>
    parts.map((part) => originalKey(ordinal, part)),
  )
  const parts = await checked.getMany(keys, snapshot)
  for (const each of wanted) {
    const original = parts.splice(0, each.parts.length).map(readOriginal).join('')
    snippets.set(each.ordinal, showWindow(each.window, { ...each, original }))
  }
  return list.map(({ ordinal, score }, at): Hit => {
    const { id, title, issuer, number, date, kind } = readHead(heads[at])
    const snippet = snippets.get(ordinal)
    return {
      id,
      extent: snippet ? 'content' : 'head',
      title: markField(ast, title, 'title'),
      issuer: markField(ast, issuer, 'issuer'),
      ...(number !== undefined && { number }),
      ...(date !== undefined && { date }),
      ...(kind !== undefined && { kind }),
      ...(snippet && { snippet }),
      score,
    }
  })
}

/** The window to show of a document, and the parts of its original that it lies in. */
function chooseWindow(ast: Ast, ordinal: number, stored: Uint8Array | undefined) {
  const { body, starts } = readFields(stored)
  const window = bestWindow(ast, body)
  const first = Math.max(
    0,
    starts.findLastIndex((start) => start <= window.start),
  )
  const last = Math.max(
    first,
    starts.findLastIndex((start) => start < window.end),
  )
  const parts = Array.from({ length: last - first + 1 }, (_, at) => first + at)
  return { ordinal, window, parts, base: starts[first] ?? 0, length: body.length }
}

function clamp(value: number, most: number): number {
  return Math.min(Math.max(0, Math.trunc(value)), most)
}

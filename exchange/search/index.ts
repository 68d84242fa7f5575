/**
 * The search index: a view over the journal that answers what a unit asks about the documents it sees (design 2, 8).
 * It is not the truth: lost or damaged it is rebuilt. It knows no journal and no PDF: whoever feeds it turns entries into changes
 * (`SearchBatch`) in journal order and starts after `appliedThrough`.
 *
 * Rights are part of the query: postings are masked by the unit's bits before anything is intersected, counted or scored, and
 * ranking knows only what the unit sees. What remains is that a word's list takes time to read in proportion to all documents
 * that hold it, foreign ones included.
 */
import { ExchangeError } from '../errors.ts'
import { answer } from './answer.ts'
import {
  createCheckedStore,
  type CheckedStore,
  type SearchStore,
  type Snapshot,
  type Write,
} from './checked_store.ts'
import {
  fieldsKey,
  idKey,
  metaKey,
  originalKey,
  rangeOf,
  readNumber,
  readVisibilityKey,
  recordKey,
  type IndexedField,
} from './keyspace.ts'
import { createFreshSegment, removePostings, type FreshSegment } from './storage.ts'
import {
  dayOfDocument,
  documentWrites,
  encodeField,
  prepareDocument,
  readFields,
  readOrdinal,
} from './stored_document.ts'
import type { SearchBatch, SearchChange, SearchIndex } from './types.ts'
import { createTurns } from '../turns.ts'
import {
  editHoldings,
  emptyHoldings,
  loadHoldings,
  sightOf,
  type Holdings,
  type HoldingsEdit,
  type Sight,
} from './visibility.ts'

export { parseQuery, type ParsedQuery, type QueryProblem } from './query.ts'
export type * from './types.ts'
export type { SearchStore } from './checked_store.ts'
export {
  createPdfTextReader,
  type PdfText,
  type PdfTextLimits,
  type PdfTextReader,
} from './pdf_text.ts'

/** Another version of the stored form means an empty index, which its feeder fills again. */
const format = 1
const indexedFields = [
  'title',
  'issuer',
  'number',
  'body',
] as const satisfies readonly IndexedField[]

/** All that changes with a commit; replaced whole. */
interface State {
  readonly holdings: Holdings
  readonly through: number
  /** What units see, worked out when first asked for. */
  readonly sights: Map<string, Sight>
}

/**
 * Opens the index in a store of its own. A store that is new, of another format, cut off in the middle of a rebuild, or damaged
 * in what is read at the start gives an empty index: `appliedThrough` is -1.
 */
export async function createSearchIndex(options: {
  readonly store: SearchStore
}): Promise<SearchIndex> {
  const checked = createCheckedStore(options.store)
  let segments = createSegments(checked)
  let state = await load(checked)
  let closed = false
  const turns = createTurns()
  /** While a commit is between disk and memory, queries wait: they must see the same of both. */
  let gate: Promise<unknown> | undefined
  const running = new Set<Promise<unknown>>()

  const inTurn = <T>(task: () => Promise<T>): Promise<T> =>
    turns('write', async () => {
      refuseIfClosed(closed)
      return task()
    })

  const behindGate = async (change: () => Promise<void>): Promise<void> => {
    gate = change()
    try {
      await gate
    } finally {
      gate = undefined
    }
  }

  const commit = async (step: Step, through: number | undefined) => {
    const ground = { checked, segments, holdings: state.holdings }
    const prepared = await prepareStep(step, ground).catch((error: unknown) => {
      segments = createSegments(checked) // nothing half-added may join the next batch
      throw error
    })
    const cursor = through ?? state.through
    const writes = [...prepared.writes, metaWrite(prepared.holdings.next, cursor)]
    await behindGate(async () => {
      await checked.write(writes)
      state = { holdings: prepared.holdings, through: cursor, sights: new Map() }
    })
  }

  /** Steps are a batch each; the cursor moves with the last, and repeating the others after a crash changes nothing. */
  const applyNow = async (batch: SearchBatch) => {
    if (batch.through <= state.through) return
    const rest = [...batch.changes]
    do {
      const step = await nextStep(rest, checked)
      await commit(step, rest.length === 0 ? batch.through : undefined)
    } while (rest.length > 0)
  }

  const read = async <T>(task: (held: State, snapshot: Snapshot) => Promise<T>): Promise<T> => {
    while (gate) await gate.catch(() => undefined)
    refuseIfClosed(closed)
    const held = state
    return withSnapshot(checked, (snapshot) => task(held, snapshot))
  }

  return {
    get appliedThrough() {
      return state.through
    },
    apply: (batch) => inTurn(() => applyNow(batch)),
    query(ast, as, page = {}) {
      const asked = read((held, snapshot) => {
        const sight = sightIn(held, as.unit)
        return answer(ast, page, { checked, snapshot, holdings: held.holdings, sight })
      })
      const watched = asked.catch(() => undefined).finally(() => running.delete(watched))
      running.add(watched)
      return asked
    },
    rebuild: (batches) =>
      inTurn(async () => {
        await behindGate(async () => {
          await empty(checked)
          state = emptyState()
        })
        for await (const batch of batches) await applyNow(batch)
      }),
    async close() {
      const last = turns('write', () => Promise.resolve())
      closed = true
      await last
      await Promise.all(running)
    },
  }
}

/** Changes that one batch of the store can hold: additions of new documents and what follows them, or one removal. */
interface Step {
  readonly removed?: number
  readonly changes: readonly SearchChange[]
  /** Ordinals of the documents that were there before. */
  readonly known: ReadonlyMap<string, number>
}

/** Takes the next step off the front of `rest`. An addition of a known document is its removal, and then its addition. */
async function nextStep(rest: SearchChange[], checked: CheckedStore): Promise<Step> {
  const ids = [...new Set(rest.map(idOf))]
  const stored = await checked.getMany(ids.map(idKey))
  const known = new Map<string, number>()
  stored.forEach((value, at) => {
    if (value) known.set(ids[at] ?? '', readOrdinal(value))
  })
  const changes: SearchChange[] = []
  const fresh = new Set<string>()
  for (let change = rest[0]; change; change = rest[0]) {
    const id = idOf(change)
    const removes = change.type === 'removed' || change.type === 'added'
    if (removes && (known.has(id) || fresh.has(id))) {
      if (changes.length > 0) break
      if (change.type === 'removed') rest.shift()
      const removed = known.get(id)
      return removed === undefined ? { changes, known } : { removed, changes, known }
    }
    rest.shift()
    if (change.type === 'added') fresh.add(id)
    changes.push(change)
  }
  return { changes, known }
}

interface Ground {
  readonly checked: CheckedStore
  readonly segments: Readonly<Record<IndexedField, FreshSegment>>
  readonly holdings: Holdings
}

/** All writes of a step, and what is held in memory once they are on disk. */
async function prepareStep(
  step: Step,
  ground: Ground,
): Promise<{ writes: Write[]; holdings: Holdings }> {
  const edit = editHoldings(ground.holdings)
  const writes: Write[] = []
  if (step.removed !== undefined) writes.push(...(await removal(step.removed, edit, ground)))
  const ordinals = new Map(step.known)
  for (const change of step.changes) {
    if (change.type === 'added')
      writes.push(...addition(change, ordinals, { edit, segments: ground.segments }))
    else {
      const ordinal = ordinals.get(change.id)
      if (ordinal === undefined) continue // removed since; replay meets its past again
      if (change.type === 'shown') edit.show(ordinal, change.units, change.extent)
      if (change.type === 'hidden') edit.hide(ordinal, change.units)
    }
  }
  for (const field of indexedFields) {
    for (const write of await ground.segments[field].drain()) writes.push(write)
  }
  const finished = edit.finish()
  return { writes: [...writes, ...finished.writes], holdings: finished.holdings }
}

function addition(
  change: Extract<SearchChange, { type: 'added' }>,
  ordinals: Map<string, number>,
  { edit, segments }: Pick<Ground, 'segments'> & { readonly edit: HoldingsEdit },
): Write[] {
  const { document, content, head = [] } = change
  const prepared = prepareDocument(document)
  const { fields } = prepared
  const ordinal = edit.addDocument({
    headLength: fields.title.length + fields.issuer.length + fields.number.length,
    bodyLength: fields.body.length,
    day: dayOfDocument(document),
  })
  for (const field of indexedFields) segments[field].add(ordinal, fields[field])
  edit.show(ordinal, content, 'content')
  edit.show(ordinal, head, 'head')
  ordinals.set(document.id, ordinal)
  return documentWrites(document, prepared, ordinal)
}

/** Takes a document out wholly: its bits, its texts, and its place in each list, so that nothing of it stays on the disk's files. */
async function removal(ordinal: number, edit: HoldingsEdit, { checked }: Ground): Promise<Write[]> {
  const [record, stored] = await checked.getMany([recordKey(ordinal), fieldsKey(ordinal)])
  const fields = readFields(stored)
  const { id } = JSON.parse(Buffer.from(record ?? '{}').toString()) as { id?: string }
  edit.hide(ordinal)
  const parts = fields.starts.map((_, at) => originalKey(ordinal, at))
  const writes: Write[] = [recordKey(ordinal), fieldsKey(ordinal), ...parts].map((key) => ({ key }))
  if (id !== undefined) writes.push({ key: idKey(id) })
  for (const field of indexedFields) {
    const terms = new Set(encodeField(field, fields[field]))
    for (const write of await removePostings(checked, ordinal, { field, terms })) writes.push(write)
  }
  return writes
}

/** The snapshot is taken before this returns, so that it belongs to the state that the caller holds. */
async function withSnapshot<T>(
  checked: CheckedStore,
  task: (snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  const snapshot = checked.snapshot()
  try {
    return await task(snapshot)
  } finally {
    await snapshot?.close()
  }
}

/** What a unit sees, worked out once a state. */
function sightIn({ sights, holdings }: State, unit: string): Sight {
  const sight = sights.get(unit) ?? sightOf(holdings, unit)
  sights.set(unit, sight)
  return sight
}

function createSegments(checked: CheckedStore): Record<IndexedField, FreshSegment> {
  const create = (field: IndexedField) =>
    createFreshSegment({ checked, field, encode: (content) => encodeField(field, content) })
  return {
    title: create('title'),
    issuer: create('issuer'),
    number: create('number'),
    body: create('body'),
  }
}

async function load(checked: CheckedStore): Promise<State> {
  try {
    const [value] = await checked.getMany([metaKey])
    const meta = value && (JSON.parse(Buffer.from(value).toString()) as Record<string, unknown>)
    if (meta?.['format'] === format && typeof meta['next'] === 'number') {
      const [facts, visibility] = await Promise.all([
        checked.range(rangeOf('f')),
        checked.range(rangeOf('v')),
      ])
      const holdings = loadHoldings({
        next: meta['next'],
        facts: facts.map(([key, bytes]) => [readNumber(key), bytes] as const),
        visibility: visibility.map(([key, bytes]) => [readVisibilityKey(key), bytes] as const),
      })
      const through = meta['through']
      if (holdings && typeof through === 'number') return { holdings, through, sights: new Map() }
    }
  } catch (error) {
    if (!(error instanceof ExchangeError) || error.code !== 'SEARCH_DAMAGED') throw error
  }
  await empty(checked)
  return emptyState()
}

/** The state goes first: cut off here, the next start finds none and empties the rest. */
async function empty(checked: CheckedStore): Promise<void> {
  await checked.write([{ key: metaKey }])
  await checked.clear()
}

function emptyState(): State {
  return { holdings: emptyHoldings, through: -1, sights: new Map() }
}

function metaWrite(next: number, through: number): Write {
  return { key: metaKey, value: Buffer.from(JSON.stringify({ format, next, through })) }
}

function idOf(change: SearchChange): string {
  return change.type === 'added' ? change.document.id : change.id
}

function refuseIfClosed(closed: boolean): void {
  if (closed) throw new ExchangeError('SEARCH_CLOSED', 'the search index is closed')
}

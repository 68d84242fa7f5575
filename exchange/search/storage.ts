/**
 * FlexSearch as the segment of fresh documents, and behind it the StorageInterface that turns a segment into posting chunks.
 * Of FlexSearch only `Index` with our `encode`, our `score` and `commit` are used; its ranking, resolver, tags, highlighter and
 * export are not (measured: they lose results). Commit takes the maps away before anything is awaited, so that what is
 * added meanwhile is not lost. Asking FlexSearch itself for documents is refused: rights are part of our query only.
 */
import { Index, type StorageInterface } from 'flexsearch'
import type { CheckedStore, Write } from './checked_store.ts'
import { growing, postingKey, postingRange, readPostingKey, type IndexedField } from './keyspace.ts'
import { decodeChunk, encodeChunk, fullChunkBytes, type Chunk } from './postings.ts'

/**
 * The frequencies that are told apart; one between two counts as the lower. Few, because FlexSearch keeps a slot for each up to the
 * highest of a term, and because ranking flattens high frequencies anyway.
 */
const frequencySteps = [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 24, 32, 48, 64, 96, 128, 255]

/** Keys read at once. */
const readAtOnce = 4096

/** Fresh documents of one field, by ordinal. */
export interface FreshSegment {
  add(ordinal: number, content: string): void
  /** Takes all that was added and gives the writes that make it durable. */
  drain(): Promise<Write[]>
}

/** The parts of a FlexSearch index that a storage drains: term, then frequency, then documents. */
interface Memtable {
  map: Map<string, (number[] | undefined)[]>
  reg: Set<number>
  commit_task: unknown[]
  db: unknown
}

export function createFreshSegment(options: {
  readonly checked: CheckedStore
  readonly field: IndexedField
  readonly encode: (content: string) => string[]
}): FreshSegment {
  const { checked, field, encode } = options
  let writes: Write[] = []
  const index = new Index({
    tokenize: 'strict',
    commit: false,
    encode,
    score: createFrequencyScore(),
  })
  const storage = {
    mount(mounted: unknown) {
      ;(mounted as Memtable).db = storage
      return Promise.resolve()
    },
    async commit(flexIndex: unknown) {
      const memtable = flexIndex as Memtable
      const terms = memtable.map
      memtable.map = new Map()
      memtable.reg = new Set()
      memtable.commit_task = []
      writes = await appendPostings(checked, field, terms)
    },
    open: () => Promise.resolve(),
    close: () => Promise.resolve(),
    destroy: refuse,
    clear: refuse,
    get: refuse,
    has: refuse,
    enrich: refuse,
    remove: refuse,
    search: refuse,
  }
  void index.mount(storage as unknown as StorageInterface)
  return {
    add: (ordinal, content) => index.add(ordinal, content),
    async drain() {
      await index.commit()
      const drained = writes
      writes = []
      return drained
    },
  }
}

/** The writes that take one document out of the lists of these terms. */
export async function removePostings(
  checked: CheckedStore,
  ordinal: number,
  { field, terms }: { readonly field: IndexedField; readonly terms: ReadonlySet<string> },
): Promise<Write[]> {
  const writes: Write[] = []
  for (const term of terms) {
    const rows = await checked.range(postingRange(term, field))
    const chunks = rows.map(([key, value]) => ({ key, chunk: decodeChunk(value) }))
    const holder = chunks.find(({ chunk }) => chunk.ids.includes(ordinal))
    if (!holder) continue
    const at = holder.chunk.ids.indexOf(ordinal)
    holder.chunk.ids.splice(at, 1)
    holder.chunk.frequencies.splice(at, 1)
    if (chunks.every(({ chunk }) => chunk.ids.length === 0))
      writes.push(...chunks.map(({ key }) => ({ key })))
    else writes.push({ key: holder.key, value: encodeChunk(holder.chunk) })
  }
  return writes
}

/** Whether a term's list is whole: a chunk that still grows, and as many full ones as it says. */
export function isWholeList(keys: readonly Uint8Array[], full: number): boolean {
  const last = keys.at(-1)
  return last !== undefined && readPostingKey(last).first === growing && full === keys.length - 1
}

/** Joins each term's fresh postings to its growing chunk, and closes the chunk when it is full. */
async function appendPostings(
  checked: CheckedStore,
  field: IndexedField,
  terms: Memtable['map'],
): Promise<Write[]> {
  const writes: Write[] = []
  const entries = [...terms]
  for (let from = 0; from < entries.length; from += readAtOnce) {
    const slice = entries.slice(from, from + readAtOnce)
    const keys = slice.map(([term]) => postingKey(term, field, growing))
    const before = await checked.getMany(keys)
    slice.forEach(([term, slots], at) => {
      const old = before[at]
      const chunk: Chunk = old ? decodeChunk(old) : { full: 0, ids: [], frequencies: [] }
      for (const posting of sortedPostings(slots)) {
        chunk.ids.push(Math.floor(posting / 256))
        chunk.frequencies.push(posting % 256)
      }
      const key = keys[at] ?? postingKey(term, field, growing)
      const value = encodeChunk(chunk)
      if (value.length < fullChunkBytes) writes.push({ key, value })
      else {
        const first = chunk.ids[0] ?? 0
        writes.push({
          key: postingKey(term, field, first),
          value: encodeChunk({ ...chunk, full: 0 }),
        })
        writes.push({ key, value: encodeChunk({ full: chunk.full + 1, ids: [], frequencies: [] }) })
      }
    })
  }
  return writes
}

/** Ordinal and frequency as one number, ascending. */
function sortedPostings(slots: (number[] | undefined)[]): number[] {
  const postings: number[] = []
  for (let slot = 1; slot < slots.length; slot++) {
    const ordinals = slots[slot]
    if (!ordinals) continue
    for (const ordinal of ordinals) postings.push(ordinal * 256 + (frequencySteps[slot] ?? 1))
  }
  return postings.length > 1 ? postings.sort((a, b) => a - b) : postings
}

/** FlexSearch asks for a slot once a term and document; we give it the term's frequency. */
function createFrequencyScore(): (content: string[], term: string) => number {
  let counted: string[] | undefined
  let counts = new Map<string, number>()
  return (content, term) => {
    if (content !== counted) {
      counted = content
      counts = new Map()
      for (const each of content) counts.set(each, (counts.get(each) ?? 0) + 1)
    }
    return slotOf(counts.get(term) ?? 1)
  }
}

function slotOf(frequency: number): number {
  if (frequency <= 8) return frequency
  return frequencySteps.findLastIndex((step) => step <= frequency)
}

function refuse(): never {
  throw new TypeError('documents are found through SearchIndex, which knows the rights')
}

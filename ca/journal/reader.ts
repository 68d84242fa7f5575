/** The reading side of the journal: entries from the segments, heads and proofs from the stored nodes. Each entry is checked against its leaf hash. */
import { equal } from '../bytes.ts'
import { readEntry } from './entry.ts'
import type { JournalFiles } from './files.ts'
import { damaged, segmentName } from './frame.ts'
import { keys } from './keyspace.ts'
import type { LiveJournal } from './live.ts'
import {
  consistencyPlan,
  fillPlan,
  frontierNodes,
  inclusionPlan,
  leafHash,
  rootHash,
  type NodeAt,
  type ProofPlan,
} from './merkle.ts'
import { nodeRecord, readPlace, type Place } from './records.ts'
import type { Entry, Journal, TreeHead } from './types.ts'
import { viewDamaged, type Store } from './views.ts'

/** Entries located by one read of the store. */
const chunkEntries = 256
/** Bytes of a segment read at once. */
const maxSpanBytes = 4 * 1024 * 1024

export type JournalReader = Pick<
  Journal,
  'entry' | 'read' | 'subscribe' | 'head' | 'inclusionProof' | 'consistencyProof'
>

interface ReaderOptions {
  readonly files: JournalFiles
  readonly store: Store
  readonly live: LiveJournal
}

/** Reads what `live` shows. */
export function createReader(options: ReaderOptions): JournalReader {
  const { files, store, live } = options

  async function* read(from: number, to = live.frontier.size): AsyncGenerator<Entry> {
    const end = Math.min(to, live.frontier.size)
    for (let at = Math.max(from, 0); at < end; at += chunkEntries) {
      const places = await placesOf(options, at, Math.min(at + chunkEntries, end))
      for (const span of spansOf(places)) yield* readSpan(files, span)
    }
  }

  async function proof(plan: ProofPlan): Promise<Uint8Array[]> {
    const hashes = await nodeHashes(store, live.unapplied, plan.flat())
    return fillPlan(plan, (node) => hashes.get(nodeRecord(node).key) ?? new Uint8Array())
  }

  function checkSize(size: number): void {
    if (!Number.isSafeInteger(size) || size < 0 || size > live.frontier.size) {
      throw new RangeError(`the journal has ${String(live.frontier.size)} entries`)
    }
  }

  return {
    async entry(index) {
      if (!Number.isSafeInteger(index) || index < 0) return undefined
      for await (const entry of read(index, index + 1)) return entry
      return undefined
    },
    read,
    async *subscribe(from, signal) {
      let next = Math.max(from, 0)
      while (await live.moreThan(next, signal)) {
        for await (const entry of read(next)) {
          if (signal.aborted) return
          yield entry
          next = entry.index + 1
        }
      }
    },
    async head(size = live.frontier.size): Promise<TreeHead> {
      checkSize(size)
      if (size === live.frontier.size) return { size, rootHash: rootHash(live.frontier) }
      return { size, rootHash: rootHash(await loadFrontier(store, size, live.unapplied)) }
    },
    async inclusionProof(index, size) {
      checkSize(size)
      return proof(inclusionPlan(index, size))
    },
    async consistencyProof(first, second) {
      checkSize(second)
      return proof(consistencyPlan(first, second))
    },
  }
}

/** The tree of the first `size` entries from its stored nodes; throws `VIEW_DAMAGED` if one is missing. */
export async function loadFrontier(
  store: Store,
  size: number,
  unapplied: ReadonlyMap<string, Uint8Array> = new Map(),
): Promise<{ size: number; hashes: Uint8Array[] }> {
  const nodes = frontierNodes(size)
  const hashes = await nodeHashes(store, unapplied, nodes)
  return { size, hashes: nodes.map((node) => hashes.get(nodeRecord(node).key) ?? new Uint8Array()) }
}

/** Hashes of stored nodes by their keys. */
async function nodeHashes(
  store: Store,
  unapplied: ReadonlyMap<string, Uint8Array>,
  nodes: readonly NodeAt[],
): Promise<Map<string, Uint8Array>> {
  const records = nodes.map(nodeRecord)
  const found = await store.getMany(records.map(({ key }) => key))
  return new Map(
    records.map(({ key, read }, at) => {
      const stored = unapplied.get(key) ?? found[at]
      if (stored === undefined) throw viewDamaged(key)
      return [key, read(stored)]
    }),
  )
}

async function placesOf(
  { store, live }: ReaderOptions,
  from: number,
  to: number,
): Promise<(Place & { index: number })[]> {
  const indexes = Array.from({ length: to - from }, (_, at) => from + at)
  const found = await store.getMany(indexes.map((index) => keys.entry(index)))
  return indexes.map((index, at) => {
    const stored = live.unapplied.get(keys.entry(index)) ?? found[at]
    if (stored === undefined) throw viewDamaged(keys.entry(index))
    return { index, ...readPlace(index, stored) }
  })
}

/** Neighbours of one segment that are read at once. */
function spansOf<T extends Place>(places: readonly T[]): T[][] {
  const spans: T[][] = []
  for (const place of places) {
    const span = spans.at(-1)
    const first = span?.[0]
    const together =
      first?.segment === place.segment && place.offset + place.length - first.offset <= maxSpanBytes
    if (span !== undefined && together) span.push(place)
    else spans.push([place])
  }
  return spans
}

async function* readSpan(
  files: JournalFiles,
  span: readonly (Place & { index: number })[],
): AsyncGenerator<Entry> {
  const [first, last] = [span[0], span.at(-1)]
  if (first === undefined || last === undefined) return
  const length = last.offset + last.length - first.offset
  const bytes = await files.read(segmentName(first.segment), first.offset, length)
  for (const place of span) {
    const start = place.offset - first.offset
    const line = bytes.subarray(start, start + place.length)
    if (!equal(leafHash(line), place.hash)) {
      throw damaged(place.segment, place.offset, 'the entry does not match its leaf hash')
    }
    yield readEntry(line)
  }
}

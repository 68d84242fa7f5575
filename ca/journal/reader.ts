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
import { completingEntry, readPlace, sha256, type Place } from './records.ts'
import type { Entry, Journal, TreeHead } from './types.ts'
import { viewDamaged, type Store } from './views.ts'

/** Entries located by one read of the store. */
const chunkEntries = 256
/** Bytes of a segment read at once. */
const maxSpanBytes = 4 * 1024 * 1024

type PlacedEntry = Place & { readonly index: number }

export type JournalReader = Pick<
  Journal,
  'entry' | 'read' | 'subscribe' | 'head' | 'inclusionProof' | 'consistencyProof'
>

/** Reads what `live` shows. */
export function createReader(options: {
  readonly files: JournalFiles
  readonly store: Store
  readonly live: LiveJournal
}): JournalReader {
  const { files, store, live } = options

  async function* read(from: number, to = live.frontier.size): AsyncGenerator<Entry> {
    const end = Math.min(to, live.frontier.size)
    for (let at = Math.max(from, 0); at < end; at += chunkEntries) {
      const length = Math.min(chunkEntries, end - at)
      const indexes = Array.from({ length }, (_, offset) => at + offset)
      const places = await loadPlaces(store, live.unapplied, indexes)
      for (const span of spansOf(places)) yield* readSpan(files, span)
    }
  }

  async function proof(plan: ProofPlan): Promise<Uint8Array[]> {
    const hashes = await nodeHashes(store, live.unapplied, plan.flat())
    return fillPlan(plan, hashes)
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
        const fresh = live.recent.get(next)
        if (fresh !== undefined) {
          yield fresh
          next += 1
          continue
        }
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
  const hashOf = await nodeHashes(store, unapplied, nodes)
  return { size, hashes: nodes.map(hashOf) }
}

/** Loads the hashes of `nodes`; the function that is returned knows them. */
async function nodeHashes(
  store: Store,
  unapplied: ReadonlyMap<string, Uint8Array>,
  nodes: readonly NodeAt[],
): Promise<(node: NodeAt) => Uint8Array> {
  const indexes = nodes.map(completingEntry)
  const places = new Map<number, Place>()
  for (const place of await loadPlaces(store, unapplied, indexes)) places.set(place.index, place)
  return (node) => {
    const index = completingEntry(node)
    const hash = places.get(index)?.nodes[node.level]
    if (hash === undefined) throw viewDamaged(keys.entry(index))
    return hash
  }
}

/** The records of entries; throws `VIEW_DAMAGED` if one is missing. */
async function loadPlaces(
  store: Store,
  unapplied: ReadonlyMap<string, Uint8Array>,
  indexes: readonly number[],
): Promise<PlacedEntry[]> {
  const found = await store.getMany(indexes.map((index) => keys.entry(index)))
  return indexes.map((index, at) => {
    const stored = unapplied.get(keys.entry(index)) ?? found[at]
    if (stored === undefined) throw viewDamaged(keys.entry(index))
    return { index, ...readPlace(index, stored) }
  })
}

/** Neighbours of one segment that are read at once. */
function spansOf(places: readonly PlacedEntry[]): PlacedEntry[][] {
  const spans: PlacedEntry[][] = []
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

async function* readSpan(files: JournalFiles, span: readonly PlacedEntry[]): AsyncGenerator<Entry> {
  const [first, last] = [span[0], span.at(-1)]
  if (first === undefined || last === undefined) return
  const length = last.offset + last.length - first.offset
  const bytes = await files.read(segmentName(first.segment), first.offset, length)
  for (const place of span) {
    const start = place.offset - first.offset
    const line = bytes.subarray(start, start + place.length)
    const [hash] = place.nodes
    if (hash === undefined || !equal(leafHash(line, sha256), hash)) {
      throw damaged(place.segment, place.offset, 'the entry does not match its leaf hash')
    }
    yield readEntry(line)
  }
}

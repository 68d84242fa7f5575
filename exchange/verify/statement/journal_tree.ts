/**
 * Reads the segments of a journal (`docs/formats/journal.md`) one after the other and gives the roots of its tree at the sizes asked for, so that
 * heads that signers saw can be compared with it. Frame hashes are not checked here: the root covers every entry. Pure.
 */
import {
  addLeaf,
  emptyFrontier,
  leafHash,
  readEntry,
  rootHash,
  type Entry,
  type Frontier,
} from '../../../ca/path/index.ts'

export interface JournalTree {
  /** Adds the next segment; false where it does not follow, or is no segment. */
  add(segment: Uint8Array): boolean
  readonly size: number
  /** Root of the tree over the first `size` entries, if that size was asked for, or is the whole. */
  rootAt(size: number): Uint8Array | undefined
}

/** A tree that remembers its roots at `sizes`; `visit` is shown every entry. */
export function createJournalTree(
  sizes: ReadonlySet<number>,
  visit: (entry: Entry) => void,
): JournalTree {
  let frontier: Frontier = emptyFrontier
  const roots = new Map<number, Uint8Array>([[0, rootHash(emptyFrontier)]])
  const take = (line: Uint8Array): boolean => {
    const entry = attempt(() => readEntry(line))
    if (entry?.index !== frontier.size) return false
    frontier = addLeaf(frontier, leafHash(line)).frontier
    if (sizes.has(frontier.size)) roots.set(frontier.size, rootHash(frontier))
    visit(entry)
    return true
  }
  return {
    get size() {
      return frontier.size
    },
    rootAt: (size) => (size === frontier.size ? rootHash(frontier) : roots.get(size)),
    add(segment) {
      for (const line of entryLines(segment)) {
        if (line === undefined || !take(line)) return false
      }
      return true
    },
  }
}

const decoder = new TextDecoder()

/** The lines of all frames; undefined where the bytes are no segment any more. An incomplete last frame was never answered. */
function* entryLines(segment: Uint8Array): Generator<Uint8Array | undefined> {
  let { line, next } = lineAt(segment, 0)
  if (!decoder.decode(line).startsWith('sealbox-journal/1 ')) {
    yield undefined
    return
  }
  while (next < segment.length) {
    ;({ line, next } = lineAt(segment, next))
    const [word, , , bytes = ''] = decoder.decode(line).split(' ')
    if (word !== 'sealbox-commit/1' || !/^\d{1,12}$/.test(bytes)) {
      yield undefined
      return
    }
    const end = next + Number(bytes)
    if (end > segment.length) return
    while (next < end) {
      ;({ line, next } = lineAt(segment, next))
      yield line
    }
  }
}

function lineAt(bytes: Uint8Array, at: number): { line: Uint8Array; next: number } {
  const found = bytes.indexOf(0x0a, at)
  const end = found === -1 ? bytes.length : found
  return { line: bytes.subarray(at, end), next: end + 1 }
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined // no JSON
  }
}

/** The one mutable state that the writer of a journal moves and its readers follow. */
import type { Frontier } from './merkle.ts'
import type { Entry, JournalState } from './types.ts'

export interface LiveJournal {
  state: JournalState
  /** The tree over all entries that were answered. */
  readonly frontier: Frontier
  /** Records of the journal's own whose batch failed, by key. */
  readonly unapplied: Map<string, Uint8Array>
  /** The last entries, for who follows: they need not be read back from the disk at once. */
  readonly recent: ReadonlyMap<number, Entry>
  /** Shows new entries to the readers. */
  advance(frontier: Frontier, entries: readonly { readonly entry: Entry }[]): void
  /** Wakes all who wait, for good. */
  close(): void
  /** Resolves false at once if closed; else true as soon as there are more than `size` entries, false on close or abort. */
  moreThan(size: number, signal: AbortSignal): Promise<boolean>
}

/** Entries kept; each has 64 KiB at most, and is small. */
const maxRecent = 64

/** A journal whose tree is `frontier` now. */
export function createLive(start: Frontier): LiveJournal {
  let frontier = start
  let closed = false
  const waiting = new Set<() => void>()
  const recent = new Map<number, Entry>()
  const wake = (): void => {
    for (const go of waiting) go()
  }
  return {
    state: 'running',
    unapplied: new Map(),
    recent,
    get frontier() {
      return frontier
    },
    advance(next, entries) {
      for (const { entry } of entries.slice(-maxRecent)) recent.set(entry.index, entry)
      frontier = next
      for (const index of recent.keys()) {
        if (index >= frontier.size - maxRecent) break
        recent.delete(index)
      }
      wake()
    },
    close() {
      closed = true
      wake()
    },
    async moreThan(size, signal) {
      while (!closed && !signal.aborted) {
        if (frontier.size > size) return true
        await new Promise<void>((resolve) => {
          const go = (): void => {
            waiting.delete(go)
            signal.removeEventListener('abort', go)
            resolve()
          }
          waiting.add(go)
          signal.addEventListener('abort', go)
        })
      }
      return false
    },
  }
}

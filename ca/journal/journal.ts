/** Opens the journal: recovery, then one writer and its readers (design 4). The default implementation of the port `Journal`. */
import type { Random } from '../random.ts'
import type { JournalClock } from '../time/guard.ts'
import type { JournalFiles } from './files.ts'
import { createLive } from './live.ts'
import { foldTable } from './projection.ts'
import { createReader } from './reader.ts'
import { recover, reopen } from './recover.ts'
import type { Fold, Journal } from './types.ts'
import { createViews, type Store } from './views.ts'
import { createWriter } from './writer.ts'

/** A segment is closed at this size: small enough to copy and hash at once, large enough that there are few. */
export const defaultSegmentBytes = 64 * 1024 * 1024

/** What holds a journal, and what turns its entries into views. */
export interface JournalStorage {
  readonly files: JournalFiles
  /** Nobody else may write to it. Stays open when the journal closes. */
  readonly store: Store
  readonly folds: readonly Fold[]
  /** Raised whenever a fold changes; other views are rebuilt at the next start. */
  readonly foldsVersion: number
}

export interface JournalOptions extends JournalStorage {
  readonly clock: JournalClock
  readonly random: Random
  readonly segmentBytes?: number
}

/** A journal, and what opening it took. */
export interface OpenedJournal extends Journal {
  readonly recovery: Recovery
}

export interface Recovery {
  /** Bytes of an incomplete last frame that were cut off; nobody was answered for them. */
  readonly cutBytes: number
  /** Entries folded into the views while opening. */
  readonly replayedEntries: number
  /** Whether the views were made anew. */
  readonly rebuilt: boolean
}

/** Opens the journal in `files`, which may be empty. Throws `JOURNAL_DAMAGED` or `JOURNAL_BEHIND_VIEWS`. */
export async function openJournal(options: JournalOptions): Promise<OpenedJournal> {
  const { files, store, folds, segmentBytes = defaultSegmentBytes } = options
  const table = foldTable(folds)
  const { end, frontier, replayedEntries, rebuilt } =
    (await reopen({ ...options, table })) ?? (await recover({ ...options, table, rebuild: false }))
  const live = createLive(frontier)
  const writer = createWriter({ ...options, table, segmentBytes, live, end })
  return {
    recovery: { cutBytes: end.cutBytes, replayedEntries, rebuilt },
    views: createViews(store),
    ...createReader({ files, store, live }),
    get state() {
      return live.state
    },
    get size() {
      return live.frontier.size
    },
    commit: (commit) => writer.commit(commit),
    async close() {
      await writer.close()
      live.close()
      await files.close()
    },
  }
}

/** Clears the views and makes them anew from the journal, which must not be open. Throws `JOURNAL_DAMAGED`. */
export async function rebuildViews(storage: JournalStorage): Promise<Recovery> {
  const { end, replayedEntries, rebuilt } = await recover({
    ...storage,
    table: foldTable(storage.folds),
    rebuild: true,
  })
  return { cutBytes: end.cutBytes, replayedEntries, rebuilt }
}

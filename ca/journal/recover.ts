/**
 * Brings the views to where the journal is: checks every frame, folds what they lack by the same code as live commits, cuts off
 * an incomplete last frame. Recovery after a crash, catching up after `read-only`, and rebuilding are this one function.
 * After a close in order nothing is lacking: then only the last frames are read, and the rest is left to the scrub.
 */
import type { Sha256 } from '../bytes.ts'
import { CaError } from '../errors.ts'
import { readEntry } from './entry.ts'
import type { JournalFiles } from './files.ts'
import { noFrame, segmentName, type Frame, type Position } from './frame.ts'
import { keys } from './keyspace.ts'
import { emptyFrontier, type Frontier } from './merkle.ts'
import { createProjection, type FoldTable } from './projection.ts'
import { loadFrontier } from './reader.ts'
import {
  appliedOperation,
  entryOperations,
  readApplied,
  readClosed,
  type LocatedEntry,
} from './records.ts'
import { scanJournal, type JournalEnd } from './scan.ts'
import type { Store } from './views.ts'
import { maxGroupBytes, maxGroupCommits, writeBatch } from './writer.ts'

/**
 * Entries before `applied` whose records must all be there. The store is synced every `syncEveryEntries`; should the machine lose a
 * batch among those since, but not the ones after it (LevelDB drops what it cannot read of its log), the gap shows here.
 */
const checkedEntries = 65_536

export interface RecoverOptions {
  readonly files: JournalFiles
  readonly store: Store
  readonly table: FoldTable
  readonly foldsVersion: number
  /** Make all views anew, whatever they say of themselves. */
  readonly rebuild: boolean
}

export interface Recovered {
  readonly end: JournalEnd
  readonly frontier: Frontier
  readonly replayedEntries: number
  readonly rebuilt: boolean
}

/**
 * Where a journal that was closed in order ends, with its views; undefined unless they agree to the byte. The mark of the close is taken
 * away first, through to the disk: whatever ends this run, the next one finds none but its own.
 */
export async function reopen(
  options: Omit<RecoverOptions, 'rebuild'>,
): Promise<Recovered | undefined> {
  const { files, store } = options
  const stored = await store.get(keys.closed)
  if (stored === undefined) return undefined
  await writeBatch(store, [{ type: 'del', key: keys.closed }], true)
  const from = readClosed(stored)
  const usable = from && (await usableViews(options))
  if (!usable) return undefined
  try {
    const end = await scanJournal(files, () => undefined, from)
    const { index, head } = usable.position
    const isSame = end.position.index === index && end.position.head === head && end.cutBytes === 0
    return isSame
      ? { end, frontier: usable.frontier, replayedEntries: 0, rebuilt: false }
      : undefined
  } catch (error) {
    // Reading all of it names the damage.
    if (error instanceof CaError && error.code === 'JOURNAL_DAMAGED') return undefined
    throw error
  }
}

/** Throws `JOURNAL_DAMAGED`, or `JOURNAL_BEHIND_VIEWS` if the views know of commits that the journal has not. */
export async function recover(options: RecoverOptions): Promise<Recovered> {
  const { files, store } = options
  const usable = options.rebuild ? undefined : await usableViews(options)
  if (usable === undefined) await clearViews(store)
  const start = usable ?? { position: { index: 0, head: noFrame }, frontier: emptyFrontier }
  const replay = createReplay(options, start.frontier)

  let known: Sha256 | undefined = start.position.index === 0 ? noFrame : undefined
  const end = await scanJournal(files, async (frame, segment) => {
    if (frame.next.index === start.position.index) known = frame.next.head
    if (frame.firstIndex >= start.position.index) await replay.add(frame, segment)
  })
  if (known !== start.position.head) throw behindViews(start.position.index, end.position.index)
  await replay.flush()
  if (end.cutBytes > 0) {
    // Crash here: the same incomplete frame is found and cut again.
    await files.truncate(segmentName(end.segment), end.length)
  }
  return {
    end,
    frontier: replay.frontier(),
    replayedEntries: end.position.index - start.position.index,
    rebuilt: usable === undefined && end.position.index > 0,
  }
}

/** Where the views are, or undefined if they are to be rebuilt: no mark, other folds, or something missing. */
async function usableViews({
  store,
  foldsVersion,
}: Pick<RecoverOptions, 'store' | 'foldsVersion'>): Promise<
  { position: Position; frontier: Frontier } | undefined
> {
  const stored = await store.get(keys.applied)
  const applied = stored === undefined ? undefined : readApplied(stored)
  if (applied?.foldsVersion !== foldsVersion) return undefined
  if (!(await hasEntryRecords(store, applied.size))) return undefined
  try {
    const frontier = await loadFrontier(store, applied.size)
    return { position: { index: applied.size, head: applied.head }, frontier }
  } catch (error) {
    if (error instanceof CaError && error.code === 'VIEW_DAMAGED') return undefined
    throw error
  }
}

async function hasEntryRecords(store: Store, size: number): Promise<boolean> {
  let next = Math.max(0, size - checkedEntries)
  const range = { gte: keys.entry(next), lte: keys.entry(Number.MAX_SAFE_INTEGER) }
  for await (const key of store.keys(range)) {
    if (key !== keys.entry(next)) return false
    next++
  }
  return next === size
}

async function clearViews(store: Store): Promise<void> {
  // The mark goes first and through to the disk: whatever of the clearing a crash leaves undone is then done again.
  await writeBatch(store, [{ type: 'del', key: keys.applied }], true)
  await store.clear()
}

interface Replay {
  add(frame: Frame, segment: number): Promise<void>
  flush(): Promise<void>
  frontier(): Frontier
}

/** Folds frames in groups of the size that live commits have. */
function createReplay({ store, table, foldsVersion }: RecoverOptions, start: Frontier): Replay {
  let frontier = start
  let frames: LocatedEntry[][] = []
  let bytes = 0
  let last: Position | undefined

  async function flush(): Promise<void> {
    if (last === undefined) return
    const projection = createProjection(store, table)
    for (const entries of frames) await projection.fold(entries.map(({ entry }) => entry))
    const added = entryOperations(frontier, frames.flat())
    const applied = { size: last.index, head: last.head, foldsVersion }
    const operations = [...projection.operations(), ...added.operations, appliedOperation(applied)]
    await writeBatch(store, operations, true)
    // Crash here: the views are whole up to `last`; the next start goes on from there.
    frontier = added.frontier
    frames = []
    bytes = 0
    last = undefined
  }

  return {
    async add(frame, segment) {
      frames.push(frame.lines.map((line) => ({ entry: readEntry(line.bytes), segment, ...line })))
      bytes += frame.lines.reduce((sum, line) => sum + line.bytes.length, 0)
      last = frame.next
      if (frames.length >= maxGroupCommits || bytes >= maxGroupBytes) await flush()
    },
    flush,
    frontier: () => frontier,
  }
}

function behindViews(views: number, journal: number): CaError {
  return new CaError(
    'JOURNAL_BEHIND_VIEWS',
    `the views know of ${String(views)} entries that this journal of ${String(journal)} does not continue: a segment was lost, cut or exchanged`,
    { details: { views, journal } },
  )
}

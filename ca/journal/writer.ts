/**
 * The single writer: collects concurrent commits into groups, checks their expectations, appends a group with one `fdatasync`,
 * folds it into the views, answers. Commit points are marked with what is true if we crash there.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { CaError } from '../errors.ts'
import type { Random } from '../random.ts'
import type { JournalClock } from '../time/guard.ts'
import type { Leaf } from './entry.ts'
import type { JournalFiles } from './files.ts'
import { maxHeaderBytes, segmentName, type Position } from './frame.ts'
import {
  decideGroup,
  frameGroup,
  prepareCommit,
  type Decision,
  type PreparedCommit,
} from './group.ts'
import type { LiveJournal } from './live.ts'
import { createProjection, type FoldTable, type Projection } from './projection.ts'
import { appliedOperation, closedOperation, entryOperations, type LocatedEntry } from './records.ts'
import type { JournalEnd } from './scan.ts'
import type { Commit, Entry, EntryDraft } from './types.ts'
import type { Operation, Store } from './views.ts'

/** Commits of one group; beyond this a failed write would refuse too many at once. */
export const maxGroupCommits = 512
/** Bytes of one group: what a disk writes within some tens of milliseconds. A larger commit is a group of its own. */
export const maxGroupBytes = 8 * 1024 * 1024
/** After so many entries the store is asked to sync, so that recovery never has more than a few thousand to replay. */
export const syncEveryEntries = 4096

export interface WriterOptions {
  readonly files: JournalFiles
  readonly store: Store
  readonly table: FoldTable
  readonly foldsVersion: number
  readonly clock: JournalClock
  readonly random: Random
  readonly segmentBytes: number
  readonly live: LiveJournal
  /** Where the segments end; segment 0 where there is none yet. */
  readonly end: Pick<JournalEnd, 'position' | 'segment' | 'length' | 'lastFrame'>
}

export interface Writer {
  commit(commit: Commit): Promise<readonly Entry[]>
  /** Refuses further commits, waits for those handed in, and marks that the journal was closed in order, if it was. */
  close(): Promise<void>
}

interface Pending extends PreparedCommit {
  readonly answer: (entries: readonly Entry[]) => void
  readonly refuse: (error: unknown) => void
}

/** The one writer of a journal. */
export function createWriter(options: WriterOptions): Writer {
  const { files, store, table, foldsVersion, clock, random, segmentBytes, live } = options
  let { position, segment, length, lastFrame: lastFrames } = options.end
  const queue: Pending[] = []
  let pumping: Promise<void> | undefined
  let closing = false
  let unsynced = 0

  async function commit(draft: Commit): Promise<readonly Entry[]> {
    const prepared = prepareCommit(draft)
    if (closing) throw new CaError('JOURNAL_STOPPED', 'the journal is closed')
    refuseUnlessRunning(live)
    return new Promise((answer, refuse) => {
      queue.push({ ...prepared, answer, refuse })
      pumping ??= pump()
    })
  }

  async function pump(): Promise<void> {
    // A turn of the event loop lets all who were just answered, or woke together, join the next group.
    await nextTurn()
    while (queue.length > 0) {
      const at = clock.now()
      const group = tellFirst(takeGroup(queue), clock.untold?.())
      try {
        refuseUnlessRunning(live)
        await writeGroup(group, at)
      } catch (error) {
        // Not running any more; or a failure that nobody foresaw, after which it is safer not to.
        if (live.state === 'running') live.state = 'stopped'
        const answer = error instanceof CaError ? error : stopped(error)
        for (const { refuse } of [...group, ...queue.splice(0)]) refuse(answer)
      }
      await nextTurn()
    }
    pumping = undefined
  }

  async function writeGroup(group: Pending[], at: Date): Promise<void> {
    const projection = createProjection(store, table)
    const { index } = position
    let decisions: Decision[]
    try {
      const timeUnconfirmed = clock.state === 'held'
      decisions = await decideGroup(group, {
        ...{ projection, table, index, random },
        ...{ at, timeUnconfirmed },
      })
    } catch (error) {
      // The store could not be read. Nothing was written: the commits are refused, the journal goes on.
      for (const { refuse } of group) refuse(error)
      return
    }
    const accepted = decisions.flatMap((one) => ('leaves' in one ? [one.leaves] : []))
    if (accepted.length > 0) {
      rollBefore(accepted)
      const { bytes, located, next, firstFrame } = frameGroup(accepted, {
        position,
        segment,
        length,
      })
      try {
        await append(bytes)
      } catch (cause) {
        // What reached the disk is unknown, and after a failed fdatasync stays so: no further write may follow it.
        live.state = 'stopped'
        for (const { refuse } of group) refuse(stopped(cause))
        return
      }
      lastFrames = firstFrame
      // Crash before this line: the next start reads the hold from the journal.
      if (group[0]?.entries[0]?.type === heldType) clock.told?.()
      await apply(located, next, projection)
    }
    // A refusal too waits for the disk: what it was refused for may stand in the same group.
    for (const [at, decision] of decisions.entries()) {
      if ('leaves' in decision) group[at]?.answer(decision.leaves.map(({ entry }) => entry))
      else group[at]?.refuse(decision.error)
    }
  }

  /** Goes on to a new segment if the commits do not fit the present one. */
  function rollBefore(commits: readonly (readonly Leaf[])[]): void {
    const bytes = commits.flat().reduce((sum, leaf) => sum + leaf.bytes.length + 1, 0)
    const size = bytes + commits.length * maxHeaderBytes
    if (segment > 0 && (length === 0 || length + size <= segmentBytes)) return
    segment += 1
    length = 0
  }

  async function append(bytes: Uint8Array): Promise<void> {
    const name = segmentName(segment)
    if (length === 0 && !(await files.list()).includes(name)) await files.create(name)
    // Crash here: an empty last segment. Recovery writes its header with the next group. Nothing was answered.
    await files.append(name, bytes)
    // Crash before this line: whole frames of the group may stand, the last one perhaps in part, which recovery cuts off.
    // The commits of whole frames stand though nobody was answered. Crash after it: all stand; recovery folds them.
    length += bytes.length
  }

  /** Writes the views of a durable group. Does not fail: what is in the journal is done. */
  async function apply(
    located: readonly LocatedEntry[],
    next: Position,
    projection: Projection,
  ): Promise<void> {
    const { operations, frontier } = entryOperations(live.frontier, located)
    unsynced += located.length
    const batch: Operation[] = [
      ...projection.operations(),
      ...operations,
      appliedOperation({ size: next.index, head: next.head, foldsVersion }),
    ]
    try {
      // No sync: if the machine loses the batch, it loses `applied` with it, and replay makes both again.
      await writeBatch(store, batch, unsynced >= syncEveryEntries)
      if (unsynced >= syncEveryEntries) unsynced = 0
    } catch {
      // The act stands and is answered; entries and proofs are read from memory until a restart catches up.
      live.state = 'read-only'
      for (const operation of operations) {
        if (operation.type === 'put') live.unapplied.set(operation.key, operation.value)
      }
    }
    // Crash here: journal and views agree, the answer is lost. The caller finds its act when it looks.
    position = next
    live.advance(frontier, located)
  }

  return {
    commit,
    async close() {
      closing = true
      await pumping
      // Behind a failure the next opening reads everything; so it does if this mark cannot be written.
      if (live.state !== 'running' || lastFrames === undefined) return
      await writeBatch(store, [closedOperation(lastFrames)], true).catch(() => undefined)
    },
  }
}

/** Takes the commits of the next group out of the queue. */
function takeGroup(queue: Pending[]): Pending[] {
  let bytes = 0
  const end = queue.findIndex((pending, at) => {
    bytes += pending.bytes
    return at >= maxGroupCommits || (at > 0 && bytes > maxGroupBytes)
  })
  return queue.splice(0, end === -1 ? queue.length : end)
}

function refuseUnlessRunning({ state }: LiveJournal): void {
  if (state === 'stopped') throw stopped()
  if (state === 'read-only') {
    throw new CaError('JOURNAL_READ_ONLY', 'views could not be written; a restart catches up')
  }
}

const heldType = 'clock.held'

/**
 * A hold is told before the first entry that is marked for it: who tells it goes to the front, or else the writer does by itself.
 */
function tellFirst(group: readonly Pending[], untold: EntryDraft | undefined): Pending[] {
  if (untold === undefined) return [...group]
  const tellers = group.filter(({ entries }) => entries[0]?.type === heldType)
  const others = group.filter((pending) => !tellers.includes(pending))
  const nobody = (): void => undefined
  const own = { ...prepareCommit({ entries: [untold] }), answer: nobody, refuse: nobody }
  return [...(tellers.length > 0 ? tellers : [own]), ...others]
}

/** Writes one batch, with `sync` through to the disk. */
export async function writeBatch(
  store: Store,
  operations: readonly Operation[],
  sync: boolean,
): Promise<void> {
  // `sync` is an option of LevelDB; other engines ignore it.
  const options: { readonly keyEncoding: 'utf8'; readonly sync: boolean } = {
    keyEncoding: 'utf8',
    sync,
  }
  await store.batch([...operations], options)
}

function stopped(cause?: unknown): CaError {
  return new CaError('JOURNAL_STOPPED', 'the journal could not be written; restart', { cause })
}

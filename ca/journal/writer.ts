/**
 * The single writer: collects concurrent commits into groups, checks their expectations, appends a group with one `fdatasync`,
 * folds it into the views, answers. Commit points are marked with what is true if we crash there.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { toHex } from '../bytes.ts'
import type { Clock } from '../clock.ts'
import { CaError } from '../errors.ts'
import type { Random } from '../random.ts'
import {
  completeEntry,
  maxCommitEntries,
  prepareEntry,
  type Leaf,
  type PreparedEntry,
} from './entry.ts'
import type { JournalFiles } from './files.ts'
import { encodeFrame, segmentHeader, segmentName, type Position } from './frame.ts'
import { isViewKey } from './keyspace.ts'
import type { LiveJournal } from './live.ts'
import { createProjection, foldReads, type FoldTable, type Projection } from './projection.ts'
import { appliedOperation, entryOperations, type LocatedEntry } from './records.ts'
import type { Commit, Entry, Expectation } from './types.ts'
import type { Operation, Store } from './views.ts'

/** Commits of one group; beyond this a failed write would refuse too many at once. */
export const maxGroupCommits = 512
/** Bytes of one group: what a disk writes within some tens of milliseconds. A larger commit is a group of its own. */
export const maxGroupBytes = 8 * 1024 * 1024
const saltBytes = 16

/** Expectations of one commit. */
export const maxExpectations = 4096
/** After so many entries the store is asked to sync, so that recovery never has more than a few thousand to replay. */
export const syncEveryEntries = 4096

export interface WriterOptions {
  readonly files: JournalFiles
  readonly store: Store
  readonly table: FoldTable
  readonly foldsVersion: number
  readonly clock: Clock
  readonly random: Random
  readonly segmentBytes: number
  readonly live: LiveJournal
  /** Where the segments end; segment 0 where there is none yet. */
  readonly end: { readonly position: Position; readonly segment: number; readonly length: number }
}

export interface Writer {
  commit(commit: Commit): Promise<readonly Entry[]>
  /** Refuses further commits and waits for those handed in. */
  close(): Promise<void>
}

interface Pending {
  readonly entries: readonly PreparedEntry[]
  readonly expect: readonly Expectation[]
  readonly bytes: number
  readonly answer: (entries: readonly Entry[]) => void
  readonly refuse: (error: unknown) => void
}

/** A commit of a group after its expectations were checked. */
type Decided =
  | { readonly pending: Pending; readonly leaves: readonly Leaf[] }
  | { readonly pending: Pending; readonly error: unknown }

/** The one writer of a journal. */
export function createWriter(options: WriterOptions): Writer {
  const { files, store, table, foldsVersion, clock, random, segmentBytes, live } = options
  let { position, segment, length } = options.end
  const queue: Pending[] = []
  let pumping: Promise<void> | undefined
  let closing = false
  let unsynced = 0

  async function commit(draft: Commit): Promise<readonly Entry[]> {
    const prepared = prepareCommit(draft)
    if (closing) throw new CaError('JOURNAL_STOPPED', 'the journal is closed')
    refuseUnlessRunning()
    return new Promise((answer, refuse) => {
      queue.push({ ...prepared, answer, refuse })
      pumping ??= pump()
    })
  }

  function refuseUnlessRunning(): void {
    if (live.state === 'stopped') throw stopped()
    if (live.state === 'read-only') {
      throw new CaError('JOURNAL_READ_ONLY', 'views could not be written; a restart catches up')
    }
  }

  async function pump(): Promise<void> {
    // A turn of the event loop lets all who were just answered, or woke together, join the next group.
    await nextTurn()
    while (queue.length > 0) {
      const group = takeGroup()
      try {
        refuseUnlessRunning()
        await writeGroup(group)
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

  function takeGroup(): Pending[] {
    let bytes = 0
    const end = queue.findIndex((pending, at) => {
      bytes += pending.bytes
      return at >= maxGroupCommits || (at > 0 && bytes > maxGroupBytes)
    })
    return queue.splice(0, end === -1 ? queue.length : end)
  }

  async function writeGroup(group: Pending[]): Promise<void> {
    const projection = createProjection(store, table)
    let decided: Decided[]
    try {
      decided = await decide(group, projection)
    } catch (error) {
      // The store could not be read. Nothing was written: the commits are refused, the journal goes on.
      for (const { refuse } of group) refuse(error)
      return
    }
    const accepted = decided.flatMap((one) => ('leaves' in one ? [one.leaves] : []))
    if (accepted.length > 0) {
      const frames = frameGroup(accepted)
      try {
        await append(frames.bytes)
      } catch (cause) {
        // What reached the disk is unknown, and after a failed fdatasync stays so: no further write may follow it.
        live.state = 'stopped'
        for (const { refuse } of group) refuse(stopped(cause))
        return
      }
      await apply(frames.located, frames.next, projection)
    }
    // A refusal too waits for the disk: what it was refused for may stand in the same group.
    for (const one of decided) {
      if ('leaves' in one) one.pending.answer(one.leaves.map(({ entry }) => entry))
      else one.pending.refuse(one.error)
    }
  }

  /** Gives the commits that may stand their indexes, in the order in which they came. Writes nothing. */
  async function decide(group: readonly Pending[], projection: Projection): Promise<Decided[]> {
    const time = clock.now().toISOString()
    const salts = createSalts(group, random)
    const complete = (pending: Pending, index: number): Leaf[] =>
      pending.entries.map((entry, at) =>
        completeEntry(entry, { index: index + at, time, salt: salts(entry) }),
      )
    // Most groups have no refusals: with the indexes they then get, all their keys are loaded by one read.
    let guess = position.index
    const guessed = group.map((pending) => {
      const leaves = complete(pending, guess)
      guess += leaves.length
      return leaves
    })
    await projection.prefetch(wantedKeys(group, guessed, table))

    const decided: Decided[] = []
    let index = position.index
    for (const [at, pending] of group.entries()) {
      let leaves = guessed[at] ?? []
      if (leaves[0]?.entry.index !== index) leaves = complete(pending, index)
      try {
        await expectVersions(pending.expect, projection)
        await foldCommit(leaves, projection)
      } catch (error) {
        decided.push({ pending, error })
        continue
      }
      index += leaves.length
      decided.push({ pending, leaves })
    }
    return decided
  }

  /** Frames the commits; rolls to a new segment first if they do not fit the present one. */
  function frameGroup(commits: readonly (readonly Leaf[])[]): {
    bytes: Uint8Array
    located: LocatedEntry[]
    next: Position
  } {
    let next = position
    const frames = commits.map((leaves) => {
      const frame = encodeFrame(
        next,
        leaves.map(({ bytes }) => bytes),
      )
      next = frame.next
      return frame
    })
    const size = frames.reduce((sum, { bytes }) => sum + bytes.length, 0)
    if (segment === 0 || (length > 0 && length + size > segmentBytes)) {
      segment += 1
      length = 0
    }
    const head = length === 0 ? [segmentHeader(segment, position.index)] : []
    let offset = length + (head[0]?.length ?? 0)
    const located = frames.flatMap((frame, at) => {
      const start = offset
      offset += frame.bytes.length
      return (commits[at] ?? []).map((leaf, line) => ({
        ...leaf,
        segment,
        offset: start + (frame.lineOffsets[line] ?? 0),
      }))
    })
    return { bytes: Buffer.concat([...head, ...frames.map(({ bytes }) => bytes)]), located, next }
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
    live.advance(frontier)
  }

  return {
    commit,
    async close() {
      closing = true
      await pumping
    },
  }
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

function prepareCommit({ entries, expect = [] }: Commit): {
  entries: PreparedEntry[]
  expect: Expectation[]
  bytes: number
} {
  if (
    entries.length === 0 ||
    entries.length > maxCommitEntries ||
    expect.length > maxExpectations
  ) {
    throw new CaError('JOURNAL_ENTRY_REFUSED', 'a commit has too few or too many parts', {
      details: { entries: entries.length, expectations: expect.length },
    })
  }
  if (!expect.every(({ key }) => isViewKey(key))) {
    throw new CaError('JOURNAL_ENTRY_REFUSED', 'an expectation has no key of a view')
  }
  const prepared = entries.map(prepareEntry)
  const bytes = prepared.reduce((sum, one) => sum + one.beforeIndex.length, 0)
  return { entries: prepared, expect: expect.map((one) => ({ ...one })), bytes }
}

/** A salt for each entry of a group, all drawn at once. */
function createSalts(group: readonly Pending[], random: Random): (entry: PreparedEntry) => string {
  const entries = group.flatMap((pending) => pending.entries)
  const drawn = toHex(random(saltBytes * entries.length))
  const salts = new Map(
    entries.map((entry, at) => [entry, drawn.slice(2 * saltBytes * at, 2 * saltBytes * (at + 1))]),
  )
  return (entry) => salts.get(entry) ?? ''
}

function wantedKeys(
  group: readonly Pending[],
  leaves: readonly (readonly Leaf[])[],
  table: FoldTable,
): string[] {
  return [
    ...group.flatMap(({ expect }) => expect.map(({ key }) => key)),
    ...leaves.flat().flatMap(({ entry }) => {
      try {
        return foldReads(table, entry)
      } catch {
        return [] // Its own commit will be refused for it.
      }
    }),
  ]
}

async function expectVersions(
  expect: readonly Expectation[],
  projection: Projection,
): Promise<void> {
  for (const { key, version } of expect) {
    const found = await projection.version(key)
    if (found !== version) {
      throw new CaError('JOURNAL_CONFLICT', 'what the commit was decided on has changed', {
        details: { key, expected: version, found },
      })
    }
  }
}

async function foldCommit(leaves: readonly Leaf[], projection: Projection): Promise<void> {
  try {
    await projection.fold(leaves.map(({ entry }) => entry))
  } catch (cause) {
    if (cause instanceof CaError) throw cause
    // An entry that its fold cannot take would stop every replay: it must not get into the journal.
    throw new CaError('JOURNAL_ENTRY_REFUSED', 'a fold could not take the entry', {
      details: { types: leaves.map(({ entry }) => entry.type) },
      cause,
    })
  }
}

function stopped(cause?: unknown): CaError {
  return new CaError('JOURNAL_STOPPED', 'the journal could not be written; restart', { cause })
}

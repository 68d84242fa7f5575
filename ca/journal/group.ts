/**
 * What a group of commits becomes: which of them may stand, under which indexes, in which bytes. Decides; the writer writes.
 */
import { toHex } from '../bytes.ts'
import { CaError } from '../errors.ts'
import type { Random } from '../random.ts'
import {
  completeEntry,
  maxCommitEntries,
  prepareEntry,
  type Leaf,
  type PreparedEntry,
} from './entry.ts'
import { encodeFrame, segmentHeader, type FramePlace, type Position } from './frame.ts'
import { isViewKey } from './keyspace.ts'
import { foldReads, type FoldTable, type Projection } from './projection.ts'
import type { LocatedEntry } from './records.ts'
import type { Commit, Expectation } from './types.ts'

/** Expectations of one commit. */
export const maxExpectations = 4096
const saltBytes = 16

/** A commit whose entries are checked and encoded. */
export interface PreparedCommit {
  readonly entries: readonly PreparedEntry[]
  readonly expect: readonly Expectation[]
  /** About as many as it will have on the disk. */
  readonly bytes: number
}

/** A commit's entries as they will stand, or why it is refused. */
export type Decision = { readonly leaves: readonly Leaf[] } | { readonly error: unknown }

/** Checks and encodes a commit; throws `JOURNAL_ENTRY_REFUSED`. */
export function prepareCommit({ entries, expect = [] }: Commit): PreparedCommit {
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

/**
 * Gives the commits that may stand their indexes, in the order in which they came, and folds them into `projection`. Writes nothing.
 * Answers one decision a commit, in the same order; rejects only if the store cannot be read.
 */
export async function decideGroup(
  group: readonly PreparedCommit[],
  options: {
    readonly projection: Projection
    readonly table: FoldTable
    /** Index of the first entry. */
    readonly index: number
    readonly at: Date
    /** Whether `at` is of a clock on hold. */
    readonly timeUnconfirmed: boolean
    readonly random: Random
  },
): Promise<Decision[]> {
  const { projection, table, timeUnconfirmed } = options
  const time = options.at.toISOString()
  const salts = createSalts(group, options.random)
  const complete = (commit: PreparedCommit, index: number): Leaf[] =>
    commit.entries.map((entry, at) =>
      completeEntry(entry, { index: index + at, time, salt: salts(entry), timeUnconfirmed }),
    )
  // Most groups have no refusals: with the indexes they then get, all their keys are loaded by one read.
  let guess = options.index
  const guessed = group.map((commit) => {
    const leaves = complete(commit, guess)
    guess += leaves.length
    return leaves
  })
  await projection.prefetch(wantedKeys(group, guessed, table))

  const decisions: Decision[] = []
  let { index } = options
  for (const [at, commit] of group.entries()) {
    let leaves = guessed[at] ?? []
    if (leaves[0]?.entry.index !== index) leaves = complete(commit, index)
    try {
      await expectVersions(commit.expect, projection)
      await foldCommit(leaves, projection)
    } catch (error) {
      decisions.push({ error })
      continue
    }
    index += leaves.length
    decisions.push({ leaves })
  }
  return decisions
}

/** The bytes of a group, where each of its entries will stand, and the position after it. */
export function frameGroup(
  commits: readonly (readonly Leaf[])[],
  options: {
    readonly position: Position
    readonly segment: number
    /** Length of the segment; of an empty one the group begins with its header. */
    readonly length: number
  },
): { bytes: Uint8Array; located: LocatedEntry[]; next: Position; firstFrame: FramePlace } {
  const { position, segment, length } = options
  const parts: Uint8Array[] = length === 0 ? [segmentHeader(segment, position.index)] : []
  const located: LocatedEntry[] = []
  let offset = length + (parts[0]?.length ?? 0)
  const firstFrame = { segment, offset, position }
  let next = position
  for (const leaves of commits) {
    const lines = leaves.map(({ bytes }) => bytes)
    const frame = encodeFrame(next, lines)
    for (const [line, leaf] of leaves.entries()) {
      located.push({ ...leaf, segment, offset: offset + (frame.lineOffsets[line] ?? 0) })
    }
    parts.push(frame.bytes)
    offset += frame.bytes.length
    next = frame.next
  }
  return { bytes: Buffer.concat(parts), located, next, firstFrame }
}

/** A salt for each entry of a group, all drawn at once. */
function createSalts(
  group: readonly PreparedCommit[],
  random: Random,
): (entry: PreparedEntry) => string {
  const entries = group.flatMap((pending) => pending.entries)
  const drawn = toHex(random(saltBytes * entries.length))
  const salts = new Map(
    entries.map((entry, at) => [entry, drawn.slice(2 * saltBytes * at, 2 * saltBytes * (at + 1))]),
  )
  return (entry) => salts.get(entry) ?? ''
}

function wantedKeys(
  group: readonly PreparedCommit[],
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

/** Reads a journal as an auditor does: from its segments alone, without views, changing nothing. */
import { equal } from '../bytes.ts'
import { CaError } from '../errors.ts'
import { entryObjection } from './entry.ts'
import type { JournalFiles } from './files.ts'
import { damaged, segmentName, type Frame } from './frame.ts'
import { addLeaf, emptyFrontier, leafHash, rootHash, type Frontier } from './merkle.ts'
import { sha256 } from './records.ts'
import { scanJournal } from './scan.ts'
import type { TreeHead } from './types.ts'

export type JournalFindingCode =
  /** A frame, a header or an entry is not what was written; what follows it was not read. */
  | 'JOURNAL_DAMAGED'
  /** The last frame is incomplete: a crash before anybody was answered. */
  | 'JOURNAL_INCOMPLETE_END'
  /** The tree at the size of a given head has another root: a fork. */
  | 'JOURNAL_HEAD_DIFFERS'
  /** A given head is larger than the journal. */
  | 'JOURNAL_SHORTER_THAN_HEAD'

export interface JournalFinding {
  readonly code: JournalFindingCode
  readonly severity: 'error' | 'note'
  readonly message: string
  readonly segment?: string
  readonly offset?: number
}

export interface JournalReport {
  /** Whether there is no finding of severity `error`. */
  readonly ok: boolean
  /** Entries read and found right. */
  readonly entries: number
  /** RFC 6962 root over them, 32 bytes. */
  readonly rootHash: Uint8Array
  readonly findings: readonly JournalFinding[]
}

/** Checks names, headers, hashes, chain, indexes and form of all entries, and the tree against known `heads`. */
export async function verifyJournal(options: {
  readonly files: JournalFiles
  readonly heads?: readonly TreeHead[]
}): Promise<JournalReport> {
  const { files, heads = [] } = options
  const findings: JournalFinding[] = heads.flatMap((head) => compareHead(head, emptyFrontier))
  let frontier = emptyFrontier

  function addFrame(frame: Frame, segment: number): void {
    for (const line of frame.lines) {
      const objection = entryObjection(line.bytes, frontier.size)
      if (objection !== undefined) throw damaged(segment, line.offset, `the entry is ${objection}`)
      frontier = addLeaf(frontier, leafHash(line.bytes, sha256), sha256).frontier
      for (const head of heads) findings.push(...compareHead(head, frontier))
    }
  }

  try {
    const end = await scanJournal(files, addFrame)
    if (end.cutBytes > 0) findings.push(incompleteEnd(end))
  } catch (error) {
    if (!(error instanceof CaError) || error.code !== 'JOURNAL_DAMAGED') throw error
    findings.push(damage(error))
  }
  for (const { size } of heads.filter((head) => head.size > frontier.size)) {
    const message = `the journal has ${String(frontier.size)} entries, a known head ${String(size)}`
    findings.push({ code: 'JOURNAL_SHORTER_THAN_HEAD', severity: 'error', message })
  }
  return {
    ok: findings.every(({ severity }) => severity !== 'error'),
    entries: frontier.size,
    rootHash: rootHash(frontier),
    findings,
  }
}

function compareHead(head: TreeHead, frontier: Frontier): JournalFinding[] {
  if (head.size !== frontier.size || equal(head.rootHash, rootHash(frontier))) return []
  const message = `the first ${String(head.size)} entries are not those of a known head`
  return [{ code: 'JOURNAL_HEAD_DIFFERS', severity: 'error', message }]
}

function incompleteEnd(end: { segment: number; length: number; cutBytes: number }): JournalFinding {
  return {
    code: 'JOURNAL_INCOMPLETE_END',
    severity: 'note',
    message: `the last ${String(end.cutBytes)} bytes are an incomplete commit that nobody was answered for`,
    segment: segmentName(end.segment),
    offset: end.length,
  }
}

function damage(error: CaError): JournalFinding {
  const { segment, offset } = error.details
  return {
    code: 'JOURNAL_DAMAGED',
    severity: 'error',
    message: error.message,
    ...(typeof segment === 'string' ? { segment } : {}),
    ...(typeof offset === 'number' ? { offset } : {}),
  }
}

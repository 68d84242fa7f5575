/** A document as one row of a list: what it is, how far it has come, until when, what comes next; made from few small views. Pure. */
import type {
  Copy,
  DocumentHead,
  DocumentNumber,
  DocumentRecord,
  Progress,
  Stage,
} from './types.ts'
import { issuersStep, taskDuties, type NextStep } from './next_step.ts'

export interface DocumentRow {
  readonly id: string
  /** Whether the unit issues it or was sent it. */
  readonly role: 'issuer' | 'recipient'
  readonly head: DocumentHead
  /** null until it is drawn. */
  readonly number: DocumentNumber | null
  readonly stage: Stage
  /** RFC 3339, UTC: drafted, or for a recipient dispatched. */
  readonly at: string
  readonly deadline: string | null
  /** The deadline has passed, and somebody has yet to answer. */
  readonly overdue: boolean
  /** Pages, once they are laid out. */
  readonly pages: number | null
  /** Of joint issuers, how many have done what the stage asks for. */
  readonly joint: { readonly done: number; readonly of: number }
  /** How many recipients have answered; for issuers of a dispatched document. */
  readonly progress: Progress | null
  /** State of the unit's own copy. */
  readonly copy: Copy['state'] | null
  /** What comes next; of a dispatched document its issuer is told no units here, the document's own page has them. */
  readonly next: NextStep | undefined
}

/** A row before the time is known: the same until an entry changes it. */
export type TimelessRow = Omit<DocumentRow, 'overdue'>

/** The row of a document as `unit`, an issuer or a recipient, may see it. */
export function rowFor(
  unit: string,
  of: {
    readonly record: DocumentRecord
    readonly head: DocumentHead
    readonly progress: Progress | undefined
    readonly copy: Copy | undefined
  },
): TimelessRow {
  const { record, head, progress, copy } = of
  const issuing = record.issuers.includes(unit)
  const dispatched = record.stage === 'dispatched' ? record : undefined
  return {
    id: record.id,
    role: issuing ? 'issuer' : 'recipient',
    head,
    number: 'number' in record ? record.number : null,
    stage: record.stage,
    at: issuing ? record.draftedAt : (dispatched?.dispatch.at ?? record.draftedAt),
    deadline: dispatched?.deadline ?? null,
    pages: 'pages' in record ? record.pages : null,
    joint: { done: doneOf(record), of: record.issuers.length },
    progress: issuing ? (progress ?? null) : null,
    copy: copy?.state ?? null,
    next: issuing ? (issuersStep(record) ?? awaited(progress)) : answerOf(copy),
  }
}

/** The row at a time. */
export function rowAt(row: TimelessRow, now: string): DocumentRow {
  const open = row.next?.task === 'sign-for'
  return { ...row, overdue: open && row.deadline !== null && row.deadline < now }
}

function doneOf(record: DocumentRecord): number {
  if (record.stage === 'drafted') return record.approvals.length
  if (record.stage === 'numbered') return record.seals.length
  return record.stage === 'approved' ? 0 : record.issuers.length
}

function awaited(progress: Progress | undefined): NextStep | undefined {
  if (progress === undefined || progress.receipted + progress.returned === progress.of) {
    return undefined
  }
  return { task: 'sign-for', duty: taskDuties['sign-for'], units: [] }
}

function answerOf(copy: Copy | undefined): NextStep | undefined {
  if (copy === undefined || copy.answer !== null) return undefined
  return { task: 'sign-for', duty: taskDuties['sign-for'], units: [copy.unit] }
}

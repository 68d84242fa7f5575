/** What comes next in a document's life, whose act it is, and which duty it needs. Pure. */
import type { Duty } from '../directory/types.ts'
import type { DocumentView } from './read.ts'
import type { Copy, DocumentRecord, TaskName } from './types.ts'

/** The duty a seat needs for each task, as the acts ask for it. */
export const taskDuties = {
  approve: 'approve',
  number: 'file',
  seal: 'seal',
  dispatch: 'seal',
  'sign-for': 'sign-for',
} as const satisfies Record<TaskName, Duty>

export interface NextStep {
  readonly task: TaskName
  readonly duty: Duty
  /** Codes of the units that have yet to do it. */
  readonly units: readonly string[]
}

/** The issuers' next step; undefined once it is dispatched. */
export function issuersStep(record: DocumentRecord): NextStep | undefined {
  const lead = record.issuers.slice(0, 1)
  switch (record.stage) {
    case 'drafted':
      return step('approve', missing(record.issuers, record.approvals))
    case 'approved':
      return step('number', lead)
    case 'numbered':
      return step('seal', missing(record.issuers, record.seals))
    case 'sealed':
      return step('dispatch', lead)
    case 'dispatched':
      return undefined
  }
}

/** The next step as the viewer may know it: an issuer of all recipients, a recipient of its own unit; undefined if there is none. */
export function nextStep(
  view: Pick<DocumentView, 'record' | 'copy' | 'copies'>,
): NextStep | undefined {
  const { record, copy, copies } = view
  if (copies === undefined) return copy && answers([copy])
  return (record && issuersStep(record)) ?? answers(copies)
}

/** Signing for it, by those that have not answered. */
function answers(copies: readonly Copy[]): NextStep | undefined {
  const open = copies.filter(({ answer }) => answer === null)
  return open.length === 0
    ? undefined
    : step(
        'sign-for',
        open.map(({ unit }) => unit),
      )
}

function step(task: TaskName, units: readonly string[]): NextStep {
  return { task, duty: taskDuties[task], units }
}

function missing(
  issuers: readonly string[],
  done: readonly { readonly unit: string }[],
): readonly string[] {
  return issuers.filter((issuer) => !done.some(({ unit }) => unit === issuer))
}

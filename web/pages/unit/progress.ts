/** How far a document has come and what comes next, in a clerk's words, for one seat. Pure. */
import {
  can,
  nextStep,
  unitOf,
  type DocumentRow,
  type DocumentView,
  type Principal,
  type TaskName,
} from '../../../exchange/index.ts'
import { html, type Html } from '../../html.ts'
import type { View } from '../../view.ts'

/** Where a document stands, as a row of a list or a whole view tells it. */
export type Standing = Pick<
  DocumentRow,
  'id' | 'role' | 'stage' | 'joint' | 'progress' | 'copy' | 'overdue' | 'next'
>

/** One step of the ribbon: done, where it stands now, late, or still to come. */
export type Mark = 'd' | 'c' | 'late' | ''

/** What may be done next, and how it is reached. */
export interface Act {
  readonly words: string
  /** Binds, and so is signed in the signer. */
  readonly binds: boolean
  readonly href: string
}

export interface Progress {
  readonly words: string
  readonly marks: readonly Mark[]
  /** What this seat may do now. */
  readonly act: Act | undefined
  /** Who has to act where this seat may not. */
  readonly waitsFor: string | undefined
}

const tasks: Readonly<
  Record<
    TaskName,
    { readonly act: readonly [string, string]; readonly open: readonly [string, string] }
  >
> = {
  approve: { act: ['签发', 'Approve'], open: ['待签发', 'to be approved'] },
  number: { act: ['登记', 'Register'], open: ['待登记', 'to be registered'] },
  seal: { act: ['用印', 'Seal'], open: ['待用印', 'to be sealed'] },
  dispatch: { act: ['发出', 'Dispatch'], open: ['待发出', 'to be dispatched'] },
  'sign-for': { act: ['签收', 'Sign for'], open: ['待签收', 'to be signed for'] },
}

/** What a step is called. */
export function taskWords({ w }: Pick<View, 'w'>, task: TaskName): string {
  return w(...tasks[task].act)
}

export function progressOf(view: View, actor: Principal, standing: Standing): Progress {
  return {
    words: stepWords(view, standing),
    marks: marksOf(standing),
    act: actOf(view, actor, standing),
    waitsFor: waitsFor(view, actor, standing),
  }
}

/** Where a whole view stands; what a recipient may not see stays unknown. */
export function standingOf(
  view: Pick<View, 'now'>,
  actor: Principal,
  document: DocumentView,
): Standing {
  const { id, record, copy, copies, dispatched } = document
  const isIssuer = copies !== undefined
  const next = nextStep(document)
  const isLate =
    next?.task === 'sign-for' &&
    dispatched?.deadline != null &&
    Date.parse(dispatched.deadline) < view.now.getTime()
  const count = (state: string): number =>
    (copies ?? []).filter((one) => one.state === state).length
  const isSent = isIssuer && record?.stage === 'dispatched'
  return {
    id,
    role: isIssuer ? 'issuer' : 'recipient',
    stage: record?.stage ?? 'dispatched',
    joint: jointOf(record),
    progress: isSent
      ? { of: copies.length, receipted: count('receipted'), returned: count('returned') }
      : null,
    copy: copy?.unit === unitOf(actor) ? copy.state : null,
    overdue: isLate,
    next,
  }
}

function jointOf(record: DocumentView['record']): Standing['joint'] {
  const of = record?.issuers.length ?? 1
  if (record?.stage === 'drafted') return { done: record.approvals.length, of }
  return { done: record?.stage === 'numbered' ? record.seals.length : 0, of }
}

function stepWords({ w }: View, { role, copy, progress, next, joint }: Standing): string {
  if (role === 'recipient') {
    if (copy === 'receipted') return w('已签收', 'signed for')
    return copy === 'returned' ? w('已退文', 'returned') : w(...tasks['sign-for'].open)
  }
  if (progress !== null) {
    const count = `${String(progress.receipted)} / ${String(progress.of)}`
    const returned = String(progress.returned)
    return (
      w(`已签收 ${count}`, `signed for ${count}`) +
      (progress.returned > 0 ? w(`，退文 ${returned}`, `, ${returned} returned`) : '')
    )
  }
  if (next === undefined) return w('已办结', 'done')
  const isJoint = joint.of > 1 && (next.task === 'approve' || next.task === 'seal')
  return w(...tasks[next.task].open) + (isJoint ? ` ${String(joint.done)}/${String(joint.of)}` : '')
}

const stages = ['drafted', 'approved', 'numbered', 'sealed', 'dispatched'] as const

function marksOf({ role, stage, copy, next, overdue, progress }: Standing): readonly Mark[] {
  const now: Mark = overdue ? 'late' : 'c'
  if (role === 'recipient') {
    if (copy === 'receipted') return ['d', 'd']
    if (copy === 'returned') return ['d', 'late']
    return copy === 'received' ? ['d', now] : [now, '']
  }
  const at = stages.indexOf(stage)
  return stages.map((_, step) => {
    if (step < at) return 'd'
    if (step > at) return ''
    if (next !== undefined) return now
    // All have answered, but not all have signed for it.
    return progress !== null && progress.returned > 0 ? 'late' : 'd'
  })
}

function actOf(view: View, actor: Principal, { id, next }: Standing): Act | undefined {
  if (next === undefined || !can(actor, next.duty, next.units)) return undefined
  const { task } = next
  const href =
    task === 'number' ? `/documents/${id}#register` : `/signer.html#act=${task}&document=${id}`
  return { words: taskWords(view, task), binds: task !== 'number', href }
}

function waitsFor(
  { w }: View,
  actor: Principal,
  { role, next, progress }: Standing,
): string | undefined {
  if (next === undefined || can(actor, next.duty, next.units)) return undefined
  if (role === 'issuer' && progress !== null) return w('等待收文单位', 'waits for the recipients')
  const isOwn = next.units.includes(unitOf(actor))
  if (!isOwn) return w('等待联合发文单位', 'waits for the joint issuers')
  return next.duty === 'approve'
    ? w('等待本单位领导', 'waits for your leader')
    : w('等待本单位文书', 'waits for your clerk')
}

/** The ribbon under a step's words; for the eye alone, the words say the same. */
export function ribbon(marks: readonly Mark[]): Html {
  return html`<div class="ribbon" aria-hidden="true">
    ${marks.map((mark) => html`<i class="${mark}"></i>`)}
  </div>`
}

/** The button of the next step; what binds opens in the signer's tab, where the unlocked key stays. */
export function actButton(act: Act | undefined, kind = ''): Html | undefined {
  if (act === undefined) return undefined
  const target = act.binds ? html` target="sealbox-signer"` : undefined
  return html`<a class="btn ${kind}" href="${act.href}" ${target} data-next>${act.words}</a>`
}

/** How far a document has come and what comes next, in a clerk's words, for one seat. Pure. */
import {
  can,
  type Copy,
  type DocumentView,
  type Duty,
  type Principal,
} from '../../../exchange/index.ts'
import { html, type Html } from '../../html.ts'
import type { View } from '../../view.ts'

/** One step of the ribbon: done, where it stands now, late, or still to come. */
export type Mark = 'd' | 'c' | 'late' | ''

/** What may be done next, and how it is reached. */
export interface NextStep {
  readonly words: string
  /** Binds, and so is signed in the signer. */
  readonly binds: boolean
  readonly href: string
}

export interface Progress {
  readonly words: string
  readonly marks: readonly Mark[]
  /** What this seat may do now. */
  readonly next: NextStep | undefined
  /** Who has to act where this seat may not. */
  readonly waitsFor: string | undefined
}

type Act = 'approve' | 'number' | 'seal' | 'dispatch' | 'sign-for'

const acts: Readonly<
  Record<Act, { readonly duty: Duty; readonly words: readonly [string, string] }>
> = {
  approve: { duty: 'approve', words: ['签发', 'Approve'] },
  number: { duty: 'file', words: ['登记', 'Register'] },
  seal: { duty: 'seal', words: ['用印', 'Seal'] },
  dispatch: { duty: 'seal', words: ['发出', 'Dispatch'] },
  'sign-for': { duty: 'sign-for', words: ['签收', 'Sign for'] },
}

/** What a step is called. */
export function actWords({ w }: Pick<View, 'w'>, act: Act): string {
  return w(...acts[act].words)
}

/** The address where a step is taken: the signer for what binds, the document's own page for the rest. */
export function actHref(act: Act, id: string): string {
  return act === 'number' ? `/documents/${id}#register` : `/signer.html#act=${act}&document=${id}`
}

/** The step as one may take it, or who has to. */
function nextOf(
  view: View,
  actor: Principal,
  of: { readonly act: Act; readonly id: string; readonly units: readonly string[] },
): Pick<Progress, 'next' | 'waitsFor'> {
  const { act, id, units } = of
  const { duty } = acts[act]
  if (can(actor, duty, units)) {
    const next = { words: actWords(view, act), binds: act !== 'number', href: actHref(act, id) }
    return { next, waitsFor: undefined }
  }
  const { w } = view
  const own = actor.kind === 'seat' && units.includes(actor.unit)
  const post = duty === 'approve' ? w('领导', 'the leader') : w('文书', 'the clerk')
  const waitsFor = own
    ? w(`等待本单位${post}`, `waits for ${post} of your unit`)
    : w('等待联合发文单位', 'waits for the joint issuers')
  return { next: undefined, waitsFor }
}

/** Progress of a document as the actor sees it. */
export function progressOf(view: View, actor: Principal, document: DocumentView): Progress {
  const { record, copy, dispatched } = document
  const unit = actor.kind === 'seat' ? actor.unit : ''
  if (record === undefined || !record.issuers.includes(unit)) {
    return recipientProgress(view, actor, { id: document.id, copy, deadline: dispatched?.deadline })
  }
  const { w } = view
  const open = { id: document.id, units: record.issuers }
  const lead = record.issuers.slice(0, 1)
  switch (record.stage) {
    case 'drafted': {
      const given = record.approvals.map((approval) => approval.unit)
      const missing = record.issuers.filter((issuer) => !given.includes(issuer))
      return {
        words: joint(w('待签发', 'to be approved'), given.length, record.issuers.length),
        marks: ['c', '', '', '', ''],
        ...nextOf(view, actor, { ...open, act: 'approve', units: missing }),
      }
    }
    case 'approved':
      return {
        words: w('待登记', 'to be registered'),
        marks: ['d', 'c', '', '', ''],
        ...nextOf(view, actor, { ...open, act: 'number', units: lead }),
      }
    case 'numbered': {
      const sealed = record.seals.map((seal) => seal.unit)
      const missing = record.issuers.filter((issuer) => !sealed.includes(issuer))
      return {
        words: joint(w('待用印', 'to be sealed'), sealed.length, record.issuers.length),
        marks: ['d', 'd', 'c', '', ''],
        ...nextOf(view, actor, { ...open, act: 'seal', units: missing }),
      }
    }
    case 'sealed':
      return {
        words: w('待发出', 'to be dispatched'),
        marks: ['d', 'd', 'd', 'c', ''],
        ...nextOf(view, actor, { ...open, act: 'dispatch', units: lead }),
      }
    case 'dispatched':
      return dispatchedProgress(view, document.copies ?? [], record.deadline)
  }
}

function joint(words: string, done: number, all: number): string {
  return all === 1 ? words : `${words} ${String(done)}/${String(all)}`
}

function dispatchedProgress(
  view: View,
  copies: readonly Copy[],
  deadline: string | null,
): Progress {
  const { w } = view
  const signed = copies.filter(({ state }) => state === 'receipted').length
  const open = copies.some(({ state }) => state === 'dispatched' || state === 'received')
  const mark: Mark = !open ? 'd' : isLate(view, deadline) ? 'late' : 'c'
  const count = `${String(signed)} / ${String(copies.length)}`
  return {
    words: w(`已签收 ${count}`, `signed for ${count}`),
    marks: ['d', 'd', 'd', 'd', mark],
    next: undefined,
    waitsFor: open ? w('等待收文单位', 'waits for the recipients') : undefined,
  }
}

function recipientProgress(
  view: View,
  actor: Principal,
  of: {
    readonly id: string
    readonly copy: Copy | undefined
    readonly deadline: string | null | undefined
  },
): Progress {
  const { w } = view
  const { id, copy, deadline } = of
  if (copy?.state === 'receipted') {
    return {
      words: w('已签收', 'signed for'),
      marks: ['d', 'd'],
      next: undefined,
      waitsFor: undefined,
    }
  }
  if (copy?.state === 'returned') {
    return {
      words: w('已退文', 'returned'),
      marks: ['d', 'late'],
      next: undefined,
      waitsFor: undefined,
    }
  }
  const now: Mark = isLate(view, deadline ?? null) ? 'late' : 'c'
  return {
    words: w('待签收', 'to be signed for'),
    marks: copy?.state === 'received' ? ['d', now] : [now, ''],
    ...nextOf(view, actor, { act: 'sign-for', id, units: copy === undefined ? [] : [copy.unit] }),
  }
}

function isLate({ now }: View, deadline: string | null): boolean {
  return deadline !== null && Date.parse(deadline) < now.getTime()
}

/** The ribbon under a step's words; for the eye alone, the words say the same. */
export function ribbon(marks: readonly Mark[]): Html {
  return html`<div class="ribbon" aria-hidden="true">
    ${marks.map((mark) => html`<i class="${mark}"></i>`)}
  </div>`
}

/** The button of the next step: vermilion only where it is the page's own. */
export function nextButton(next: NextStep | undefined, kind = ''): Html | undefined {
  if (next === undefined) return undefined
  const target = next.binds ? html` target="sealbox-signer"` : undefined
  return html`<a class="btn ${kind}" href="${next.href}" ${target} data-next>${next.words}</a>`
}

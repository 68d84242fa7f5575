/** Rows of documents as all lists show them: what it is, from whom, how far it has come, until when, the next step. Pure. */
import { paintNumber, type DocumentView, type Principal } from '../../../exchange/index.ts'
import { html, type Content, type Html } from '../../html.ts'
import { deadlineWords, type View } from '../../view.ts'
import { nextButton, progressOf, ribbon, type Mark, type NextStep } from './progress.ts'

/** What a row shows. */
export interface Row {
  readonly id: string
  readonly title: Content
  readonly urgency: string | null
  readonly kind: string
  /** 发文字号 as painted, if it has one. */
  readonly number: string | undefined
  readonly from: string
  readonly step: string
  readonly marks: readonly Mark[]
  readonly deadline: string | null
  /** Shown instead of a deadline. */
  readonly at?: string
  readonly next: NextStep | undefined
  readonly waitsFor?: string | undefined
}

/** A table of documents; `empty` explains where there are none. */
export function documentTable(view: View, rows: readonly Row[], empty: Html): Html {
  if (rows.length === 0) return empty
  const { w } = view
  return html`<table class="stack">
    <thead>
      <tr>
        <th>${w('文件', 'Document')}</th>
        <th class="wide-only step-col">${w('办到哪一步', 'Step')}</th>
        <th class="wide-only due-col">${w('期限', 'Deadline')}</th>
        <th class="next-col"><span class="sr">${w('下一步', 'Next step')}</span></th>
      </tr>
    </thead>
    <tbody>
      ${rows.map((row) => documentRow(view, row))}
    </tbody>
  </table>`
}

function documentRow(view: View, row: Row): Html {
  const { id, title, number, from, step, marks, next, waitsFor } = row
  const details = [number, from].filter(Boolean).join(' · ')
  const when = whenWords(view, row)
  return html`<tr data-row>
    <td>
      ${urgencyTag(view, row.urgency)}${kindTag(row.kind)}<span class="t"
        ><a href="/documents/${id}">${title}</a></span
      >
      <div class="m">${details}</div>
      <div class="only-narrow">${step} ${when}</div>
    </td>
    <td class="wide-only"><span class="step">${step}</span>${ribbon(marks)}</td>
    <td class="wide-only due-cell">${when}</td>
    <td class="end">
      ${nextButton(next) ?? (waitsFor !== undefined && html`<span class="m">${waitsFor}</span>`)}
    </td>
  </tr>`
}

function whenWords(view: View, { deadline, at }: Row): Html | undefined {
  if (deadline !== null) {
    const { words, state } = deadlineWords(view, deadline)
    return html`<span class="due ${state}">${words}</span>`
  }
  return at === undefined ? undefined : html`<span class="m num">${view.time(at)}</span>`
}

const urgencyWords: Readonly<Record<string, readonly [kind: string, en: string]>> = {
  特急: ['u', 'Most urgent'],
  加急: ['u2', 'Urgent'],
}

export function urgencyTag({ w }: View, urgency: string | null): Html | undefined {
  if (urgency === null) return undefined
  const [kind, en] = urgencyWords[urgency] ?? ['n', urgency]
  return html`<span class="tag ${kind}">${w(urgency, en)}</span>`
}

/** Only kinds that ask for an answer stand out. */
function kindTag(kind: string): Html | undefined {
  return kind === '请示' ? html`<span class="tag n">${kind}</span>` : undefined
}

/** A row of a document that the actor sees. */
export function rowOf(view: View, actor: Principal, document: DocumentView): Row {
  const { id, head, record, dispatched } = document
  const { words, marks, next, waitsFor } = progressOf(view, actor, document)
  const open = next !== undefined || waitsFor !== undefined
  const at = record?.draftedAt
  return {
    id,
    title: head.title,
    urgency: head.urgency,
    kind: head.kind,
    // A recipient sees the number with the pages.
    number: numberOf(document) ?? (record && view.w('未编号', 'no number yet')),
    from: head.issuers.join('、'),
    step: words,
    marks,
    deadline: open ? (dispatched?.deadline ?? null) : null,
    ...(at !== undefined && { at }),
    next,
    waitsFor,
  }
}

/** The number as it is painted. */
export function numberOf({ record }: DocumentView): string | undefined {
  return record !== undefined && 'number' in record ? paintNumber(record.number) : undefined
}

/** Why a list is empty and what to do. */
export function emptyList(title: string, words: string, act?: Html): Html {
  return html`<div class="empty">
    <h2>${title}</h2>
    <p>${words}</p>
    ${act}
  </div>`
}

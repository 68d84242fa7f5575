/** Rows of documents as all lists show them: what it is, from whom, how far it has come, until when, the next step. Pure. */
import { paintNumber, type DocumentRow, type Principal } from '../../../exchange/index.ts'
import { html, type Html } from '../../html.ts'
import { deadlineWords, type View } from '../../view.ts'
import { actButton, progressOf, ribbon } from './progress.ts'

/** A table of documents; `empty` explains where there are none. */
export function documentTable(
  view: View,
  actor: Principal,
  of: { readonly rows: readonly DocumentRow[]; readonly empty: Html },
): Html {
  const { rows, empty } = of
  if (rows.length === 0) return empty
  const { w } = view
  return html`<table class="stack">
    <thead>
      <tr>
        <th>${w('文件', 'Document')}</th>
        <th class="wide-only step-col">${w('办到哪一步', 'Step')}</th>
        <th class="wide-only due-col">${w('期限或时间', 'Deadline or date')}</th>
        <th class="next-col"><span class="sr">${w('下一步', 'Next step')}</span></th>
      </tr>
    </thead>
    <tbody>
      ${rows.map((row) => documentRow(view, actor, row))}
    </tbody>
  </table>`
}

function documentRow(view: View, actor: Principal, row: DocumentRow): Html {
  const { id, head, number } = row
  const { words, marks, act, waitsFor } = progressOf(view, actor, row)
  const details = [number === null ? undefined : paintNumber(number), head.issuers.join('、')]
  const when = whenWords(view, row)
  return html`<tr data-row>
    <td>
      ${urgencyTag(view, head.urgency)}${kindTag(head.kind)}<span class="t"
        ><a href="/documents/${id}">${head.title}</a></span
      >
      <div class="m">${details.filter(Boolean).join(' · ')}</div>
      <div class="only-narrow">${words} · ${when}</div>
    </td>
    <td class="wide-only"><span class="step">${words}</span>${ribbon(marks)}</td>
    <td class="wide-only due-cell">${when}</td>
    <td class="end">
      ${actButton(act) ?? (waitsFor !== undefined && html`<span class="m">${waitsFor}</span>`)}
    </td>
  </tr>`
}

function whenWords(view: View, { deadline, next, at }: DocumentRow): Html {
  if (deadline === null || next === undefined)
    return html`<span class="m num">${view.time(at)}</span>`
  const { words, state } = deadlineWords(view, deadline)
  return html`<span class="due ${state}">${words}</span>`
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

/** Why a list is empty and what to do. */
export function emptyList(title: string, words: string, act?: Html): Html {
  return html`<div class="empty">
    <h2>${title}</h2>
    <p>${words}</p>
    ${act}
  </div>`
}

/** How far an enrolment has come, as all of the officer's lists show it: state, ribbon, until when, the next step. Pure. */
import type { ListedRequest } from '../../../provisioning/index.ts'
import { html, type Content, type Html } from '../../html.ts'
import type { View } from '../../view.ts'
import { signerHref } from '../elements.ts'
import { postName } from '../shell.ts'
import { ribbon, type Mark } from '../unit/progress.ts'

export const enrolmentStates = ['waiting', 'open', 'expired', 'refused', 'redeemed'] as const
export type EnrolmentState = (typeof enrolmentStates)[number]

interface StateRow {
  readonly kind: string
  readonly words: readonly [zh: string, en: string]
  /** Code given out, request made, approved. */
  readonly marks: readonly Mark[]
}

const stateTable: Readonly<Record<EnrolmentState, StateRow>> = {
  waiting: { kind: 'u2', words: ['待核对', 'to be compared'], marks: ['d', 'd', 'c'] },
  open: { kind: 'n', words: ['待注册', 'not enrolled yet'], marks: ['d', 'c', ''] },
  expired: { kind: 'w', words: ['注册码已过期', 'code expired'], marks: ['late', '', ''] },
  refused: { kind: 'w', words: ['已拒绝', 'refused'], marks: ['d', 'd', 'late'] },
  redeemed: { kind: 'ok', words: ['已注册', 'enrolled'], marks: ['d', 'd', 'd'] },
}

export function enrolmentWords({ w }: Pick<View, 'w'>, state: EnrolmentState): string {
  return w(...stateTable[state].words)
}

export const enrolmentKind = (state: EnrolmentState): string => stateTable[state].kind

/** A code that ends within this many days has its holder called. */
export const codeEndsSoonDays = 7
const dayMs = 86_400_000

/** Whether an open code ends soon. */
export function endsSoon({ state, expires }: ListedRequest, now: Date): boolean {
  return state === 'open' && Date.parse(expires) - now.getTime() < codeEndsSoonDays * dayMs
}

/** What waits for the officer: requests to compare, and holders without a code that is good. */
export function needsOfficer({ state }: Pick<ListedRequest, 'state'>): boolean {
  return state === 'waiting' || state === 'expired' || state === 'refused'
}

/** The signer with an order for a further code. */
export function furtherCodeHref({ kind, who }: Pick<ListedRequest, 'kind' | 'who'>): string {
  return signerHref({ act: 'issue-code', [kind === 'unit' ? 'uscc' : 'id']: who })
}

/** Who enrolled and lost the keys enrols anew by an officer's order, which says what becomes of the old certificates. */
export function anewLink({ w }: View, row: ListedRequest): Html {
  return html`<a href="${furtherCodeHref(row)}" target="sealbox-signer"
    >${w('密钥遗失，重新注册', 'Keys lost: enrol anew')}</a
  >`
}

/** A table of enrolments; `empty` explains where there are none. */
export function enrolmentTable(view: View, rows: readonly ListedRequest[], empty: Html): Html {
  if (rows.length === 0) return empty
  const { w } = view
  return html`<table class="stack">
    <thead>
      <tr>
        <th>${w('单位或人员', 'Unit or person')}</th>
        <th class="wide-only">${w('办到哪一步', 'Step')}</th>
        <th class="wide-only">${w('时间', 'When')}</th>
        <th><span class="sr">${w('下一步', 'Next step')}</span></th>
      </tr>
    </thead>
    <tbody>
      ${rows.map((row) => enrolmentRow(view, row))}
    </tbody>
  </table>`
}

function enrolmentRow(view: View, row: ListedRequest): Html {
  const { name, who, kind, role, waiting, state } = row
  const { w } = view
  const { words, marks, kind: tag } = stateTable[state]
  const href = waiting === undefined ? holderHref(row) : `/requests/${waiting.id}`
  const contested =
    waiting?.contested !== undefined && html`<span class="tag u">${w('有争议', 'contested')}</span>`
  return html`<tr data-row>
    <td>
      ${contested}<span class="t"><a href="${href}">${name}</a></span>
      <div class="m">${kind === 'unit' ? who : postName(view, role ?? '')}</div>
      <div class="only-narrow">
        <span class="tag ${tag}">${w(...words)}</span>${whenWords(view, row)}
      </div>
    </td>
    <td class="wide-only"><span class="step">${w(...words)}</span>${ribbon(marks)}</td>
    <td class="wide-only due-cell">${whenWords(view, row)}</td>
    <td class="end">${nextStep(view, row)}</td>
  </tr>`
}

/** Where a unit or person stands by itself. */
function holderHref({ kind, who }: ListedRequest): string {
  return kind === 'unit' ? `/units/${who}` : `/people#${who}`
}

function whenWords(view: View, row: ListedRequest): Content {
  const { w } = view
  const { state, expires, waiting } = row
  if (waiting !== undefined) {
    const since = view.time(waiting.since)
    return html`<span class="due soon">${w(`${since} 起等待`, `waiting since ${since}`)}</span>`
  }
  if (state === 'open') {
    const until = view.day(expires)
    const kind = endsSoon(row, view.now) ? 'soon' : ''
    return html`<span class="due ${kind}">${w(`码有效至 ${until}`, `code until ${until}`)}</span>`
  }
  if (state === 'expired') {
    const ended = view.day(expires)
    return html`<span class="due late">${w(`${ended} 过期`, `ended ${ended}`)}</span>`
  }
  return undefined
}

/** The button of what an officer does next with it. */
export function nextStep(view: View, row: ListedRequest): Html | undefined {
  const { w } = view
  if (row.waiting !== undefined) {
    return html`<a class="btn" href="/requests/${row.waiting.id}" data-next
      >${w('核对', 'Compare')}</a
    >`
  }
  if (row.state === 'redeemed') return undefined
  const words = row.state === 'open' ? w('另发一码', 'Another code') : w('发新码', 'New code')
  return html`<a
    class="btn"
    href="${furtherCodeHref(row)}"
    target="sealbox-signer"
    ${row.state !== 'open' && html` data-next`}
    >${words}</a
  >`
}

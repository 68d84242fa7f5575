/** What somebody has to look after, as a table: a state, a value, and what to do. Pure. */
import { html, type Content, type Html } from '../html.ts'
import type { View } from '../view.ts'

export type CheckState = 'ok' | 'warn' | 'bad'

export interface Check {
  readonly state: CheckState
  readonly what: string
  readonly value: string
  /** What to do; empty where nothing is to be done. */
  readonly advice: string
  /** Where it is done, or seen more closely. */
  readonly way?: { readonly href: string; readonly words: string }
}

const rank: Readonly<Record<CheckState, number>> = { bad: 0, warn: 1, ok: 2 }

/** What needs a hand first. */
export function worstFirst<T extends Check>(checks: readonly T[]): T[] {
  return checks.toSorted((a, b) => rank[a.state] - rank[b.state])
}

const stateTable: Readonly<Record<CheckState, readonly [kind: string, zh: string, en: string]>> = {
  ok: ['ok', '正常', 'well'],
  warn: ['w', '注意', 'look'],
  bad: ['u', '故障', 'failed'],
}

export function checkTable(
  view: View,
  checks: readonly Check[],
  words: Partial<Readonly<Record<CheckState, Content>>> = {},
): Html {
  const { w } = view
  const hasWays = checks.some(({ way }) => way !== undefined)
  return html`<table class="stack checks">
    <thead>
      <tr>
        <th>${w('项目', 'What')}</th>
        <th>${w('现在', 'Now')}</th>
        ${hasWays && html`<th><span class="sr">${w('去处', 'Where')}</span></th>`}
      </tr>
    </thead>
    <tbody>
      ${checks.map((check) => checkRow(view, check, { words, hasWays }))}
    </tbody>
  </table>`
}

function checkRow(
  { w }: View,
  { state, what, value, advice, way }: Check,
  {
    words,
    hasWays,
  }: {
    readonly words: Partial<Readonly<Record<CheckState, Content>>>
    readonly hasWays: boolean
  },
): Html {
  const [kind, zh, en] = stateTable[state]
  return html`<tr data-row>
    <td><span class="tag ${kind}">${words[state] ?? w(zh, en)}</span>${what}</td>
    <td>${value} ${advice !== '' && html`<div class="m">${advice}</div>`}</td>
    ${
      hasWays &&
      html`<td class="end">
        ${way && html`<a class="btn ${state === 'ok' && 'quiet'}" href="${way.href}">${way.words}</a>`}
      </td>`
    }
  </tr>`
}

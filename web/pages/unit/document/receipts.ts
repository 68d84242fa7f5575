/** The map of receipts, for issuers only: one square a recipient, read in a glance, listed on demand. Pure. */
import type { Copy, DocumentView } from '../../../../exchange/index.ts'
import { html, type Html } from '../../../html.ts'
import type { View } from '../../../view.ts'

const states = ['receipted', 'received', 'returned', 'dispatched'] as const

export function receiptsCard(
  view: View,
  { id, copies, record }: DocumentView,
  units: ReadonlyMap<string, string>,
): Html | undefined {
  if (copies === undefined || copies.length === 0) return undefined
  const { w } = view
  const ordered = inOrder(copies, [...(record?.main ?? []), ...(record?.copies ?? [])])
  const count = (state: Copy['state']): number =>
    copies.filter((copy) => copy.state === state).length
  const counts = states.map((state) => ({ state, count: count(state) }))
  const spoken = counts
    .filter((one) => one.count > 0)
    .map((one) => `${stateWords(view, one.state)} ${String(one.count)}`)
  return html`<section class="card">
    <h2>${w('签收', 'Receipts')} ${count('receipted')} / ${copies.length}</h2>
    <div class="map" role="img" aria-label="${spoken.join(w('，', ', '))}">
      ${ordered.map((copy) => html`<i class="${copy.state}" title="${units.get(copy.unit) ?? copy.unit}: ${stateWords(view, copy.state)}"></i>`)}
    </div>
    <div class="legend">
      ${counts.map((one) => one.count > 0 && html`<span><i class="k ${one.state}"></i>${stateWords(view, one.state)} ${one.count}</span>`)}
    </div>
    <details>
      <summary>${w('按名单看', 'As a list')}</summary>
      <ul class="line plain">
        ${ordered.map((copy) => listed(view, { id, copy, name: units.get(copy.unit) ?? copy.unit }))}
      </ul>
    </details>
  </section>`
}

function listed(
  view: View,
  { id, copy, name }: { readonly id: string; readonly copy: Copy; readonly name: string },
): Html {
  const { answer, state, receivedAt } = copy
  const at = answer?.at ?? receivedAt
  const proof =
    answer !== null &&
    html` <a href="/documents/${id}/files/${answer.statement}">${view.w('回执', 'receipt')}</a>`
  return html`<li class="prose">
    <i class="k ${state}"></i><span>${name} · ${stateWords(view, state)}${proof}</span
    ><time>${at !== null && view.time(at)}</time>
  </li>`
}

/** What a copy's state is called. */
export function stateWords({ w }: Pick<View, 'w'>, state: Copy['state']): string {
  if (state === 'receipted') return w('已签收', 'signed for')
  if (state === 'received') return w('已送达', 'opened')
  if (state === 'returned') return w('退文', 'returned')
  return w('未送达', 'not opened')
}

function inOrder(copies: readonly Copy[], order: readonly string[]): Copy[] {
  const place = new Map(order.map((unit, at) => [unit, at]))
  return copies.toSorted((a, b) => (place.get(a.unit) ?? 1e6) - (place.get(b.unit) ?? 1e6))
}

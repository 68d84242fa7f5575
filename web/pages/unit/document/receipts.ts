/** The map of receipts, for issuers only: one square a recipient, read in a glance, listed on demand. Pure. */
import { receiptMap, type Copy, type DocumentView } from '../../../../exchange/index.ts'
import { html, type Html } from '../../../html.ts'
import type { View } from '../../../view.ts'

const states = ['receipted', 'received', 'returned', 'dispatched'] as const

export function receiptsCard(
  view: View,
  document: DocumentView,
  units: ReadonlyMap<string, string>,
): Html | undefined {
  const { id, copies = [] } = document
  const map = receiptMap(document)
  if (map === undefined) return undefined
  const { w } = view
  const byUnit = new Map(copies.map((copy) => [copy.unit, copy]))
  const ordered = map.places.flatMap(({ unit }) => byUnit.get(unit) ?? [])
  const counts = states.map((state) => ({ state, count: map.counts[state] }))
  const spoken = counts
    .filter((one) => one.count > 0)
    .map((one) => `${stateWords(view, one.state)} ${String(one.count)}`)
  return html`<section class="card">
    <h2>${w('签收', 'Receipts')} ${map.counts.receipted} / ${ordered.length}</h2>
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

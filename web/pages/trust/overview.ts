/** Whether all is well with the trust services, what to do next, and the certificates of the months around now. */
import { countByMonth } from '../../../ca/index.ts'
import { actorOf } from '../../api/common.ts'
import { html, type Html } from '../../html.ts'
import type { Answer, Request } from '../../types.ts'
import type { View } from '../../view.ts'
import { checkTable } from '../check_table.ts'
import { officerCounts } from '../counts.ts'
import { show } from '../frame.ts'
import { trustChecks } from './checks.ts'
import { trustChips } from './frame.ts'
import { monthChart } from './month_chart.ts'
import { ordersFor, trustState, type EndingCounts } from './state.ts'

export async function trustPage(request: Request): Promise<Answer> {
  const { view, parts } = request
  const { w } = view
  const [state, months] = await Promise.all([
    trustState(parts, view.now),
    countByMonth(parts.journal.views),
  ])
  const { holder } = actorOf(request)
  const checks = trustChecks(view, state, { clock: parts.clock.state, holder })
  const open = checks.filter((one) => one.state !== 'ok').length
  return show(request, {
    title: w('信任服务', 'Trust services'),
    counts: officerCounts(state.requests, ordersFor(state, holder)),
    acts: html`<button class="btn" type="button" data-print>${w('打印', 'Print')}</button>`,
    main: html`<h1>
        ${open === 0 ? w('信任服务一切正常', 'All is well with the trust services') : w(`有 ${String(open)} 件事要办`, open === 1 ? 'One matter needs a hand' : `${String(open)} matters need a hand`)}
      </h1>
      <p class="sub">${view.exact(view.now)}</p>
      ${trustChips(view)}
      <section>
        ${checkTable(view, checks, { bad: w('要紧', 'urgent'), warn: w('要办', 'to do') })}
      </section>
      <section class="section" id="months">
        <h2>${w('签发与到期', 'Issued and ending')}</h2>
        <div class="months">${monthChart(view, months)} ${endingFigures(view, state.ending)}</div>
      </section>`,
  })
}

function endingFigures({ w }: View, { in7, in30, in60 }: EndingCounts): Html {
  const rows = [
    { days: 7, count: in7, kind: in7 > 0 ? 'bad' : '' },
    { days: 30, count: in30, kind: '' },
    { days: 60, count: in60, kind: '' },
  ]
  return html`<div class="figures">
    ${rows.map(
      ({ days, count, kind }) =>
        html`<div class="figure ${kind}">
          <b>${count}</b
          ><span
            >${w(`张证书 ${String(days)} 天内到期`, `certificates end within ${String(days)} days`)}</span
          >
        </div>`,
    )}
  </div>`
}

/** All units of the district, and how far each is. */
import { numberFrom } from '../../api/common.ts'
import { WebError } from '../../errors.ts'
import { html, type Html } from '../../html.ts'
import type { Answer, Request } from '../../types.ts'
import type { View } from '../../view.ts'
import { chipRow, hrefOf, pageLinks } from '../elements.ts'
import { show } from '../frame.ts'
import { emptyList } from '../unit/rows.ts'
import { nextStep } from './enrolment.ts'
import {
  unitRows,
  unitStateKind,
  unitStates,
  unitStateWords,
  type UnitRow,
  type UnitState,
} from './unit_states.ts'

const pageSize = 100
const maxOffset = 100_000
/** Characters of a name that is looked for. */
const maxQuery = 100

export async function unitsPage(request: Request): Promise<Answer> {
  const { view, parts, query } = request
  const { w } = view
  const state = stateIn(query)
  const q = (query.get('q') ?? '').trim().slice(0, maxQuery)
  const offset = numberFrom(query, 'offset', { min: 0, max: maxOffset, or: 0 })
  const all = await unitRows(parts, view.now)
  const rows = all.filter((row) => (state === undefined || row.state === state) && named(row, q))
  const shown = rows.slice(offset, offset + pageSize)
  const hasMore = rows.length > offset + pageSize
  return show(request, {
    title: w('单位', 'Units'),
    acts: html`<a class="btn" href="/units/register">${w('登记单位', 'Register units')}</a>`,
    main: html`<h1>${w(`单位 ${String(all.length)} 个`, `${String(all.length)} units`)}</h1>
      <p class="sub">
        ${w('登记后各发一个注册码；单位注册、您核对批准后才能办理公文。', 'Each gets a code when it is registered; it handles documents once it enrolled and you approved.')}
      </p>
      <div class="filters">
        ${stateChips(view, { all, state, q })}${nameForm(view, { state, q })}
      </div>
      ${unitTable(view, shown, emptyUnits(view, all.length))}
      ${pageLinks(view, {
        first: offset === 0 ? undefined : hrefOf('/units', { state, q }),
        next: hasMore ? hrefOf('/units', { state, q, offset: offset + pageSize }) : undefined,
      })}`,
  })
}

function stateIn(query: URLSearchParams): UnitState | undefined {
  const asked = query.get('state') ?? ''
  const known = unitStates.find((one) => one === asked)
  if (asked !== '' && known === undefined) {
    throw new WebError('QUERY_MALFORMED', 'there is no such state')
  }
  return known
}

function named({ unit }: UnitRow, q: string): boolean {
  const { name, shortName, agencyCode, uscc, unitCode } = unit
  return q === '' || [name, shortName, agencyCode, uscc, unitCode].some((one) => one.includes(q))
}

interface Narrowed {
  readonly state: UnitState | undefined
  readonly q: string
}

function stateChips(
  view: View,
  { all, state, q }: Narrowed & { readonly all: readonly UnitRow[] },
): Html {
  const { w } = view
  const chips = unitStates.map((one) => ({
    words: unitStateWords(view, one),
    href: hrefOf('/units', { state: one, q }),
    isCurrent: one === state,
    count: all.filter((row) => row.state === one).length,
  }))
  return chipRow(w('按状态', 'By state'), [
    {
      words: w('全部', 'All'),
      href: hrefOf('/units', { q }),
      isCurrent: state === undefined,
      count: all.length,
    },
    ...chips.filter(({ count, isCurrent }) => count > 0 || isCurrent),
  ])
}

function nameForm({ w }: View, { state, q }: Narrowed): Html {
  return html`<form class="narrow" action="/units">
    ${state !== undefined && html`<input type="hidden" name="state" value="${state}" />`}
    <label for="q">${w('名称或代码', 'Name or code')}</label>
    <input type="text" id="q" name="q" value="${q}" maxlength="${maxQuery}" />
    <button class="btn">${w('查找', 'Find')}</button>
  </form>`
}

function emptyUnits({ w }: View, count: number): Html {
  if (count > 0) {
    return emptyList(
      w('没有符合的单位', 'No unit fits'),
      w('换一个条件试试。', 'Try another filter.'),
    )
  }
  return emptyList(
    w('还没有登记单位', 'No unit is registered yet'),
    w(
      '上传单位名册（CSV），核对后签署登记。',
      'Upload the roster of units (CSV), look it over, and sign for it.',
    ),
    html`<a class="btn" href="/units/register">${w('登记单位', 'Register units')}</a>`,
  )
}

function unitTable(view: View, rows: readonly UnitRow[], empty: Html): Html {
  if (rows.length === 0) return empty
  const { w } = view
  return html`<table class="stack">
    <thead>
      <tr>
        <th>${w('单位', 'Unit')}</th>
        <th class="wide-only">${w('代字', 'Series')}</th>
        <th class="wide-only">${w('状态', 'State')}</th>
        <th><span class="sr">${w('下一步', 'Next step')}</span></th>
      </tr>
    </thead>
    <tbody>
      ${rows.map((row) => unitRow(view, row))}
    </tbody>
  </table>`
}

function unitRow(view: View, { unit, state, request }: UnitRow): Html {
  const { uscc, name, shortName, series } = unit
  const tag = html`<span class="tag ${unitStateKind(state)}">${unitStateWords(view, state)}</span>`
  return html`<tr data-row>
    <td>
      <span class="t"><a href="/units/${uscc}">${name}</a></span>
      <div class="m">${shortName} · <span class="hash">${uscc}</span></div>
      <div class="only-narrow">${tag}</div>
    </td>
    <td class="wide-only">${series.join('、')}</td>
    <td class="wide-only num">${tag}</td>
    <td class="end">${request !== undefined && nextStep(view, request)}</td>
  </tr>`
}

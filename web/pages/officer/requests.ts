/** Enrolments: whom codes were given out for, and how far they came; requests that wait come first. */
import { listRequests, type ListedRequest } from '../../../provisioning/index.ts'
import { actorOf, numberFrom } from '../../api/common.ts'
import { WebError } from '../../errors.ts'
import { html, type Html } from '../../html.ts'
import type { Answer, Request } from '../../types.ts'
import type { View } from '../../view.ts'
import { chipRow, hrefOf, pageLinks } from '../elements.ts'
import { officerCounts } from '../counts.ts'
import { show } from '../frame.ts'
import { emptyList } from '../unit/rows.ts'
import {
  enrolmentStates,
  enrolmentTable,
  enrolmentWords,
  type EnrolmentState,
} from './enrolment.ts'

const pageSize = 50
/** A district has some hundred; this many pages are more than there can be. */
const maxOffset = 100_000

export async function requestsPage(request: Request): Promise<Answer> {
  const { view, parts, query } = request
  const { w } = view
  const state = stateIn(query)
  const offset = numberFrom(query, 'offset', { min: 0, max: maxOffset, or: 0 })
  const all = await listRequests(parts)
  const rows = state === undefined ? all : all.filter((one) => one.state === state)
  const shown = rows.slice(offset, offset + pageSize)
  const hasMore = rows.length > offset + pageSize
  return show(request, {
    title: w('注册申请', 'Enrolment'),
    counts: officerCounts(all, await parts.orders.waitingFor(actorOf(request).holder)),
    acts: html`${waitingCount(all) > 1 && html`<a class="btn" href="/signer.html#compare" target="sealbox-signer">${w('一次核对多个', 'Compare several')}</a>`}<a
        class="btn"
        href="/people#appoint"
        >${w('任命管理人员', 'Appoint')}</a
      ><a class="btn" href="/units/register">${w('登记单位', 'Register units')}</a>`,
    main: html`<h1>${w('注册申请', 'Enrolment')}</h1>
      <p class="sub">
        ${w('发出的注册码和收到的申请。等待核对的在最前，等得最久的优先。', 'Codes given out and requests received. Those that wait come first, the longest waiting on top.')}
      </p>
      ${stateChips(view, all, state)}
      <div data-refresh>${enrolmentTable(view, shown, emptyRequests(view, state))}</div>
      ${pageLinks(view, {
        first: offset === 0 ? undefined : hrefOf('/requests', { state }),
        next: hasMore ? hrefOf('/requests', { state, offset: offset + pageSize }) : undefined,
      })}`,
  })
}

const waitingCount = (rows: readonly ListedRequest[]): number =>
  rows.filter(({ waiting }) => waiting !== undefined).length

function stateIn(query: URLSearchParams): EnrolmentState | undefined {
  const asked = query.get('state') ?? ''
  const known = enrolmentStates.find((one) => one === asked)
  if (asked !== '' && known === undefined) {
    throw new WebError('QUERY_MALFORMED', 'there is no such state')
  }
  return known
}

function stateChips(
  view: View,
  all: readonly ListedRequest[],
  current: EnrolmentState | undefined,
): Html {
  const { w } = view
  const chips = enrolmentStates.map((state) => ({
    words: enrolmentWords(view, state),
    href: hrefOf('/requests', { state }),
    isCurrent: state === current,
    count: all.filter((one) => one.state === state).length,
  }))
  const shown = chips.filter(({ count, isCurrent }) => count > 0 || isCurrent)
  return chipRow(w('按状态', 'By state'), [
    {
      words: w('全部', 'All'),
      href: '/requests',
      isCurrent: current === undefined,
      count: all.length,
    },
    ...shown,
  ])
}

function emptyRequests({ w }: View, state: EnrolmentState | undefined): Html {
  if (state === 'waiting') {
    return emptyList(
      w('没有等待核对的申请', 'Nothing waits to be compared'),
      w(
        '单位用注册码提交申请后会出现在这里，请电话核对后批准。',
        'Requests stand here once a unit used its code; compare by telephone, then approve.',
      ),
    )
  }
  return emptyList(
    w('没有记录', 'Nothing here'),
    w(
      '登记单位或任命管理人员后，发出的注册码列在这里。',
      'Codes stand here once units are registered or people appointed.',
    ),
    html`<a class="btn" href="/units/register">${w('登记单位', 'Register units')}</a>`,
  )
}

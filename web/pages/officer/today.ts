/** The officer's first page: what waits to be compared, whose code ended, who has not enrolled, which certificates end soon. */
import type { ListedRequest } from '../../../provisioning/index.ts'
import { actorOf } from '../../api/common.ts'
import { html, type Html } from '../../html.ts'
import type { Answer, Request } from '../../types.ts'
import type { View } from '../../view.ts'
import { breakGlassAlarm } from '../ceremony/alarm.ts'
import { certificateTable } from '../certificates/table.ts'
import { endingDays } from '../certificates/words.ts'
import { checkTable, type Check } from '../check_table.ts'
import { figureRow } from '../elements.ts'
import { officerCounts } from '../counts.ts'
import { show } from '../frame.ts'
import { holderNames } from '../holders.ts'
import { renewalNote } from '../renewal.ts'
import { serviceMatters } from '../trust/checks.ts'
import { ordersFor, trustState, type EndingCounts } from '../trust/state.ts'
import { emptyList } from '../unit/rows.ts'
import { dateWords } from '../unit/today.ts'
import { endsSoon, enrolmentTable, needsOfficer } from './enrolment.ts'

/** Rows of each list; the rest is a link away. */
const maxRows = 10

export async function officerToday(request: Request): Promise<Answer> {
  const { view, parts } = request
  const { w } = view
  const [state, units, alarm] = await Promise.all([
    trustState(parts, view.now),
    parts.directory.units(),
    breakGlassAlarm(request, '/ceremonies'),
  ])
  const { requests, ending } = state
  const { holder } = actorOf(request)
  const matters = serviceMatters(view, state, { clock: parts.clock.state, holder }).filter(
    (one) => one.state !== 'ok',
  )
  const tasks = requests.filter(needsOfficer)
  const todo = tasks.length + matters.length
  const open = requests
    .filter(({ state }) => state === 'open')
    .toSorted((a, b) => (a.expires < b.expires ? -1 : 1))
  const title =
    todo === 0
      ? w('今日没有待办', 'Nothing to do today')
      : w(`今日待办 ${String(todo)} 件`, `${String(todo)} to do today`)
  return show(request, {
    title: w('今日', 'Today'),
    counts: officerCounts(requests, ordersFor(state, holder)),
    acts: html`<a class="btn" href="/people#appoint">${w('任命管理人员', 'Appoint')}</a
      ><a class="btn" href="/units/register">${w('登记单位', 'Register units')}</a>`,
    main: html`${alarm}
      <h1>${title}</h1>
      <p class="sub">${dateWords(view)}</p>
      ${await renewalNote(request)}
      <div data-refresh>
        ${figures(view, { requests, units: units.length, ending: ending.items.length })}
        ${mattersPart(view, matters)}
        ${enrolmentTable(view, tasks.slice(0, maxRows), emptyTasks(view, units.length))}
        ${moreLink(view, tasks.length, '/requests')}${openPart(view, open)}
        ${await endingPart(request, ending)}
      </div>`,
  })
}

/** What is not as it should be with the trust services, or waits for this officer. */
function mattersPart(view: View, matters: readonly Check[]): Html | undefined {
  if (matters.length === 0) return undefined
  const { w } = view
  return html`<section class="matters">
    ${checkTable(view, matters, { bad: w('要紧', 'urgent'), warn: w('要办', 'to do') })}
  </section>`
}

function figures(
  { w }: View,
  of: {
    readonly requests: readonly ListedRequest[]
    readonly units: number
    readonly ending: number
  },
): Html {
  const count = (state: ListedRequest['state'], kind?: 'unit'): number =>
    of.requests.filter((one) => one.state === state && (kind ?? one.kind) === one.kind).length
  const waiting = count('waiting')
  return figureRow([
    {
      value: waiting,
      words: w('等待核对', 'to be compared'),
      kind: waiting > 0 ? 'bad' : undefined,
    },
    {
      value: `${String(count('redeemed', 'unit'))} / ${String(of.units)}`,
      words: w('已注册的单位', 'units enrolled'),
    },
    { value: count('open'), words: w('发出码、尚未注册', 'given a code, not enrolled yet') },
    {
      value: of.ending,
      words: w(
        `证书 ${String(endingDays)} 天内到期`,
        `certificates end within ${String(endingDays)} days`,
      ),
    },
  ])
}

function emptyTasks({ w }: View, units: number): Html {
  if (units === 0) {
    return emptyList(
      w('还没有登记单位', 'No unit is registered yet'),
      w(
        '先上传单位名册，签署登记，再把注册码交给各单位。',
        'Upload the roster, sign for it, and hand out the codes.',
      ),
      html`<a class="btn" href="/units/register">${w('登记单位', 'Register units')}</a>`,
    )
  }
  return emptyList(
    w('没有等您办理的', 'Nothing waits for you'),
    w('单位提交的注册申请会出现在这里。', 'Requests of units will stand here.'),
  )
}

function moreLink({ w }: View, count: number, href: string): Html | undefined {
  if (count <= maxRows) return undefined
  return html`<p class="links">
    <a href="${href}">${w(`全部 ${String(count)} 项`, `All ${String(count)}`)}</a>
  </p>`
}

function openPart(view: View, open: readonly ListedRequest[]): Html | undefined {
  if (open.length === 0) return undefined
  const { w } = view
  const soon = open.filter((one) => endsSoon(one, view.now)).length
  return html`<section class="section">
    <h2>${w('尚未注册', 'Not enrolled yet')}</h2>
    ${soon > 0 && html`<p class="hint">${w(`其中 ${String(soon)} 个注册码 7 天内过期，请提醒对方。`, `${String(soon)} of these codes end within 7 days: remind them.`)}</p>`}
    ${enrolmentTable(view, open.slice(0, maxRows), html``)}
    ${moreLink(view, open.length, '/requests?state=open')}
  </section>`
}

async function endingPart(
  { view, parts }: Request,
  { items }: EndingCounts,
): Promise<Html | undefined> {
  if (items.length === 0) return undefined
  const { w } = view
  const soonest = items.slice(0, maxRows).map(({ sha256 }) => parts.authority.certificate(sha256))
  const shown = (await Promise.all(soonest)).filter((one) => one !== undefined)
  const names = await holderNames(
    { ...parts, view },
    shown.map(({ holder }) => holder),
  )
  return html`<section class="section">
    <h2>${w('将到期的证书', 'Certificates that end soon')}</h2>
    ${certificateTable(view, shown, names)}
    ${moreLink(view, items.length, '/certificates?state=ending')}
  </section>`
}

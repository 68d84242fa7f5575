/** The box's daily statements of its state: for whoever keeps or judges it, to be taken along and verified elsewhere. */
import { WebError } from '../../errors.ts'
import { html, type Html } from '../../html.ts'
import type { StatedDay } from '../../health/stated.ts'
import { route, type Answer, type Request, type Route } from '../../types.ts'
import type { View } from '../../view.ts'
import { show } from '../frame.ts'

/** Half a year on one page. */
const maxDays = 190

export const statementRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/statements',
    who: 'person',
    summary:
      'Page: the daily statements of the box’s state; for officers, auditors and administrators',
    handle: statementsPage,
  }),
  route({
    method: 'GET',
    path: '/statements/:file',
    who: 'person',
    summary: 'The statement of a day (`DAY.state.json`) or its signature (`DAY.state.json.p7s`)',
    handle: statementFile,
  }),
]

async function statementsPage(request: Request): Promise<Answer> {
  const { view, parts } = request
  const { w } = view
  const days = await parts.stated.list(maxDays)
  return show(request, {
    title: w('每日状况声明', 'Daily statements'),
    acts: html`<button class="btn" type="button" data-print>${w('打印', 'Print')}</button>`,
    main: html`<h1>${w('每日状况声明', 'Daily statements')}</h1>
      <p class="sub">
        ${w('本机每天早上签署自身状况：日志树头、各项检查、证书期限、备份与巡检。', 'Each morning the box signs how it is: the head of its journal, all checks, ends of certificates, backup and scrub.')}
      </p>
      ${days.length === 0 ? empty(view) : dayTable(view, days)}
      <p class="hint">
        ${w('取走同一天的两个文件，放在一起验证：', 'Take both files of a day and verify them side by side: ')}
        <code>sealbox verify DAY.state.json --trust root.pem</code>
      </p>`,
  })
}

const empty = ({ w }: View): Html =>
  html`<p class="empty">
    ${w('还没有。本机运行一段时间后，每天早上六点以后签署一份。', 'None yet. Once the box has run for a while, one is signed each day after six in the morning.')}
  </p>`

const states = {
  ok: ['ok', '正常', 'well'],
  warn: ['w', '注意', 'look'],
  bad: ['u', '故障', 'failed'],
} as const

function dayTable(view: View, days: readonly StatedDay[]): Html {
  const { w } = view
  return html`<table class="stack">
    <thead>
      <tr>
        <th>${w('日期', 'Day')}</th>
        <th>${w('签署时间', 'Signed')}</th>
        <th class="end">${w('文件', 'Files')}</th>
      </tr>
    </thead>
    <tbody>
      ${days.map(({ day, at, state }) => {
        const [kind, zh, en] = states[state]
        const file = `/statements/${day}.state.json`
        return html`<tr data-row>
          <td><span class="tag ${kind}">${w(zh, en)}</span>${day}</td>
          <td>${view.exact(at)}</td>
          <td class="end">
            <a href="${file}">${w('声明', 'statement')}</a> ·
            <a href="${`${file}.p7s`}">${w('签名', 'signature')}</a>
          </td>
        </tr>`
      })}
    </tbody>
  </table>`
}

async function statementFile(request: Request): Promise<Answer> {
  const { params, parts } = request
  const fileName = params['file'] ?? ''
  const [, day = '', ending] = /^(\d{4}-\d\d-\d\d)\.state\.json(\.p7s)?$/.exec(fileName) ?? []
  const what = ending === undefined ? 'statement' : 'signature'
  const bytes = day === '' ? undefined : await parts.stated.file(day, what)
  if (bytes === undefined) throw new WebError('ROUTE_UNKNOWN', 'no statement of this day')
  const type = what === 'statement' ? 'application/json' : 'application/pkcs7-signature'
  return { type, bytes, fileName }
}

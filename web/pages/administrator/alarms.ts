/** Alarms: what stands out now and stood out lately; and to whom it is told, which the administrator sets and tries here. */
import { noReporting, type Alarm, type PastAlarm, type Reporting } from '../../health/alarm_desk.ts'
import { html, type Html } from '../../html.ts'
import { route, type Answer, type Request, type Route } from '../../types.ts'
import type { View } from '../../view.ts'
import { actorOf } from '../../api/common.ts'
import { show } from '../frame.ts'
import { readReportingForm, type TypedReporting } from './reporting_form.ts'
import { reportingForms, triedWords } from './reporting_page.ts'

export const alarmRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/alarms',
    who: 'administrator',
    summary: 'Page: alarms, and to whom they are told',
    handle: (request) => alarmPage(request, {}),
  }),
  route({
    method: 'POST',
    path: '/alarms/reporting',
    who: 'administrator',
    summary: 'Keeps to whom alarms are told',
    form: 'fields',
    handle: saveReporting,
  }),
  route({
    method: 'POST',
    path: '/alarms/trial',
    who: 'administrator',
    summary: 'Sends a word of trial to the collector and by mail',
    form: 'fields',
    handle: async (request) => alarmPage(request, { tried: await request.parts.alarms.try() }),
  }),
]

interface Shown {
  readonly typed?: TypedReporting
  readonly tried?: Parameters<typeof triedWords>[1]
  readonly status?: number
}

async function saveReporting(request: Request): Promise<Answer> {
  const { alarms } = request.parts
  const typed = readReportingForm(request.form.fields, alarms.addressesOnly)
  if (typed.wrong.length > 0) return alarmPage(request, { typed, status: 422 })
  const { holder, certificate } = actorOf(request)
  await alarms.configure({ holder, certificate }, typed.reporting ?? noReporting)
  return { redirect: '/alarms' }
}

async function alarmPage(request: Request, shown: Shown): Promise<Answer> {
  const { view, parts } = request
  const { w } = view
  const { typed, tried, status } = shown
  const [{ open, past }, reporting] = await Promise.all([
    parts.alarms.read(),
    parts.alarms.reporting(),
  ])
  return show(request, {
    ...(status !== undefined && { status }),
    title: w('告警', 'Alarms'),
    acts: html`<button class="btn" type="button" data-print>${w('打印', 'Print')}</button
      ><a class="btn" href="/alarms" data-next>${w('再看一次', 'Look again')}</a>`,
    main: html`<h1>
        ${open.length === 0 ? w('没有告警', 'No alarms') : w(`${String(open.length)} 个告警`, open.length === 1 ? 'One alarm' : `${String(open.length)} alarms`)}
      </h1>
      <p class="sub">${view.exact(view.now)}</p>
      ${tried && triedWords(view, tried)} ${openTable(view, open)} ${pastTable(view, past)}
      ${reportingForms(view, typed ?? typedOf(reporting), parts.alarms.addressesOnly)}`,
  })
}

const typedOf = (reporting: Reporting): TypedReporting => ({ reporting, fields: {}, wrong: [] })

function openTable(view: View, open: readonly Alarm[]): Html | undefined {
  const { w, language } = view
  if (open.length === 0) {
    return html`<p class="hint">
      ${w('每分钟看一次。有故障立即告警，其他情况持续两分钟才告警。', 'The box looks each minute: what failed is told at once, anything else once it lasts two minutes.')}
    </p>`
  }
  return html`<table class="stack checks">
    <thead>
      <tr>
        <th>${w('项目', 'What')}</th>
        <th>${w('现在', 'Now')}</th>
        <th class="end">${w('自', 'Since')}</th>
      </tr>
    </thead>
    <tbody>
      ${open.map((alarm) => {
        const { what, value, advice } = alarm[language]
        const [kind, words] =
          alarm.state === 'bad' ? ['u', w('故障', 'failed')] : ['w', w('注意', 'look')]
        return html`<tr data-row>
          <td><span class="tag ${kind}">${words}</span>${what}</td>
          <td>${value} ${advice !== '' && html`<div class="m">${advice}</div>`}</td>
          <td class="end">${view.time(alarm.since)}</td>
        </tr>`
      })}
    </tbody>
  </table>`
}

const maxShownPast = 20

function pastTable(view: View, past: readonly PastAlarm[]): Html | undefined {
  const { w, language } = view
  if (past.length === 0) return undefined
  return html`<section class="section">
    <table class="stack dense">
      <caption>
        ${w('已恢复的告警', 'Alarms that are over')}
      </caption>
      <tbody>
        ${past.slice(0, maxShownPast).map(
          (alarm) =>
            html`<tr>
              <td>${alarm[language].what}</td>
              <td>${alarm[language].value}</td>
              <td class="end">
                ${view.time(alarm.since)} ${w('至', 'to')} ${view.time(alarm.until)}
              </td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`
}

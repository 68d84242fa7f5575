/** The auditor's first page: how large the journal is, what was done lately, and what was refused again and again. */
import { html, type Html } from '../../html.ts'
import { messages } from '../../messages.ts'
import type { Answer, Request } from '../../types.ts'
import type { View } from '../../view.ts'
import { breakGlassAlarm } from '../ceremony/alarm.ts'
import { figureRow, hrefOf } from '../elements.ts'
import { show } from '../frame.ts'
import { renewalNote } from '../renewal.ts'
import { verifierOffer } from '../verifier.ts'
import { holderNames, type HolderNames } from '../holders.ts'
import { emptyList } from '../unit/rows.ts'
import { typeWords } from './entry_words.ts'
import { maxTallied, tallyJournal, type RefusalCount, type Tally, type TypeCount } from './tally.ts'

/** Sources of refusals that are listed. */
const maxRefusals = 10

export async function auditorToday(request: Request): Promise<Answer> {
  const { view, parts } = request
  const { w } = view
  const tally = await tallyJournal(parts.journal, view.now)
  const refusals = tally.refusals.slice(0, maxRefusals)
  const names = await holderNames(
    { ...parts, view },
    refusals.map(({ holder }) => holder),
  )
  const alarm = await breakGlassAlarm(request, '/journal/ceremonies')
  const title = w('今日', 'Today')
  return show(request, {
    title,
    acts: html`<a class="btn" href="/journal/heads">${w('树头与证明', 'Heads and proofs')}</a
      ><a class="btn" href="/journal" data-next>${w('查日志', 'Read the journal')}</a>`,
    main: html`${alarm}
      <h1>${w(`日志 ${grouped(tally.size)} 条`, `${grouped(tally.size)} entries`)}</h1>
      <p class="sub">${lastWords(view, tally)}</p>
      ${await renewalNote(request)}
      <div data-refresh>
        ${figures(view, tally)}
        <div class="columns">${refusalsPart(view, refusals, names)}${actsPart(view, tally)}</div>
      </div>
      ${verifierOffer(view)}`,
  })
}

function lastWords(view: View, { last }: Tally): string {
  const { w } = view
  if (last === undefined) return w('还没有记录。', 'There is no entry yet.')
  return w(`最近一条 ${view.exact(last)}。`, `The newest is of ${view.exact(last)}.`)
}

function figures({ w }: View, { day, week, types, refusals, isCut }: Tally): Html {
  const refused = types.find(({ type }) => type === 'act.refused')
  const more = isCut ? '+' : ''
  return figureRow([
    { value: grouped(day), words: w('近 24 小时', 'last 24 hours') },
    { value: grouped(week), words: w('近 7 天', 'last 7 days') },
    {
      value: grouped(refused?.day ?? 0),
      words: w('近 24 小时拒绝', 'refused in 24 hours'),
      kind: (refused?.day ?? 0) > 0 ? 'bad' : undefined,
    },
    {
      value: `${grouped(refused?.week ?? 0)}${more}`,
      words: w(
        `近 7 天拒绝，${String(refusals.length)} 个来源`,
        `refused in 7 days, ${String(refusals.length)} sources`,
      ),
    },
  ])
}

/** 12345 as `12,345`. */
const grouped = (value: number): string => value.toLocaleString('en-GB')

function actsPart(view: View, { types, isCut }: Tally): Html {
  const { w } = view
  const most = Math.max(1, ...types.map(({ week }) => week))
  return html`<section>
    <table class="dense">
      <caption>
        ${w('办了些什么', 'What was done')}
      </caption>
      <thead>
        <tr>
          <th>${w('事项', 'What')}</th>
          <th><span class="sr">${w('图', 'Picture')}</span></th>
          <th class="end">${w('24 小时', '24 hours')}</th>
          <th class="end">${w('7 天', '7 days')}</th>
        </tr>
      </thead>
      <tbody>
        ${types.map((one) => typeRow(view, one, most))}
      </tbody>
    </table>
    ${
      isCut &&
      html`<p class="hint">
        ${w(`7 天之内的记录太多，只统计了最近 ${grouped(maxTallied)} 条。`, `The week has more entries than are counted; these are the newest ${grouped(maxTallied)}.`)}
      </p>`
    }
  </section>`
}

function typeRow(view: View, { type, day, week }: TypeCount, most: number): Html {
  return html`<tr data-row>
    <td><a href="${hrefOf('/journal', { type })}">${typeWords(view, type)}</a></td>
    <td class="picture">${bar(day / most, week / most)}</td>
    <td class="end">${grouped(day)}</td>
    <td class="end">${grouped(week)}</td>
  </tr>`
}

/** Two bars over each other: the week pale, the day in ink. */
function bar(day: number, week: number): Html {
  const width = (share: number): string => (share * 100).toFixed(1)
  return html`<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
    <rect class="week" width="${width(week)}" height="8" />
    <rect class="day" width="${width(day)}" height="8" />
  </svg>`
}

function refusalsPart(view: View, refusals: readonly RefusalCount[], names: HolderNames): Html {
  const { w } = view
  if (refusals.length === 0) {
    return emptyList(
      w('近 7 天没有拒绝', 'Nothing was refused in 7 days'),
      w('被拒绝的办理和登录会列在这里。', 'Refused acts and log-ins will stand here.'),
    )
  }
  return html`<section>
    <table>
      <caption>
        ${w('近 7 天的拒绝，最多的在前', 'Refused in 7 days, the most frequent first')}
      </caption>
      <thead>
        <tr>
          <th>${w('原因和来源', 'Reason and source')}</th>
          <th class="end">${w('次数', 'Times')}</th>
        </tr>
      </thead>
      <tbody>
        ${refusals.map((one) => refusalRow(view, one, names))}
      </tbody>
    </table>
  </section>`
}

function refusalRow(view: View, one: RefusalCount, names: HolderNames): Html {
  const { holder, code, count, last } = one
  const href = hrefOf('/journal', { type: 'act.refused', holder })
  return html`<tr data-row>
    <td>
      <a href="${href}">${codeWords(view, code)}</a>
      <div class="m">${names(holder)} · <code>${code}</code> · ${view.time(last)}</div>
    </td>
    <td class="end">${grouped(count)}</td>
  </tr>`
}

function codeWords({ language }: View, code: string): string {
  return Object.hasOwn(messages, code) ? messages[code as keyof typeof messages][language] : code
}

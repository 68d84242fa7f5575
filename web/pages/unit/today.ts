/** Today: what must this seat do now? One list, most urgent first; what waits for others is a chip away. */
import type { Desk, DocumentRow } from '../../../exchange/index.ts'
import { actorOf } from '../../api/common.ts'
import { html, type Content, type Html } from '../../html.ts'
import type { Answer, Request } from '../../types.ts'
import type { View } from '../../view.ts'
import { countsOf } from '../counts.ts'
import { show } from '../frame.ts'
import { renewalNote } from '../renewal.ts'
import { documentTable, emptyList } from './rows.ts'

const filters = ['all', 'late', 'others', 'waiting'] as const
type Filter = (typeof filters)[number]

/** The first page of a seat. */
export async function todayPage(request: Request): Promise<Answer> {
  const { view, parts, query } = request
  const { w } = view
  const actor = actorOf(request)
  const desk = await parts.reading.desk(actor)
  const filter = filters.find((one) => one === query.get('show')) ?? 'all'
  const { mine, others } = desk.counts
  const title =
    mine === 0
      ? w('今日没有待办', 'Nothing to do today')
      : w(`今日待办 ${String(mine)} 件`, `${String(mine)} to do today`)
  const rows = rowsOf(desk, filter)
  const left = filter === 'all' ? mine - rows.length : 0
  return show(request, {
    title: w('今日', 'Today'),
    counts: countsOf(desk),
    acts: composeActs(view),
    main: html`<h1>${title}</h1>
      <p class="sub">
        ${dateWords(view)}${others > 0 && w(` · 本单位其他岗位 ${String(others)} 件`, ` · ${String(others)} for your unit’s other seat`)}
      </p>
      ${await renewalNote(request)} ${chips(view, desk, filter)}
      <div data-refresh>
        ${documentTable(view, actor, { rows, empty: emptyToday(view, filter) })}${left > 0 && html`<p class="hint">${w(`另有 ${String(left)} 件，办完前面的即显示。`, `${String(left)} more show up as these are done.`)}</p>`}
      </div>`,
  })
}

function rowsOf(desk: Desk, filter: Filter): readonly DocumentRow[] {
  if (filter === 'others') return desk.others
  if (filter === 'waiting') return desk.waiting
  if (filter === 'all') return desk.mine
  return [...desk.mine, ...desk.others, ...desk.waiting].filter(({ overdue }) => overdue)
}

function composeActs({ w }: View): Content {
  return html`<a class="btn" href="/upload">${w('上传 PDF', 'Upload a PDF')}</a
    ><a class="btn seal" href="/compose">${w('拟文', 'Compose')}</a>`
}

function chips({ w }: View, desk: Desk, filter: Filter): Html {
  const { counts } = desk
  const shown: readonly (readonly [Filter, string, number])[] = [
    ['all', w('全部', 'All'), counts.mine],
    ['late', w('逾期', 'Overdue'), counts.overdue],
    ['others', w('本单位其他岗位', 'Your unit’s other seat'), counts.others],
    ['waiting', w('等待他人', 'Waiting for others'), counts.waiting],
  ]
  return html`<nav class="chips" aria-label="${w('筛选', 'Show')}">
    ${shown.map(([one, name, count]) => {
      if (one !== 'all' && one !== filter && count === 0) return undefined
      const href = one === 'all' ? '/' : `/?show=${one}`
      return html`<a href="${href}" ${one === filter && html` aria-current="true"`}
        >${name} ${count}</a
      >`
    })}
  </nav>`
}

function emptyToday({ w }: View, filter: Filter): Html {
  if (filter === 'late')
    return emptyList(
      w('没有逾期的', 'Nothing is overdue'),
      w('都在期限之内。', 'All is within its deadline.'),
    )
  if (filter === 'waiting')
    return emptyList(
      w('没有等待他人的', 'Nothing waits for others'),
      w('本单位发出的公文都已签收。', 'All that your unit sent is signed for.'),
    )
  if (filter === 'others')
    return emptyList(
      w('其他岗位没有待办', 'Nothing for the other seat'),
      w('本单位另一个岗位没有要办的公文。', 'The other seat of your unit has nothing to do.'),
    )
  return emptyList(
    w('都办完了', 'All done'),
    w(
      '新的收文、待签发和待用印的公文会出现在这里。',
      'New documents, and those to be approved or sealed, will stand here.',
    ),
    html`<a class="btn" href="/compose">${w('拟一份公文', 'Compose a document')}</a>`,
  )
}

/** `11月25日星期三`, in the box's zone. */
export function dateWords(view: View): string {
  const { box, now, language } = view
  const key = `${language} ${box.zone} ${view.day(now)}`
  // One day is said at a time: asking the calendar takes longer than the rest of the line.
  if (said.key !== key) {
    const format = new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
      timeZone: box.zone,
      month: 'long',
      day: 'numeric',
      weekday: 'long',
    })
    said.key = key
    said.words = format.format(now)
  }
  return said.words
}

const said = { key: '', words: '' }

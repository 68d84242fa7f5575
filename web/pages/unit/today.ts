/** Today: what must this seat do now? One list, most urgent first; what waits for others is a chip away. */
import type { DocumentView } from '../../../exchange/index.ts'
import { actorOf } from '../../api/common.ts'
import { html, type Content, type Html } from '../../html.ts'
import type { Answer, Request } from '../../types.ts'
import type { View } from '../../view.ts'
import { show } from '../frame.ts'
import { documentTable, emptyList, rowOf, type Row } from './rows.ts'

const filters = ['all', 'late', 'others'] as const
type Filter = (typeof filters)[number]

/** The first page of a seat. */
export async function todayPage(request: Request): Promise<Answer> {
  const { view, parts, query } = request
  const { w } = view
  const actor = actorOf(request)
  const tasks = await parts.reading.tasks(actor)
  const documents: DocumentView[] = await Promise.all(
    [...new Set(tasks.map(({ document }) => document))].map((id) =>
      parts.reading.document(actor, id),
    ),
  )
  const rows = documents.map((document) => rowOf(view, actor, document))
  const groups: Readonly<Record<Filter, readonly Row[]>> = {
    all: rows.filter(({ next }) => next !== undefined),
    late: rows.filter((row) => isLate(view, row)),
    others: rows.filter(({ next }) => next === undefined),
  }
  const filter = filters.find((one) => one === query.get('show')) ?? 'all'
  const count = groups.all.length
  return show(request, {
    title: w('今日', 'Today'),
    counts: { tasks: count },
    acts: composeActs(view),
    main: html`<h1>
        ${count === 0 ? w('今日没有待办', 'Nothing to do today') : w(`今日待办 ${String(count)} 件`, `${String(count)} to do today`)}
      </h1>
      <p class="sub">${dateWords(view)}</p>
      ${chips(view, { filter, groups })}
      <div data-refresh>${documentTable(view, groups[filter], emptyToday(view, filter))}</div>`,
  })
}

function composeActs({ w }: View): Content {
  return html`<a class="btn" href="/upload">${w('上传 PDF', 'Upload a PDF')}</a
    ><a class="btn seal" href="/compose">${w('拟文', 'Compose')}</a>`
}

function isLate({ now }: View, { deadline }: Row): boolean {
  return deadline !== null && Date.parse(deadline) < now.getTime()
}

function chips(
  view: View,
  of: { readonly filter: Filter; readonly groups: Readonly<Record<Filter, readonly Row[]>> },
): Html {
  const { w } = view
  const names: Readonly<Record<Filter, string>> = {
    all: w('全部', 'All'),
    late: w('逾期', 'Overdue'),
    others: w('等待他人', 'Waiting for others'),
  }
  return html`<nav class="chips" aria-label="${w('筛选', 'Show')}">
    ${filters.map((one) => {
      const count = of.groups[one].length
      if (one !== 'all' && one !== of.filter && count === 0) return undefined
      const href = one === 'all' ? '/' : `/?show=${one}`
      return html`<a href="${href}" ${one === of.filter && html` aria-current="true"`}
        >${names[one]} ${count}</a
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
  if (filter === 'others')
    return emptyList(
      w('没有等待他人的', 'Nothing waits for others'),
      w('本单位发出的公文都已签收。', 'All that your unit sent is signed for.'),
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

/** `11月25日 星期三`, in the box's zone. */
function dateWords({ box, now, language }: View): string {
  const format = new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
    timeZone: box.zone,
    month: 'long',
    day: 'numeric',
    weekday: 'long',
  })
  return format.format(now)
}

/** Received and issued documents of a unit, newest first, page by page. */
import type { DocumentRow, Listed } from '../../../exchange/index.ts'
import { actorOf } from '../../api/common.ts'
import { WebError } from '../../errors.ts'
import { html, type Html } from '../../html.ts'
import { route, type Answer, type Request, type Route } from '../../types.ts'
import { show } from '../frame.ts'
import { documentTable, emptyList } from './rows.ts'

const pageSize = 30

export const boxRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/inbox',
    who: 'seat',
    summary: 'Page: documents sent to the unit, newest first',
    handle: (request) => boxPage(request, 'inbox'),
  }),
  route({
    method: 'GET',
    path: '/outbox',
    who: 'seat',
    summary: 'Page: documents the unit issues, newest first',
    handle: (request) => boxPage(request, 'outbox'),
  }),
]

async function boxPage(request: Request, box: 'inbox' | 'outbox'): Promise<Answer> {
  const { view, parts, query } = request
  const actor = actorOf(request)
  const after = query.get('after')
  if (after !== null && !/^\d{12}$/.test(after)) {
    throw new WebError('QUERY_MALFORMED', 'after is no cursor of this list')
  }
  const listed = await parts.reading.rows(actor, box, {
    limit: pageSize,
    ...(after !== null && { after }),
  })
  const { w } = view
  const title = box === 'inbox' ? w('收文', 'Received') : w('发文', 'Issued')
  return show(request, {
    title,
    acts:
      box === 'outbox' &&
      html`<a class="btn" href="/upload">${w('上传 PDF', 'Upload a PDF')}</a
        ><a class="btn seal" href="/compose">${w('拟文', 'Compose')}</a>`,
    main: html`<h1>${title}</h1>
      <p class="sub">${w('最新的在前。', 'The newest first.')}</p>
      ${documentTable(view, actor, { rows: listed.items, empty: emptyBox(request, box) })}${pager(request, box, listed)}`,
  })
}

function emptyBox({ view }: Request, box: 'inbox' | 'outbox'): Html {
  const { w } = view
  if (box === 'inbox')
    return emptyList(
      w('还没有收文', 'Nothing received yet'),
      w(
        '别的单位发给本单位的公文会出现在这里，同时列入今日待办。',
        'Documents that other units send to yours will stand here, and among what is to be done today.',
      ),
    )
  return emptyList(
    w('还没有发文', 'Nothing issued yet'),
    w(
      '本单位拟的公文从送签起列在这里，直到全部签收。',
      'Documents of your unit stand here from the moment they are handed on until all have signed for them.',
    ),
    html`<a class="btn" href="/compose">${w('拟第一份公文', 'Compose the first')}</a>`,
  )
}

function pager(
  { view, query }: Request,
  box: string,
  { next }: Listed<DocumentRow>,
): Html | undefined {
  const { w } = view
  const first = query.has('after') && html`<a class="btn" href="/${box}">${w('最新', 'Newest')}</a>`
  const more =
    next !== undefined &&
    html`<a class="btn" href="/${box}?after=${next}" rel="next">${w('更早的', 'Older')}</a>`
  return first || more
    ? html`<nav class="pages" aria-label="${w('翻页', 'Pages')}">${first}${more}</nav>`
    : undefined
}

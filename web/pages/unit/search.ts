/** Search: one field, and documents with the place that matched. The rights are in the query itself. */
import { parseQuery, unitOf, type QueryProblem, type SearchIndex } from '../../../exchange/index.ts'
import { actorOf, numberFrom } from '../../api/common.ts'
import { html, type Content, type Html } from '../../html.ts'
import { route, type Answer, type Request, type Route } from '../../types.ts'
import type { View } from '../../view.ts'
import { show } from '../frame.ts'
import { emptyList } from './rows.ts'

const pageSize = 20

type Found = Awaited<ReturnType<SearchIndex['query']>>
type Hit = Found['hits'][number]
type Piece = Hit['title']

export const searchPageRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/search',
    who: 'seat',
    summary: 'Page: finds documents by words, phrase, number or issuer',
    handle: searchPage,
  }),
]

async function searchPage(request: Request): Promise<Answer> {
  const { view, parts, query } = request
  const { w } = view
  const q = (query.get('q') ?? '').trim()
  const title = w('查找', 'Find')
  const heading = html`<h1>${q === '' ? title : w(`查找“${q}”`, `Find “${q}”`)}</h1>`
  if (q === '') return show(request, { title, main: html`${heading}${hints(view)}` })
  const parsed = parseQuery(q)
  if (!parsed.ok) {
    const main = html`${heading}
      <div class="notice bad" role="alert">
        <b>${w('这个查询看不懂', 'This query cannot be read')}</b
        >${view.w(...problems[parsed.problem])}
      </div>
      ${hints(view)}`
    return show(request, { title, query: q, status: 400, main })
  }
  const offset = numberFrom(query, 'offset', { min: 0, max: 10_000, or: 0 })
  const as = { unit: unitOf(actorOf(request)) }
  const found = await parts.search.query(parsed.ast, as, { offset, limit: pageSize })
  return show(request, {
    title: `${q} · ${title}`,
    query: q,
    main: html`${heading}
      <p class="sub" role="status">${countWords(view, found)}</p>
      ${results(view, found)}${pager(view, { q, offset, found })}`,
  })
}

const problems: Readonly<Record<QueryProblem, readonly [string, string]>> = {
  QUERY_EMPTY: ['没有可以查找的词。', 'There is no word to look for.'],
  QUERY_TOO_LONG: ['查询太长，上限 400 个字符。', 'It is too long; 400 characters are the limit.'],
  QUERY_TOO_MANY_TERMS: ['查找的词太多，请减少一些。', 'There are too many words; take fewer.'],
  QUERY_TOO_DEEP: ['括号套得太深。', 'The parentheses go too deep.'],
  QUERY_QUOTE_OPEN: ['引号没有成对。', 'A quotation mark is not closed.'],
  QUERY_PARENTHESIS_OPEN: ['括号没有成对。', 'A parenthesis is not closed.'],
  QUERY_PARENTHESIS_UNEXPECTED: ['多了一个右括号。', 'There is one closing parenthesis too many.'],
  QUERY_OPERATOR_MISPLACED: [
    'OR 或减号旁边缺少词。',
    'A word is missing beside OR or the minus sign.',
  ],
  QUERY_DATE_MALFORMED: [
    '日期看不懂，请写成 2026..2026-06。',
    'The date cannot be read; write it as 2026..2026-06.',
  ],
}

function countWords({ w }: View, { count, exact }: Found): string {
  const number = `${String(count)}${exact ? '' : '+'}`
  return w(
    `找到 ${number} 件。只列出本单位可以查看的文件。`,
    `${number} found. Only what your unit may see is listed.`,
  )
}

function results(view: View, { hits }: Found): Html {
  const { w } = view
  if (hits.length === 0) {
    return html`${emptyList(
      w('没有找到', 'Nothing found'),
      w(
        '换一个词试试，或减少限定。未签收的收文只能按标题查到。',
        'Try other words or fewer of them. What is not signed for is found by its title only.',
      ),
    )}${hints(view)}`
  }
  return html`<table class="stack">
    <thead class="sr">
      <tr>
        <th>${w('文件', 'Document')}</th>
      </tr>
    </thead>
    <tbody>
      ${hits.map((hit) => hitRow(view, hit))}
    </tbody>
  </table>`
}

function hitRow({ w }: View, hit: Hit): Html {
  const { id, extent, number, date, kind, issuer, snippet } = hit
  const facts = [number, kind, date].filter((part) => part !== undefined && part !== '').join(' · ')
  const closed =
    extent === 'head' && html`<span class="tag w">${w('未签收', 'not signed for')}</span>`
  return html`<tr data-row>
    <td>
      ${closed}<span class="t"><a href="/documents/${id}">${marked(hit.title)}</a></span>
      <div class="m">${marked(issuer)}${facts !== '' && html` · ${facts}`}</div>
      ${snippet && html`<p>${marked(snippet)}</p>`}
    </td>
  </tr>`
}

/** The text with what matched marked; the places are given, never found again here. */
function marked({ text, ranges }: Piece): Content {
  const parts: Content[] = []
  let at = 0
  for (const [start, end] of ranges) {
    parts.push(text.slice(at, start), html`<mark>${text.slice(start, end)}</mark>`)
    at = end
  }
  parts.push(text.slice(at))
  return parts
}

function pager(
  { w }: View,
  of: { readonly q: string; readonly offset: number; readonly found: Found },
): Html | undefined {
  const { q, offset, found } = of
  const link = (to: number): string =>
    `/search?${new URLSearchParams({ q, offset: String(to) }).toString()}`
  const before =
    offset > 0 &&
    html`<a class="btn" href="${link(Math.max(0, offset - pageSize))}" rel="prev"
      >${w('上一页', 'Before')}</a
    >`
  const isMore = found.hits.length === pageSize && (found.count > offset + pageSize || !found.exact)
  const after =
    isMore &&
    html`<a class="btn" href="${link(offset + pageSize)}" rel="next">${w('下一页', 'Next')}</a>`
  return before || after
    ? html`<nav class="pages" aria-label="${w('翻页', 'Pages')}">${before}${after}</nav>`
    : undefined
}

function hints({ w }: View): Html {
  const rows: readonly (readonly [string, string, string])[] = [
    ['防汛 值班', '两个词都有', 'both words'],
    ['"汛期值班"', '一字不差', 'word for word'],
    ['青财发〔2026〕3号', '按发文字号', 'by number'],
    ['发文机关:财政局', '按发文机关', 'by issuer'],
    ['标题:通知', '只在标题中', 'in titles only'],
    ['防汛 OR 抗旱', '任一个', 'either'],
    ['防汛 -演练', '不要某个词', 'without a word'],
  ]
  return html`<section class="section">
    <h2>${w('怎样查找', 'How to search')}</h2>
    <dl class="facts">
      ${rows.map(
        ([example, zh, en]) =>
          html`<dt><code>${example}</code></dt>
            <dd>${w(zh, en)}</dd>`,
      )}
    </dl>
  </section>`
}

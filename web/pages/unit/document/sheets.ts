/** The pages as pictures that scale and never reflow; for a recipient that has not signed for it yet, a closed cover. */
import type { DocumentView } from '../../../../exchange/index.ts'
import { actorOf } from '../../../api/common.ts'
import { WebError } from '../../../errors.ts'
import { html, type Html } from '../../../html.ts'
import type { Answer, Request } from '../../../types.ts'
import { urgencyTag } from '../rows.ts'

/** More are on the next page: a line of 512 kbit/s carries one picture in a second or two. */
const sheetsAPage = 20
/** Widths in pixels that are drawn: a telephone, an office screen, a sharp one. */
const widths = [700, 1000, 1400] as const

export async function sheets(request: Request, document: DocumentView): Promise<Html> {
  const { view, query } = request
  const { id, record, pages } = document
  const { w } = view
  if (record === undefined) return cover(request, document)
  const count = pages ?? (await (await request.parts.reading.pdf(actorOf(request), id)).pages())
  const from = Math.min(Math.max(1, Math.floor(Number(query.get('from') ?? '1')) || 1), count)
  const to = Math.min(count, from + sheetsAPage - 1)
  const state = 'file' in record ? record.file.slice(0, 12) : record.approvedHash.slice(0, 12)
  const shown = Array.from({ length: to - from + 1 }, (_, at) =>
    sheet(request, { id, state, page: from + at, count }),
  )
  const link = (start: number, words: string): Html =>
    html`<a class="btn" href="/documents/${id}?from=${start}">${words}</a>`
  const before = from > 1 && link(Math.max(1, from - sheetsAPage), w('前面的页', 'Pages before'))
  const after =
    to < count &&
    link(to + 1, w(`后面还有 ${String(count - to)} 页`, `${String(count - to)} more pages`))
  return html`${shown}${(before || after) && html`<nav class="pages" aria-label="${w('翻页', 'Pages')}">${before}${after}</nav>`}`
}

function sheet(
  { view }: Request,
  of: {
    readonly id: string
    readonly state: string
    readonly page: number
    readonly count: number
  },
): Html {
  const { id, state, page, count } = of
  const src = (width: number): string =>
    `/documents/${id}/pages/${String(page)}?w=${String(width)}&v=${state}`
  const srcset = widths.map((width) => `${src(width)} ${String(width)}w`).join(', ')
  const alt = view.w(
    `第 ${String(page)} 页，共 ${String(count)} 页`,
    `Page ${String(page)} of ${String(count)}`,
  )
  return html`<img
    class="sheet"
    src="${src(1000)}"
    srcset="${srcset}"
    sizes="(max-width: 860px) 100vw, 60vw"
    width="1000"
    height="1414"
    alt="${alt}"
    ${page > 1 && html` loading="lazy"`}
  />`
}

function cover({ view }: Request, { head, pages }: DocumentView): Html {
  const { w } = view
  return html`<div class="closed">
    <p>${urgencyTag(view, head.urgency)}</p>
    <h2>${head.title}</h2>
    <p>
      ${head.issuers.join('、')}${
        pages !== null && html` · ${w(`共 ${String(pages)} 页`, `${String(pages)} pages`)}`
      }
    </p>
    <p>${w('签收之后可以阅读全文。', 'It can be read once it is signed for.')}</p>
  </div>`
}

/** One page as PNG. A browser may keep it and asks each time: who may see it is decided anew, also after a revocation. */
export async function pagePicture(request: Request): Promise<Answer> {
  const { parts, params, query, koa, drawing } = request
  const { id = '', page = '' } = params
  const actor = actorOf(request)
  const width = widths.find((one) => String(one) === query.get('w')) ?? 1000
  if (!/^[1-9]\d{0,4}$/.test(page)) throw new WebError('ROUTE_UNKNOWN', 'no such page')
  const pdf = await parts.reading.pdf(actor, id)
  const tag = `"${pdf.name}-${page}-${String(width)}"`
  koa.state['cache'] = 'private, no-cache'
  koa.set('ETag', tag)
  if (koa.get('If-None-Match').includes(tag)) return { status: 304, type: 'image/png', bytes: '' }
  const picture = await drawing.run(actor.holder, () =>
    parts.pictures.page(pdf, Number(page), width),
  )
  if ('failure' in picture) {
    if (picture.failure === 'PICTURE_BUSY')
      throw new WebError('TOO_MANY_REQUESTS', 'too many pages are being drawn')
    throw new WebError('ROUTE_UNKNOWN', picture.failure)
  }
  return { type: 'image/png', bytes: picture.png }
}

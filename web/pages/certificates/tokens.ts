/** What a time-stamping key signed: the journal's entries of its tokens, each with how many, the newest first. */
import { countTokens, grantedPage, type CertificateState } from '../../../ca/index.ts'
import { numberFrom } from '../../api/common.ts'
import { html, type Html } from '../../html.ts'
import type { Answer, Request } from '../../types.ts'
import type { View } from '../../view.ts'
import { hrefOf, pageLinks } from '../elements.ts'
import { show } from '../frame.ts'
import { emptyList } from '../unit/rows.ts'
import { stateOf, stateTag, subjectName } from './words.ts'

const pageSize = 50

export async function tokensPage(request: Request, certificate: CertificateState): Promise<Answer> {
  const { view, parts, query } = request
  const { w } = view
  const { views } = parts.journal
  const { sha256 } = certificate
  const isPaged = query.has('before')
  const before = numberFrom(query, 'before', { min: 0, max: Number.MAX_SAFE_INTEGER, or: 0 })
  const of = { certificate: sha256, limit: pageSize, ...(isPaged && { before }) }
  const [{ count, hasMore: isMore }, page] = await Promise.all([
    countTokens(views, sha256),
    grantedPage(views, of),
  ])
  const name = subjectName(certificate)
  const path = `/certificates/${sha256}`
  const last = page.items.at(-1)
  return show(request, {
    title: w(`${name} 签过什么`, `What ${name} signed`),
    main: html`<p class="crumb links">
        <a href="${path}">${name}</a> › ${w('签过什么', 'what it signed')}
      </p>
      <h1>
        ${w(`签过 ${String(count)}${isMore ? '+' : ''} 个时间戳`, `${String(count)}${isMore ? '+' : ''} time-stamps signed`)}
        ${stateTag(view, stateOf(certificate, view.now))}
      </h1>
      <p class="sub">
        ${w('每个时间戳在交出之前，序列号和哈希先进日志：密钥万一泄露，真的假的分得清。', 'Each stands in the journal, by serial number and hash, before it is handed out: should the key ever be compromised, genuine ones are told from forged ones.')}
      </p>
      ${page.items.length === 0 ? empty(view) : await table(request, page.items)}
      ${pageLinks(view, {
        first: isPaged ? `${path}/signed` : undefined,
        next: page.hasMore && last ? hrefOf(`${path}/signed`, { before: last.index }) : undefined,
      })}`,
  })
}

function empty({ w }: View): Html {
  return emptyList(
    w('还没有签过时间戳', 'No time-stamp yet'),
    w(
      '用印、签署和外部请求的时间戳都会列在这里。',
      'Those of seals, of signatures and of requests from outside stand here.',
    ),
  )
}

async function table(
  { view, parts }: Request,
  items: readonly { readonly index: number; readonly tokens: number }[],
): Promise<Html> {
  const { w } = view
  const entries = await Promise.all(items.map(({ index }) => parts.journal.entry(index)))
  return html`<table class="dense">
    <thead>
      <tr>
        <th>${w('日志收到', 'Journalled')}</th>
        <th>${w('日志条目', 'Entry')}</th>
        <th class="end">${w('时间戳', 'Time-stamps')}</th>
      </tr>
    </thead>
    <tbody>
      ${items.map(
        ({ index, tokens }, at) =>
          html`<tr>
            <td class="num">${view.exact(entries[at]?.time ?? '')}</td>
            <td>${index}</td>
            <td class="end">${tokens}</td>
          </tr>`,
      )}
    </tbody>
  </table>`
}

/** Revocation lists and status answers: each authority's list as it is published, and who answers for it. */
import {
  readServices,
  sha256Hex,
  type OcspFigures,
  type ServiceGeneration,
} from '../../../ca/index.ts'
import { html, type Html } from '../../html.ts'
import type { Answer, Request } from '../../types.ts'
import type { View } from '../../view.ts'
import { bytesWords, factList, figureRow } from '../elements.ts'
import { show } from '../frame.ts'
import { trustChips } from './frame.ts'
import { authorityStates, type AuthorityState } from './state.ts'
import { serviceWords, signsUntil } from './words.ts'

export async function statusPage(request: Request): Promise<Answer> {
  const { view, parts } = request
  const { w } = view
  const [authorities, services] = await Promise.all([
    authorityStates(parts),
    readServices(parts.journal.views),
  ])
  return show(request, {
    title: w('吊销列表与状态查询', 'Lists and status answers'),
    main: html`<h1>${w('吊销列表与状态查询', 'Revocation lists and status answers')}</h1>
      <p class="sub">
        ${w('吊销一张证书，是一次提交：列表、状态查询和打开着的页面同时改口。', 'A revocation is one commit: list, status answers and open pages follow together.')}
      </p>
      ${trustChips(view)}
      <div class="columns">${authorities.map((one) => listCard(view, one))}</div>
      <section class="section">
        <h2>${w('状态查询（OCSP）', 'Status answers (OCSP)')}</h2>
        ${answered(view, parts.authority.ocsp.figures)} ${responders(view, services.ocsp)}
      </section>`,
  })
}

function listCard(view: View, state: AuthorityState): Html {
  const { w } = view
  const { key, crl, sha256, entries } = state
  return html`<section class="card">
    <h2>
      ${serviceWords(view, state)}<a href="/certificates/${sha256}">${w('证书', 'Certificate')}</a>
    </h2>
    ${
      crl === undefined
        ? html`<p>
            ${w('签发机构的密钥不在本机；它的列表在仪式中签好再带来。', 'The key of this authority is away; its list is signed in a ceremony and brought here.')}
          </p>`
        : factList([
            [w('编号', 'Number'), crl.number],
            [w('签发', 'Issued'), view.exact(crl.thisUpdate)],
            [w('下次更新前', 'Next before'), view.exact(crl.nextUpdate)],
            [w('条目', 'Entries'), entries],
            [w('大小', 'Size'), bytesWords(crl.crl.length)],
            [w('文件', 'File'), html`<a href="/trust/status/${key}/file">${key}.crl</a>`],
          ])
    }
  </section>`
}

function answered({ w }: View, { signed, kept, errors }: OcspFigures): Html {
  return figureRow([
    { value: signed + kept, words: w('启动以来回答的查询', 'answered since the start') },
    { value: kept, words: w('其中用现成答案', 'of them with an answer kept') },
    { value: errors, words: w('无法回答的', 'that could not be answered') },
  ])
}

function responders(view: View, generations: readonly ServiceGeneration[]): Html {
  const { w } = view
  return html`<table class="stack">
    <thead>
      <tr>
        <th>${w('回答者', 'Responder')}</th>
        <th>${w('启用', 'Since')}</th>
        <th>${w('签到', 'Signs until')}</th>
      </tr>
    </thead>
    <tbody>
      ${generations.toReversed().map(
        (one) =>
          html`<tr data-row>
            <td>
              <span class="t"
                ><a href="/certificates/${sha256Hex(one.certificate)}"
                  >${serviceWords(view, one)}</a
                ></span
              >
            </td>
            <td class="num">
              <span class="row-head">${w('启用', 'Since')} </span>${view.day(one.activatedAt)}
            </td>
            <td class="num">
              <span class="row-head">${w('签到', 'Signs until')} </span>${view.day(signsUntil(one))}
            </td>
          </tr>`,
      )}
    </tbody>
  </table>`
}

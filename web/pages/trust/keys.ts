/** The box's own keys by role and generation: which serves now, which did before, and how it is replaced. */
import { boxKeyNames, readServices, sha256Hex, type ServiceGeneration } from '../../../ca/index.ts'
import { readCertificate } from '../../../ca/path/index.ts'
import { rolledServices } from '../../../exchange/index.ts'
import { html, type Html } from '../../html.ts'
import type { Answer, Request } from '../../types.ts'
import type { View } from '../../view.ts'
import { hrefOf } from '../elements.ts'
import { show } from '../frame.ts'
import { emptyList } from '../unit/rows.ts'
import { trustChips } from './frame.ts'
import { serviceWords, signsUntil } from './words.ts'

export async function keysPage(request: Request): Promise<Answer> {
  const { view, parts } = request
  const { w } = view
  const services = await readServices(parts.journal.views)
  const rows = boxKeyNames.flatMap((role) =>
    services[role].toReversed().map((one, at) => ({ one, isCurrent: at === 0 })),
  )
  return show(request, {
    title: w('本机密钥', 'Keys of the box'),
    main: html`<h1>${w('本机的密钥', 'Keys of the box')}</h1>
      <p class="sub">
        ${w('每种服务一把现用的密钥；换下来的仍列在这里，它签过的照样能验证。', 'Each service has one key that signs now; those before it stay here, and what they signed stays verifiable.')}
      </p>
      ${trustChips(view)} ${rows.length === 0 ? empty(view) : table(view, rows)}
      <p class="hint">
        ${w('根和签发机构在仪式中更换；其余由两名安全员下令更换。', 'Root and issuing authority are replaced in a ceremony; the others by an order of two officers.')}
      </p>`,
  })
}

function empty({ w }: View): Html {
  return emptyList(
    w('没有记录', 'Nothing recorded'),
    w(
      '这台本机建立得早，日志里还没有密钥的代次。',
      'This box was made before generations were recorded.',
    ),
  )
}

interface Row {
  readonly one: ServiceGeneration
  readonly isCurrent: boolean
}

function table(view: View, rows: readonly Row[]): Html {
  const { w } = view
  return html`<table class="stack">
    <thead>
      <tr>
        <th>${w('服务', 'Service')}</th>
        <th>${w('密钥', 'Key')}</th>
        <th>${w('启用', 'Since')}</th>
        <th>${w('签到', 'Signs until')}</th>
        <th>${w('证书至', 'Certificate until')}</th>
        <th><span class="sr">${w('更换', 'Replace')}</span></th>
      </tr>
    </thead>
    <tbody>
      ${rows.map((row) => keyRow(view, row))}
    </tbody>
  </table>`
}

function keyRow(view: View, { one, isCurrent }: Row): Html {
  const { w } = view
  const { role, key, certificate, activatedAt } = one
  const isRolled = isCurrent && rolledServices.some((name) => name === role)
  return html`<tr data-row>
    <td>
      <span class="t"
        ><a href="/certificates/${sha256Hex(certificate)}">${serviceWords(view, one)}</a></span
      >
      ${isCurrent ? html`<span class="tag ok">${w('现用', 'serves')}</span>` : html`<span class="tag">${w('已换下', 'before')}</span>`}
    </td>
    <td><code>${key}</code></td>
    <td class="num">
      <span class="row-head">${w('启用', 'Since')} </span>${view.day(activatedAt)}
    </td>
    <td class="num">
      <span class="row-head">${w('签到', 'Signs until')} </span>${view.day(signsUntil(one))}
    </td>
    <td class="num wide-only">${view.day(readCertificate(certificate).notAfter)}</td>
    <td class="end">
      ${isRolled && html`<a class="btn" href="${hrefOf('/orders/new', { act: 'roll-over-service', role })}">${w('更换…', 'Replace…')}</a>`}
    </td>
  </tr>`
}

/** Orders of two officers: what lies open, what was done, and where one proposes another. */
import { orderSchemas, type OrderAct, type WholeOrder } from '../../../exchange/index.ts'
import { actorOf } from '../../api/common.ts'
import { html, type Html } from '../../html.ts'
import type { Answer, Request } from '../../types.ts'
import type { View } from '../../view.ts'
import { hrefOf, pageLinks, signerHref } from '../elements.ts'
import { numberFrom } from '../../api/common.ts'
import { show } from '../frame.ts'
import { emptyList } from '../unit/rows.ts'
import { actWords, meaningOf, stateTag } from './words.ts'

const pageSize = 30
/** A district orders some dozen in its life. */
const maxOffset = 10_000

export const orderActs = Object.keys(orderSchemas) as OrderAct[]

export async function ordersPage(request: Request): Promise<Answer> {
  const { view, parts, query } = request
  const { w } = view
  const offset = numberFrom(query, 'offset', { min: 0, max: maxOffset, or: 0 })
  const all = await parts.orders.list()
  const open = all.filter(({ state }) => state === 'proposed')
  const rest = all.filter(({ state }) => state !== 'proposed')
  const shown = rest.slice(offset, offset + pageSize)
  const { holder } = actorOf(request)
  return show(request, {
    title: w('双人令', 'Orders of two officers'),
    acts: html`<a class="btn" href="/orders/new" data-next>${w('提出…', 'Propose…')}</a>`,
    main: html`<h1>${w('双人令', 'Orders of two officers')}</h1>
      <p class="sub">
        ${w('关系全区的事，一名安全员提出，另一名对同样的字节会签，才会执行。两份签名都存下来，谁都能验证。', 'What concerns the whole district is proposed by one officer and done once another one signs the very same bytes. Both signatures are kept, for anybody to verify.')}
      </p>
      <div data-refresh>
        ${open.length === 0 ? empty(view) : table(view, open, holder)}
        ${
          rest.length > 0 &&
          html`<section class="section">
            <h2>${w('以前的', 'Earlier ones')}</h2>
            ${table(view, shown, holder)}
          </section>`
        }
      </div>
      ${pageLinks(view, {
        first: offset === 0 ? undefined : '/orders',
        next:
          rest.length > offset + pageSize
            ? hrefOf('/orders', { offset: offset + pageSize })
            : undefined,
      })}`,
  })
}

function empty({ w }: View): Html {
  return emptyList(
    w('没有等待会签的令', 'No order waits'),
    w(
      '吊销本机证书、确认时间、更换密钥、声明密钥泄露，都从这里提出。',
      'To revoke a certificate of the box, to confirm the time, to roll a key over, or to state that one is compromised, propose it here.',
    ),
    html`<a class="btn" href="/orders/new">${w('提出…', 'Propose…')}</a>`,
  )
}

function table(view: View, orders: readonly WholeOrder[], holder: string): Html {
  const { w } = view
  return html`<table class="stack">
    <thead>
      <tr>
        <th>${w('令', 'Order')}</th>
        <th>${w('谁提出', 'Proposed by')}</th>
        <th>${w('状态', 'State')}</th>
        <th><span class="sr">${w('下一步', 'Next step')}</span></th>
      </tr>
    </thead>
    <tbody>
      ${orders.map((one) => row(view, one, holder))}
    </tbody>
  </table>`
}

function row(view: View, one: WholeOrder, holder: string): Html {
  const { w } = view
  const { order, act, state, proposed, countersigned, expires, statement } = one
  const second =
    countersigned === null
      ? ''
      : w(
          `，${person(countersigned.holder)} 会签`,
          `, countersigned by ${person(countersigned.holder)}`,
        )
  return html`<tr data-row>
    <td>
      <span class="t"><a href="/orders/${order}">${actWords(view, act)}</a></span>
      <div class="m">${statement.reason}</div>
    </td>
    <td>
      ${person(proposed.holder)}${second}
      <div class="m">${view.time(proposed.at)}</div>
    </td>
    <td>
      ${stateTag(view, state)}
      ${state === 'proposed' && html`<div class="m">${w(`${view.time(expires)} 前有效`, `open until ${view.time(expires)}`)}</div>`}
    </td>
    <td class="end">${state === 'proposed' && nextStep(view, one, holder)}</td>
  </tr>`
}

function nextStep({ w }: View, { order, proposed }: WholeOrder, holder: string): Html {
  if (proposed.holder === holder) {
    return html`<a
      class="btn"
      href="${signerHref({ act: 'withdraw-order', order })}"
      target="sealbox-signer"
      >${w('撤回', 'Withdraw')}</a
    >`
  }
  return html`<a class="btn seal" href="/orders/${order}" data-next
    >${w('会签…', 'Countersign…')}</a
  >`
}

/** A person by their identifier. */
export const person = (holder: string): string => holder.replace(/^person:/, '')

/** What may be ordered, each with what it does. */
export function actChoices(
  view: View,
  of: { readonly acts: readonly OrderAct[]; readonly hrefOf: (act: OrderAct) => string },
): Html {
  const { acts, hrefOf: hrefOfAct } = of
  return html`<table class="stack">
    <tbody>
      ${acts.map(
        (act) =>
          html`<tr data-row>
            <td>
              <span class="t"><a href="${hrefOfAct(act)}">${actWords(view, act)}</a></span>
              <div class="m">${meaningOf(view, act)}</div>
            </td>
            <td class="end">
              <a class="btn" href="${hrefOfAct(act)}">${view.w('提出…', 'Propose…')}</a>
            </td>
          </tr>`,
      )}
    </tbody>
  </table>`
}

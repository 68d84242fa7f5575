/** One order: exactly what is ordered, who signed it and when, the bytes and signatures for whoever verifies, and the next step. */
import { isSha256 } from '../../../ca/index.ts'
import { ExchangeError, type OrderSignature, type WholeOrder } from '../../../exchange/index.ts'
import { actorOf } from '../../api/common.ts'
import { html, type Html } from '../../html.ts'
import type { Answer, Request } from '../../types.ts'
import type { View } from '../../view.ts'
import { factList, signerHref } from '../elements.ts'
import { show } from '../frame.ts'
import { person } from './list.ts'
import { actWords, meaningOf, orderFacts, restoredNumbers, stateTag } from './words.ts'

export async function orderPage(request: Request): Promise<Answer> {
  const { view, parts, params } = request
  const { w } = view
  const { id = '' } = params
  if (!isSha256(id)) throw new ExchangeError('ORDER_UNKNOWN', 'there is no such order')
  const order = await parts.orders.get(id)
  const name = actWords(view, order.act)
  const restored = order.act === 'restore-backup' ? parts.restored() : undefined
  return show(request, {
    title: name,
    acts: html`<button class="btn" type="button" data-print>${w('打印', 'Print')}</button>`,
    main: html`<p class="crumb links"><a href="/orders">${w('双人令', 'Orders')}</a> › ${name}</p>
      <h1>${name} ${stateTag(view, order.state)}</h1>
      <p class="sub">${meaningOf(view, order.act)}</p>
      ${factList([
        ...orderFacts(view, order.statement.order),
        ...(restored === undefined ? [] : restoredNumbers(view, restored)),
        [w('理由', 'Reason given'), order.statement.reason],
        [w('有效至', 'Open until'), view.exact(order.expires)],
        [w('编号', 'Name'), html`<code>${order.order}</code>`],
      ])}
      ${order.state === 'proposed' && nextStep(view, order, actorOf(request).holder)}
      ${signatures(view, order)}`,
  })
}

function nextStep({ w }: View, { order, proposed }: WholeOrder, holder: string): Html {
  if (proposed.holder === holder) {
    return html`<div class="notice w section">
      <b>${w('等另一名安全员会签', 'Another officer has to countersign')}</b>
      ${w('请当面或电话告诉他要做什么、为什么。您自己不能会签。', 'Tell them in person or by telephone what is to be done, and why. You cannot countersign your own.')}
      <p class="acts start">
        <a
          class="btn"
          href="${signerHref({ act: 'withdraw-order', order })}"
          target="sealbox-signer"
          >${w('撤回', 'Withdraw')}</a
        >
      </p>
    </div>`
  }
  return html`<div class="notice bad section">
    <b
      >${w('您一会签就执行，不能撤回', 'It is done the moment you countersign, and cannot be undone')}</b
    >
    ${w(`先向提出人 ${person(proposed.holder)} 当面或电话问清，逐项核对上面的内容。`, `First ask the proposer, ${person(proposed.holder)}, in person or by telephone, and compare every line above.`)}
    <p class="acts start">
      <a
        class="btn seal"
        href="${signerHref({ act: 'countersign', order })}"
        target="sealbox-signer"
        data-next
        >${w('在签署页面会签', 'Countersign in the signer')}</a
      >
    </p>
  </div>`
}

function signatures(view: View, order: WholeOrder): Html {
  const { w } = view
  const base = `/api/v1/orders/${order.order}`
  return html`<section class="section">
    <h2>${w('签名', 'Signatures')}</h2>
    <table class="stack">
      <thead>
        <tr>
          <th>${w('谁', 'Who')}</th>
          <th>${w('何时', 'When')}</th>
          <th>${w('证书', 'Certificate')}</th>
          <th><span class="sr">${w('文件', 'File')}</span></th>
        </tr>
      </thead>
      <tbody>
        ${signatureRow(view, order.proposed, { words: w('提出', 'proposed'), href: `${base}/signatures/1` })}
        ${
          order.countersigned !== null &&
          signatureRow(view, order.countersigned, {
            words: w('会签', 'countersigned'),
            href: `${base}/signatures/2`,
          })
        }
      </tbody>
    </table>
    <p class="hint links">
      ${w('两人签的是同一份声明的字节：', 'Both sign the bytes of one statement: ')}<a
        href="${base}/statement"
        download="order.json"
        >order.json</a
      >${w('。可用', '. ')}<code>openssl cms -verify</code>${w('验证。', ' checks it.')}
    </p>
  </section>`
}

function signatureRow(
  view: View,
  { holder, certificate, at }: OrderSignature,
  { words, href }: { readonly words: string; readonly href: string },
): Html {
  return html`<tr data-row>
    <td><span class="t">${person(holder)}</span> <span class="m">${words}</span></td>
    <td class="num">${view.exact(at)}</td>
    <td>
      <a class="link" href="/certificates/${certificate}"
        ><code>${certificate.slice(0, 16)}…</code></a
      >
    </td>
    <td class="end"><a class="btn" href="${href}" download="order.p7s">.p7s</a></td>
  </tr>`
}

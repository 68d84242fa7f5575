/** Proposing an order: which act, its form, and once it can be ordered the way to the signer. Changes nothing. */
import { CaError, type CertificateState } from '../../../ca/index.ts'
import {
  ExchangeError,
  rolledServices,
  type Order,
  type OrderAct,
} from '../../../exchange/index.ts'
import { actorOf } from '../../api/common.ts'
import { WebError } from '../../errors.ts'
import { html, type Content, type Html } from '../../html.ts'
import { messages } from '../../messages.ts'
import { withKnown } from '../../signing/orders.ts'
import type { Answer, Request } from '../../types.ts'
import { restoreParameters, type RestoredFacts } from '../../backups.ts'
import { inZone, type View } from '../../view.ts'
import { factList, hrefOf, signerHref } from '../elements.ts'
import { show } from '../frame.ts'
import {
  commonReasons,
  profileWords,
  rareReasons,
  reasonWords,
  stateOf,
  subjectName,
} from '../certificates/words.ts'
import { actChoices, orderActs } from './list.ts'
import {
  maxReason,
  orderFrom,
  typedOrder,
  type OrderField,
  type TypedOrder,
  type WrongFields,
} from './typed_order.ts'
import { actWords, meaningOf, orderFacts, restoredNumbers, roleWords } from './words.ts'

export async function newOrderPage(request: Request): Promise<Answer> {
  const { view, query, parts } = request
  const { w } = view
  const act = orderActs.find((one) => one === query.get('act'))
  if (act !== undefined) return formPage(request, act, { typed: typedOrder(query), wrong: {} })
  return show(request, {
    title: w('提出双人令', 'Propose an order'),
    main: html`<p class="crumb links">
        <a href="/orders">${w('双人令', 'Orders')}</a> › ${w('提出', 'propose')}
      </p>
      <h1>${w('要办什么？', 'What is to be done?')}</h1>
      <p class="sub">
        ${w('您提出，另一名安全员会签后执行；一周内没有会签就作废。', 'You propose; it is done once another officer countersigns, and void after a week.')}
      </p>
      ${actChoices(view, {
        acts: orderActs.filter((one) => one !== 'restore-backup' || parts.restored() !== undefined),
        hrefOf: (one) => hrefOf('/orders/new', { act: one }),
      })}`,
  })
}

/** Checks what was typed and what stands against it now, and leads on to the signer. */
export async function checkOrder(request: Request): Promise<Answer> {
  const { view, form, parts } = request
  const act = orderActs.find((one) => one === form.fields.get('act'))
  if (act === undefined) return newOrderPage(request)
  const typed = typedOrder(form.fields)
  const { time } = parts
  const clocks = { machine: time.machine(), box: time.now() }
  const read = orderFrom(view, act, { typed, ...clocks, restored: parts.restored() })
  if ('wrong' in read) return formPage(request, act, { typed, wrong: read.wrong })
  const order = await withKnown(parts, read.order)
  const against = await objection(request, order)
  if (against !== undefined) return formPage(request, act, { typed, wrong: {}, against })
  return confirmation(request, order, typed.reason)
}

/** What the act itself has against it now, in words. */
async function objection(request: Request, order: Order): Promise<string | undefined> {
  const { parts, view } = request
  try {
    await parts.orders.check(order, actorOf(request).holder)
    return undefined
  } catch (error) {
    if (error instanceof ExchangeError || error instanceof CaError || error instanceof WebError) {
      return messages[error.code][view.language]
    }
    throw error
  }
}

interface Shown {
  readonly typed: TypedOrder
  readonly wrong: WrongFields
  readonly against?: string
}

async function formPage(request: Request, act: OrderAct, shown: Shown): Promise<Answer> {
  const { view } = request
  const { w } = view
  const { typed, wrong, against } = shown
  const name = actWords(view, act)
  const isWrong = Object.keys(wrong).length > 0 || against !== undefined
  return show(request, {
    title: name,
    ...(isWrong && { status: 422 }),
    main: html`<p class="crumb links">
        <a href="/orders">${w('双人令', 'Orders')}</a> ›
        <a href="/orders/new">${w('提出', 'propose')}</a>
      </p>
      <h1>${name}</h1>
      <p class="sub">${meaningOf(view, act)}</p>
      ${against !== undefined && html`<div class="notice bad" role="alert"><b>${against}</b></div>`}
      <form method="post" action="/orders/new">
        <input type="hidden" name="act" value="${act}" />
        ${await fieldsOf(request, act, shown)}
        <div class="field">
          <label for="reason">${w('理由', 'Reason')}</label>
          <textarea
            id="reason"
            name="reason"
            rows="2"
            maxlength="${maxReason}"
            required
            ${wrong.reason !== undefined && html` aria-invalid="true"`}
          >
${typed.reason}</textarea>
          ${fault(wrong, 'reason')}
          <p class="hint">${reasonHint(view, act)}</p>
        </div>
        <button class="btn">${w('核对…', 'Check…')}</button>
        <a class="btn quiet" href="/orders">${w('返回', 'Back')}</a>
      </form>`,
  })
}

function reasonHint({ w }: View, act: OrderAct): string {
  return act === 'restore-backup'
    ? w(
        '写进两人签署的声明，每个单位的签署程序都会取到：不要写不该让各单位知道的事。',
        'It stands in the statement that both sign, and every unit’s signer fetches that: write nothing that units must not know.',
      )
    : w(
        '写进两人签署的声明，另一名安全员和审计员都会看到。',
        'It stands in the statement that both sign; the other officer and the auditor read it.',
      )
}

const fault = (wrong: WrongFields, field: OrderField): Html | undefined =>
  wrong[field] === undefined ? undefined : html`<p class="wrong" role="alert">${wrong[field]}</p>`

async function fieldsOf(request: Request, act: OrderAct, shown: Shown): Promise<Content> {
  const { view } = request
  const { w } = view
  switch (act) {
    case 'revoke-service':
      return [
        await certificateField(request, shown, await boxCertificates(request)),
        selectField(view, shown, {
          ...{ field: 'cause', label: w('原因', 'Why') },
          options: [...commonReasons, ...rareReasons].map((one) => [one, reasonWords(view, one)]),
        }),
        timeField(view, shown, {
          ...{
            field: 'since',
            label: w('从什么时候起不可信（可不填）', 'Not to be trusted since (may stay empty)'),
          },
        }),
      ]
    case 'confirm-time':
      return timeChoice(request, shown)
    case 'roll-over-service':
      return selectField(view, shown, {
        ...{ field: 'role', label: w('服务', 'Service') },
        options: rolledServices.map((role) => [role, roleWords(view, role)]),
      })
    case 'install-upgrade':
      return bundleField(request, shown)
    case 'restore-backup':
      return restoredFacts(view, request.parts.restored())
    case 'rehost':
      return [
        lineField(shown, {
          ...{
            field: 'names',
            now: request.parts.box.hostNames.join(' '),
            label: w('本机的名称，最主要的在前', 'Names of the box, the main one first'),
          },
          hint: w(
            '主机名或 IP 地址，用空格分开；旧名称也留着，单位才能照旧打开。',
            'Host names or IP addresses, parted by spaces. Keep the old ones, so that units still reach the box by them.',
          ),
        }),
        lineField(shown, {
          ...{
            field: 'pkiUrl',
            now: request.parts.box.pkiUrl,
            label: w('此后证书里的地址', 'Address in certificates from then on'),
          },
          hint: w('例如 http://box.district:8080。', 'Such as http://box.district:8080.'),
        }),
      ]
    case 'state-compromise':
      return [
        await certificateField(request, shown, await boxCertificates(request)),
        timeField(view, shown, {
          field: 'since',
          label: w('从什么时候起不可信', 'Not to be trusted since'),
          isNeeded: true,
        }),
        timeField(view, shown, {
          field: 'to',
          label: w('何时停用（仍在用就不填）', 'Not used any more since (empty: still in use)'),
        }),
      ]
  }
}

/** What the officers confirm; there is nothing to type. */
function restoredFacts(view: View, restored: RestoredFacts | undefined): Html | undefined {
  if (restored === undefined) return undefined
  const { w } = view
  return html`<div class="field">
    ${factList([
      [w('备份时间', 'Backup made'), view.exact(restored.madeAt)],
      ...orderFacts(view, { act: 'restore-backup', ...restoreParameters(restored) }),
      ...restoredNumbers(view, restored),
    ])}
  </div>`
}

/** The box's own certificates that are not revoked for good. */
async function boxCertificates({ parts, view }: Request): Promise<CertificateState[]> {
  const all = await parts.authority.certificatesOf('box')
  return all.filter((one) => stateOf(one, view.now) !== 'revoked').toReversed()
}

/** A certificate of the box; one that the address names is offered too, whosever it is. */
async function certificateField(
  { view, parts }: Request,
  shown: Shown,
  own: readonly CertificateState[],
): Promise<Html> {
  const { typed } = shown
  const isOwn = own.some(({ sha256 }) => sha256 === typed.certificate)
  const other = isOwn ? undefined : await parts.authority.certificate(typed.certificate)
  const all = other === undefined ? own : [other, ...own]
  return selectField(view, shown, {
    ...{ field: 'certificate', label: view.w('证书', 'Certificate') },
    options: all.map((one) => [
      one.sha256,
      `${subjectName(one)} · ${profileWords(view, one.profile)} · ${view.day(one.notAfter)}`,
    ]),
  })
}

/** The bundle that lies on the box; an administrator brings it there. */
async function bundleField({ view, parts }: Request, shown: Shown): Promise<Content> {
  const { w } = view
  const { staged } = await parts.upgrade.state()
  const options =
    staged === undefined
      ? []
      : [
          [
            `${staged.version} ${staged.manifest}`,
            `${staged.version} · ${staged.manifest.slice(0, 16)}…`,
          ] as const,
        ]
  return [
    selectField(view, shown, { field: 'bundle', label: w('升级包', 'Bundle'), options }),
    staged === undefined &&
      html`<p class="hint">
        ${w('本机没有升级包：请系统管理员先上传。', 'No bundle lies on the box: an administrator uploads it first.')}
      </p>`,
  ]
}

function selectField(
  { w }: View,
  { typed, wrong }: Shown,
  of: {
    readonly field: OrderField
    readonly label: string
    readonly options: readonly (readonly [value: string, words: string])[]
  },
): Html {
  const { field, label, options } = of
  return html`<div class="field">
    <label for="${field}">${label}</label>
    <select
      id="${field}"
      name="${field}"
      required
      ${wrong[field] !== undefined && html` aria-invalid="true"`}
    >
      <option value="">${w('请选择', 'Choose')}</option>
      ${options.map(
        ([value, words]) =>
          html`<option value="${value}" ${value === typed[field] && html` selected`}>
            ${words}
          </option>`,
      )}
    </select>
    ${fault(wrong, field)}
  </div>`
}

function lineField(
  { typed, wrong }: Shown,
  of: {
    readonly field: OrderField
    readonly label: string
    readonly hint: string
    /** What is so now: to be changed, not typed anew. */
    readonly now: string
  },
): Html {
  const { field, label, hint, now } = of
  return html`<div class="field">
    <label for="${field}">${label}</label>
    <input
      type="text"
      id="${field}"
      name="${field}"
      value="${typed[field] === '' ? now : typed[field]}"
      maxlength="2000"
      required
      aria-describedby="${field}-hint"
      ${wrong[field] !== undefined && html` aria-invalid="true"`}
    />
    ${fault(wrong, field)}
    <p class="hint" id="${field}-hint">${hint}</p>
  </div>`
}

function timeField(
  { w, box }: View,
  { typed, wrong }: Shown,
  of: { readonly field: OrderField; readonly label: string; readonly isNeeded?: boolean },
): Html {
  const { field, label, isNeeded = false } = of
  return html`<div class="field">
    <label for="${field}">${label}</label>
    <input
      type="datetime-local"
      id="${field}"
      name="${field}"
      value="${typed[field]}"
      aria-describedby="${field}-hint"
      ${isNeeded && html` required`}
      ${wrong[field] !== undefined && html` aria-invalid="true"`}
    />
    ${fault(wrong, field)}
    <p class="hint" id="${field}-hint">${w(`${box.zone} 时间。`, `Time of ${box.zone}.`)}</p>
  </div>`
}

/** Whether the clock of the machine is right, or what the right time is. */
function timeChoice({ view, parts }: Request, { typed, wrong }: Shown): Html {
  const { w, box } = view
  const machine = inZone(box.zone, parts.time.machine())
  const choice = (value: string, words: string): Html =>
    html`<label class="choice"
      ><input
        type="radio"
        name="clock"
        value="${value}"
        required
        ${typed.clock === value && html` checked`}
      />${words}</label
    >`
  return html`<fieldset>
      <legend>${w('机器的时钟', 'The clock of the machine')}</legend>
      ${choice('right', w(`是对的：打开本页时是 ${machine}`, `is right: it showed ${machine} when this page was made`))}
      ${choice('wrong', w('不对，准确时间写在下面', 'is wrong; the right time stands below'))}
      ${fault(wrong, 'clock')}
    </fieldset>
    <div class="field">
      <label for="right">${w('准确时间', 'Right time')}</label>
      <input
        type="datetime-local"
        id="right"
        name="right"
        step="1"
        value="${typed.right}"
        ${wrong.right !== undefined && html` aria-invalid="true"`}
      />
      ${fault(wrong, 'right')}
      <p class="hint">
        ${w(`${box.zone} 时间，精确到秒：按下“核对”的那一刻是几点。`, `Time of ${box.zone} to the second: what it is at the moment you press “Check”.`)}
      </p>
    </div>`
}

/** The order as an address carries it: what the box knows of a key or a backup it adds again when it is signed. */
function asked(order: Order): object {
  if (order.act === 'restore-backup') {
    const { act, backup, size, root } = order
    return { act, backup, size, root }
  }
  if (order.act !== 'state-compromise') return order
  const { act, certificate, from, to } = order
  return { act, certificate, from, ...(to !== null && { to }) }
}

function confirmation(request: Request, order: Order, reason: string): Promise<Answer> {
  const { view } = request
  const { w } = view
  const href = signerHref({ act: 'propose-order', order: JSON.stringify(asked(order)), reason })
  return show(request, {
    title: actWords(view, order.act),
    main: html`<p class="crumb links">
        <a href="/orders">${w('双人令', 'Orders')}</a> › ${w('提出', 'propose')}
      </p>
      <h1>${actWords(view, order.act)}</h1>
      <p class="sub">${meaningOf(view, order.act)}</p>
      ${factList([...orderFacts(view, order), [w('理由', 'Reason given'), reason]])}
      <div class="notice w section">
        <b>${w('现在还不执行', 'Nothing is done yet')}</b>
        ${w('您签署后，另一名安全员会签同样的字节，才执行。会签前您可以撤回。', 'Once you have signed, another officer signs the very same bytes, and then it is done. Until then you can withdraw it.')}
      </div>
      <p>
        <a class="btn seal" href="${href}" target="sealbox-signer" data-next
          >${w('在签署页面提出', 'Propose it in the signer')}</a
        >
        <a class="btn" href="${hrefOf('/orders/new', { act: order.act })}">${w('返回', 'Back')}</a>
      </p>`,
  })
}

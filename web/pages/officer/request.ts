/** One request: the 32 words to compare by telephone, what is asked for, and the way to approve or refuse it in the signer. */
import { isSha256 } from '../../../ca/index.ts'
import { isProfileName } from '../../../ca/index.ts'
import { ProvisioningError, requestOf, type WholeRequest } from '../../../provisioning/index.ts'
import { html, type Content, type Html } from '../../html.ts'
import type { Answer, Request } from '../../types.ts'
import type { View } from '../../view.ts'
import { profileWords } from '../certificates/words.ts'
import { factList, signerHref, wordGrid } from '../elements.ts'
import { show } from '../frame.ts'
import { postName } from '../shell.ts'

/** Characters of a reason that fit an address after encoding; the statement itself takes more. */
export const maxReason = 300

export async function requestPage(request: Request): Promise<Answer> {
  return page(request, await asked(request), {})
}

/** A refusal needs its reason: this checks it and leads on to the signer. Changes nothing. */
export async function refusalPage(request: Request): Promise<Answer> {
  const { view, form } = request
  const whole = await asked(request)
  const reason = (form.fields.get('reason') ?? '').trim()
  const wrong = reasonFault(view, reason)
  if (wrong !== undefined) return page(request, whole, { reason, wrong })
  return confirmation(request, whole, reason)
}

async function asked({ parts, params }: Request): Promise<WholeRequest> {
  const { id = '' } = params
  if (isSha256(id)) return requestOf(parts, id)
  throw new ProvisioningError('ENROLMENT_REQUEST_UNKNOWN', 'there is no such request')
}

function reasonFault({ w }: View, reason: string): string | undefined {
  if (reason === '') return w('请写明理由，单位会看到。', 'Give the reason; the unit will read it.')
  if (reason.length > maxReason) {
    return w(
      `太长，上限 ${String(maxReason)} 字。`,
      `Too long; ${String(maxReason)} characters are the limit.`,
    )
  }
  return undefined
}

interface Typed {
  readonly reason?: string
  readonly wrong?: string
}

function page(request: Request, whole: WholeRequest, typed: Typed): Promise<Answer> {
  const { view } = request
  const { w } = view
  const { name, state } = whole
  return show(request, {
    title: name,
    ...(typed.wrong !== undefined && { status: 422 }),
    main: html`<p class="crumb links">
        <a href="/requests">${w('注册申请', 'Enrolment')}</a> › ${stateWords(view, state)}
      </p>
      <h1>${name}</h1>
      <p class="sub">${subWords(view, whole)}</p>
      ${contested(view, whole)}${decided(view, whole)}
      ${state === 'waiting' && comparing(view, whole)} ${wanted(view, whole)}
      ${state === 'waiting' && refusing(view, whole, typed)}`,
  })
}

function stateWords({ w }: View, state: WholeRequest['state']): string {
  const words = {
    waiting: w('待核对', 'to be compared'),
    approved: w('已批准', 'approved'),
    refused: w('已拒绝', 'refused'),
    expired: w('已失效', 'void'),
  }
  return words[state]
}

function subWords(view: View, { kind, who, role, since }: WholeRequest): string {
  const { w } = view
  const whose = kind === 'unit' ? who : postName(view, role ?? '')
  return w(`${whose} · ${view.time(since)} 提交`, `${whose} · handed in ${view.time(since)}`)
}

function contested(view: View, { contested: at }: WholeRequest): Html | undefined {
  if (at === undefined) return undefined
  const { w } = view
  return html`<div class="notice bad" role="alert">
    <b
      >${w('有人用同一注册码提交过另外的密钥', 'Somebody offered other keys under the same code')}</b
    >
    ${w(`时间 ${view.exact(at)}。注册码可能落入他人之手：未查清之前不要批准；可以拒绝后另发一码。`, `At ${view.exact(at)}. The code may be in other hands: approve nothing before that is cleared up; you can refuse and give out another code.`)}
  </div>`
}

function decided(view: View, { state, decision, expires }: WholeRequest): Html | undefined {
  const { w } = view
  if (state === 'expired') {
    return html`<div class="notice w">
      <b>${w('这份申请已失效', 'This request is void')}</b>
      ${w(`注册码已过期（${view.day(expires)}），或后来另发了码。`, `Its code ended (${view.day(expires)}), or another was given out since.`)}
    </div>`
  }
  if (decision === undefined) return undefined
  const by = decision.by.replace(/^person:/, '')
  const isApproved = state === 'approved'
  return html`<div class="notice ${isApproved ? 'ok' : 'bad'}">
    <b>${isApproved ? w('已批准', 'Approved') : w('已拒绝', 'Refused')}</b>
    ${w(`${by}，${view.exact(decision.at)}。声明 `, `By ${by}, ${view.exact(decision.at)}. Statement `)}<code
      >${decision.statement}</code
    >
  </div>`
}

function comparing(view: View, { id, fingerprint }: WholeRequest): Html {
  const { w, language } = view
  const href = signerHref({ act: 'approve-request', request: id })
  const { chinese, english, hex } = fingerprint
  const both = [
    html`<div>${wordGrid(chinese, 'zh-CN')}</div>`,
    html`<div>${wordGrid(english, 'en')}</div>`,
  ]
  return html`<section class="section">
    <h2>${w('电话核对', 'Compare by telephone')}</h2>
    <ol class="prose steps">
      ${steps(view).map((step) => html`<li>${step}</li>`)}
    </ol>
    <div class="fingerprint">${language === 'zh' ? both : both.toReversed()}</div>
    <p class="hash">SHA-256 ${hex}</p>
    <p>
      <a class="btn seal" href="${href}" target="sealbox-signer" data-next
        >${w('32 个词全部一致，批准', 'All 32 words agree: approve')}</a
      >
    </p>
  </section>`
}

function steps({ w }: View): Content[] {
  return [
    w(
      '用您自己掌握的号码打给对方，不要用来电或申请里的号码。',
      'Call them on a number that you know yourself, not on one that called you.',
    ),
    w(
      '请对方读出注册页面上的 32 个词，您在这里逐个对照，一个也不能少。',
      'Let them read out the 32 words on their page while you follow here; every one counts.',
    ),
    w(
      '全部一致再批准；有一个不同，就拒绝并说明。',
      'Approve if all agree; if a single one differs, refuse and say so.',
    ),
  ]
}

function wanted(view: View, { certificates, keyFile, expires }: WholeRequest): Html {
  const { w } = view
  return html`<section class="section">
    <h2>${w('申请的证书', 'Certificates asked for')}</h2>
    <table class="dense">
      <thead>
        <tr>
          <th>${w('用途', 'Use')}</th>
          <th>${w('岗位', 'Seat')}</th>
          <th>${w('公钥 SHA-256', 'Public key, SHA-256')}</th>
        </tr>
      </thead>
      <tbody>
        ${certificates.map(
          ({ profile, seat, publicKey }) =>
            html`<tr>
              <td class="num">${isProfileName(profile) ? profileWords(view, profile) : profile}</td>
              <td class="num">${seat === null ? '' : postName(view, seat)}</td>
              <td><span class="hash">${publicKey}</span></td>
            </tr>`,
        )}
      </tbody>
    </table>
    ${factList([
      [w('注册码有效至', 'Code good until'), view.exact(expires)],
      [
        w('密钥文件', 'Key file'),
        keyFile
          ? w('已交存（已加密，本机打不开）', 'handed over (wrapped; the box cannot open it)')
          : w('未交存', 'not handed over'),
      ],
    ])}
  </section>`
}

function refusing({ w }: View, { id }: WholeRequest, { reason = '', wrong }: Typed): Html {
  const bad = wrong !== undefined
  return html`<section class="section" id="refuse">
    <h2>${w('拒绝', 'Refuse')}</h2>
    <form method="post" action="/requests/${id}/refuse">
      <div class="field">
        <label for="reason">${w('理由', 'Reason')}</label>
        <input
          type="text"
          id="reason"
          name="reason"
          value="${reason}"
          maxlength="${maxReason}"
          required
          ${bad && html` aria-invalid="true" aria-describedby="reason-wrong"`}
        />
        ${bad && html`<p class="wrong" id="reason-wrong" role="alert">${wrong}</p>`}
        <p class="hint">
          ${w('写进您签署的声明。此码随之作废，要再注册须另发一码。', 'It stands in the statement that you sign. The code is void then; to enrol takes another.')}
        </p>
      </div>
      <button class="btn">${w('拒绝…', 'Refuse…')}</button>
    </form>
  </section>`
}

function confirmation(request: Request, whole: WholeRequest, reason: string): Promise<Answer> {
  const { view } = request
  const { w } = view
  const { id, name } = whole
  const href = signerHref({ act: 'refuse-request', request: id, reason })
  return show(request, {
    title: name,
    main: html`<p class="crumb links">
        <a href="/requests/${id}">${name}</a> › ${w('拒绝', 'refuse')}
      </p>
      <h1>${w(`拒绝 ${name} 的申请`, `Refuse the request of ${name}`)}</h1>
      <p class="sub">${w(`理由：${reason}`, `Reason: ${reason}`)}</p>
      <p>
        <a class="btn seal" href="${href}" target="sealbox-signer" data-next
          >${w('在签署页面拒绝', 'Refuse in the signer')}</a
        >
        <a class="btn" href="/requests/${id}#refuse">${w('返回', 'Back')}</a>
      </p>`,
  })
}

/** The form of a revocation: why, and since when the key is not to be trusted; then what it means, and on to the signer. Changes nothing. */
import {
  CaError,
  isRevocationReason,
  type CertificateState,
  type RevocationReason,
} from '../../../ca/index.ts'
import { countSignedBy } from '../../../exchange/index.ts'
import { actorOf } from '../../api/common.ts'
import { html, type Content, type Html } from '../../html.ts'
import { messages } from '../../messages.ts'
import type { Answer, Request } from '../../types.ts'
import { momentIn, type View } from '../../view.ts'
import { factList, signerHref } from '../elements.ts'
import { show } from '../frame.ts'
import { holderNames } from '../holders.ts'
import { seenCertificate } from './seen.ts'
import {
  commonReasons,
  meaningWords,
  profileWords,
  rareReasons,
  reasonWords,
  subjectName,
} from './words.ts'

/** Acts that are counted for the confirmation. */
const maxCounted = 10_000

interface Typed {
  readonly reason: string
  /** As `datetime-local` has it, in the box's zone. */
  readonly since: string
}

type Wrong = Readonly<Partial<Record<keyof Typed, string>>>

export async function revokePage(request: Request): Promise<Answer> {
  return formPage(request, await revocable(request), {
    typed: { reason: '', since: '' },
    wrong: {},
  })
}

/** Checks what was chosen and shows what it means, with the way to the signer. */
export async function checkRevocation(request: Request): Promise<Answer> {
  const { form, view } = request
  const certificate = await revocable(request)
  const typed = {
    reason: form.fields.get('reason') ?? '',
    since: (form.fields.get('since') ?? '').trim(),
  }
  const { reason } = typed
  const since = typed.since === '' ? undefined : momentOf(view, typed.since)
  const wrong: Wrong = {
    ...(!isChoice(reason, certificate) && { reason: view.w('请选择原因。', 'Choose a reason.') }),
    ...(typed.since !== '' && sinceFault(view, since)),
  }
  if (Object.keys(wrong).length > 0 || !isRevocationReason(reason)) {
    return formPage(request, certificate, { typed, wrong })
  }
  const against = await objection(request, certificate, { reason, since })
  if (against !== undefined)
    return formPage(request, certificate, { typed, wrong: { since: against } })
  return confirmation(request, certificate, { reason, since })
}

/** What the authority itself has against it now, in words. */
async function objection(
  { parts, view, actor }: Request,
  { sha256 }: CertificateState,
  { reason, since }: Chosen,
): Promise<string | undefined> {
  const { holder, certificate } = actorOf({ actor })
  try {
    await parts.authority.prepareRevoke({
      ...{ sha256, reason, actor: { holder, certificate } },
      ...(since && { invalidityDate: since }),
    })
    return undefined
  } catch (error) {
    if (error instanceof CaError) return messages[error.code][view.language]
    throw error
  }
}

/** Throws `CA_CERTIFICATE_UNKNOWN`, `CA_ALREADY_REVOKED`; the box's own certificates take two officers. */
async function revocable(request: Request): Promise<CertificateState> {
  const found = await seenCertificate(request)
  const { revoked, holder, sha256 } = found
  if (holder === 'box') throw new CaError('CA_CERTIFICATE_UNKNOWN', 'this takes two officers')
  if (revoked === undefined || revoked.reason === 'certificateHold') return found
  throw new CaError('CA_ALREADY_REVOKED', 'the certificate is revoked already', {
    details: { sha256, revokedAt: revoked.revokedAt, reason: revoked.reason },
  })
}

function isChoice(reason: string, { revoked }: CertificateState): boolean {
  return isRevocationReason(reason) && (revoked === undefined || reason !== 'certificateHold')
}

function momentOf({ box }: View, text: string): Date | undefined {
  const shown = /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text) ? Date.parse(`${text}:00Z`) : Number.NaN
  return Number.isNaN(shown) ? undefined : momentIn(box.zone, shown)
}

function sinceFault({ w, now }: View, since: Date | undefined): Wrong {
  if (since === undefined) {
    return { since: w('请写成 2026-11-25T14:30 的样子。', 'Write it as 2026-11-25T14:30.') }
  }
  if (since > now) {
    return { since: w('这个时间还没有到。', 'This is in the future.') }
  }
  return {}
}

async function formPage(
  request: Request,
  certificate: CertificateState,
  { typed, wrong }: { readonly typed: Typed; readonly wrong: Wrong },
): Promise<Answer> {
  const { view } = request
  const { w } = view
  const name = subjectName(certificate)
  const isWrong = Object.keys(wrong).length > 0
  return show(request, {
    title: w(`吊销 ${name}`, `Revoke ${name}`),
    ...(isWrong && { status: 422 }),
    main: html`<p class="crumb links">
        <a href="/certificates/${certificate.sha256}">${name}</a> › ${w('吊销', 'revoke')}
      </p>
      <h1>${w('为什么吊销？', 'Why is it revoked?')}</h1>
      <p class="sub">
        ${w('选最贴近的原因。下一页先看清后果，再到签署页面确认。', 'Choose the reason that fits best. The next page says what it means; only then the signer asks.')}
      </p>
      <form method="post" action="/certificates/${certificate.sha256}/revoke">
        <fieldset>
          <legend class="sr">${w('原因', 'Reason')}</legend>
          ${reasons(view, certificate, typed.reason)}
          ${wrong.reason !== undefined && html`<p class="wrong" role="alert">${wrong.reason}</p>`}
        </fieldset>
        ${sinceField(view, typed.since, wrong.since)}
        <button class="btn">${w('看看后果…', 'See what it means…')}</button>
        <a class="btn quiet" href="/certificates/${certificate.sha256}">${w('返回', 'Back')}</a>
      </form>`,
  })
}

function reasons(view: View, { revoked }: CertificateState, chosen: string): Content {
  const { w } = view
  const choices = commonReasons.filter((one) => revoked === undefined || one !== 'certificateHold')
  const isRare = rareReasons.some((one) => one === chosen)
  return html`<div class="reasons">${choices.map((one) => choice(view, one, chosen))}</div>
    <details ${isRare && html` open`}>
      <summary>${w('少见的原因', 'Rare reasons')}</summary>
      <div class="reasons">${rareReasons.map((one) => choice(view, one, chosen))}</div>
    </details>`
}

function choice(view: View, reason: RevocationReason, chosen: string): Html {
  return html`<label class="reason"
    ><input
      type="radio"
      name="reason"
      value="${reason}"
      required
      ${reason === chosen && html` checked`}
    /><span
      ><b>${reasonWords(view, reason)}</b> <code>${reason}</code
      ><small>${meaningWords(view, reason)}</small></span
    ></label
  >`
}

function sinceField({ w, box }: View, value: string, wrong: string | undefined): Html {
  const bad = wrong !== undefined
  return html`<div class="field">
    <label for="since"
      >${w('从什么时候起不可信（可不填）', 'Not to be trusted since (may stay empty)')}</label
    >
    <input
      type="datetime-local"
      id="since"
      name="since"
      value="${value}"
      aria-describedby="since-hint"
      ${bad && html` aria-invalid="true"`}
    />
    ${bad && html`<p class="wrong" role="alert">${wrong}</p>`}
    <p class="hint" id="since-hint">
      ${w(`${box.zone} 时间。密钥可能早就泄露了：写已知最早的时间，不早于证书生效；它写进吊销列表（RFC 5280 的 invalidityDate）。`, `Time of ${box.zone}. The key may have been in other hands for some time: the earliest moment that is known, not before the certificate began. It stands in the revocation list (invalidityDate of RFC 5280).`)}
    </p>
  </div>`
}

interface Chosen {
  readonly reason: RevocationReason
  readonly since: Date | undefined
}

async function confirmation(
  request: Request,
  certificate: CertificateState,
  { reason, since }: Chosen,
): Promise<Answer> {
  const { view, parts } = request
  const { w } = view
  const { sha256, holder, profile } = certificate
  const name = subjectName(certificate)
  const names = await holderNames({ ...parts, view }, [holder])
  const isHold = reason === 'certificateHold'
  const href = signerHref({
    ...{ act: 'revoke', certificate: sha256, reason },
    ...(since && { invalidityDate: since.toISOString() }),
  })
  return show(request, {
    title: w(`吊销 ${name}`, `Revoke ${name}`),
    main: html`<p class="crumb links">
        <a href="/certificates/${sha256}">${name}</a> ›
        <a href="/certificates/${sha256}/revoke">${w('吊销', 'revoke')}</a>
      </p>
      <h1>
        ${isHold ? w(`暂停 ${name} 的证书`, `Put the certificate of ${name} on hold`) : w(`吊销 ${name} 的证书`, `Revoke the certificate of ${name}`)}
      </h1>
      ${factList([
        [w('持有者', 'Holder'), names(holder)],
        [w('用途', 'Use'), profileWords(view, profile)],
        [w('原因', 'Reason'), reasonWords(view, reason)],
        [w('不可信始于', 'Not trusted since'), since && view.exact(since)],
        [w('签过', 'Signed'), await signedWords(request, certificate, since)],
      ])}
      <div class="notice ${isHold ? 'w' : 'bad'} section">
        <b
          >${isHold ? w('立即生效，可以恢复', 'It takes effect at once, and can be released') : w('立即生效，不能撤回', 'It takes effect at once and cannot be undone')}</b
        >
        ${w('打开着的页面立刻断开，以后登录和签署都被拒绝；吊销列表和状态查询一秒之内改口。', 'Open pages are cut off, log-in and signing are refused from then on; revocation list and status answers follow within a second.')}
      </div>
      <p>
        <a class="btn seal" href="${href}" target="sealbox-signer" data-next
          >${isHold ? w('在签署页面暂停', 'Put it on hold in the signer') : w('在签署页面吊销', 'Revoke it in the signer')}</a
        >
        <a class="btn" href="/certificates/${sha256}/revoke">${w('返回', 'Back')}</a>
      </p>`,
  })
}

/** How many acts stand on it, and how many since the moment; a link to them. */
async function signedWords(
  { parts, view }: Request,
  { sha256: certificate }: CertificateState,
  since: Date | undefined,
): Promise<Content> {
  const { w } = view
  const { views } = parts.journal
  const all = await countSignedBy(views, { certificate, limit: maxCounted })
  const late =
    since &&
    (await countSignedBy(views, { certificate, from: since.toISOString(), limit: maxCounted }))
  const words = `${String(all.count)}${all.hasMore ? '+' : ''}`
  const lateWords = late && `${String(late.count)}${late.hasMore ? '+' : ''}`
  if (all.count === 0) return w('还没有签过任何东西', 'nothing yet')
  return html`<a href="/certificates/${certificate}/signed"
    >${w(`${words} 件`, `${words} acts`)}${lateWords !== undefined && w(`，其中 ${lateWords} 件在此之后`, `, ${lateWords} of them since then`)}</a
  >`
}

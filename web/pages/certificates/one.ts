/** One certificate as a sheet: whom it names, what for, its fingerprint in words; an officer revokes it from here. */
import { CaError, isSha256, type CertificateState, type Sha256 } from '../../../ca/index.ts'
import { readCertificate } from '../../../ca/path/index.ts'
import type { Principal } from '../../../exchange/index.ts'
import { fingerprintWords } from '../../../provisioning/index.ts'
import { isOfficer, seesCertificatesOf } from '../../access.ts'
import { actorOf } from '../../api/common.ts'
import { html, type Html } from '../../html.ts'
import type { Answer, Parts, Request } from '../../types.ts'
import type { View } from '../../view.ts'
import { factList, signerHref, wordGrid } from '../elements.ts'
import { show } from '../frame.ts'
import { holderNames } from '../holders.ts'
import {
  meaningWords,
  offeredReasons,
  profileWords,
  reasonWords,
  stateOf,
  stateTag,
  subjectName,
  type OfferedReason,
} from './words.ts'

/** The sheet; what is not the actor's to see is not there. */
export async function certificatePage(request: Request): Promise<Answer> {
  const { view, parts } = request
  const { w } = view
  const actor = actorOf(request)
  const found = await seen(parts, actor, request.params['sha256'] ?? '')
  const name = subjectName(found)
  const names = await holderNames({ ...parts, view }, [found.holder])
  return show(request, {
    title: name,
    acts: html`<a class="btn" href="/certificates/${found.sha256}/file"
        >${w('下载 .cer', 'Download .cer')}</a
      >
      <button class="btn" type="button" data-print>${w('打印', 'Print')}</button>`,
    main: html`<p class="crumb links">
        <a href="/certificates">${w('证书', 'Certificates')}</a> ›
        ${profileWords(view, found.profile)}
      </p>
      <h1>${name} ${stateTag(view, stateOf(found, view.now))}</h1>
      <p class="sub">${names(found.holder)}</p>
      ${revokedNotice(view, found)} ${facts(view, found)} ${fingerprint(view, found.sha256)}
      ${isOfficer(actor) && revocation(view, found)}`,
  })
}

/** The certificate as a file. */
export async function certificateFile({ parts, params, actor }: Request): Promise<Answer> {
  const found = await seen(parts, actorOf({ actor }), params['sha256'] ?? '')
  return {
    type: 'application/pkix-cert',
    bytes: found.certificate,
    fileName: `${subjectName(found)}.cer`,
  }
}

async function seen(
  { authority }: Parts,
  actor: Principal,
  sha256: string,
): Promise<CertificateState> {
  const found = isSha256(sha256) ? await authority.certificate(sha256) : undefined
  if (found === undefined || !seesCertificatesOf(actor, found.holder)) {
    throw new CaError('CA_CERTIFICATE_UNKNOWN', 'no certificate that the actor may see')
  }
  return found
}

function revokedNotice(view: View, { revoked }: CertificateState): Html | undefined {
  if (revoked === undefined) return undefined
  const { w } = view
  return html`<div class="notice bad">
    <b
      >${w(`已于 ${view.exact(revoked.revokedAt)} 吊销`, `Revoked ${view.exact(revoked.revokedAt)}`)}</b
    >
    ${reasonWords(view, revoked.reason)}${w('。从那时起登录被拒绝，吊销列表和状态查询都这样回答；此前盖的章、签的名仍可验证。', '. Since then it is refused, and revocation list and status answers say so. What was sealed or signed before can still be verified.')}
  </div>`
}

function facts(view: View, certificate: CertificateState): Html {
  const { w } = view
  const { profile, serial, notBefore, notAfter, sha256 } = certificate
  const read = readCertificate(certificate.certificate)
  return factList([
    [w('持有者', 'Holder'), html`<code>${certificate.holder}</code>`],
    [w('用途', 'Use'), profileWords(view, profile)],
    [w('主题', 'Subject'), read.subject.text],
    [w('签发者', 'Issued by'), read.issuer.text],
    [w('有效期', 'Valid'), `${view.exact(notBefore)} — ${view.exact(notAfter)}`],
    [w('序列号', 'Serial number'), html`<code>${serial}</code>`],
    ['SHA-256', html`<code>${fingerprintWords(sha256).hex}</code>`],
  ])
}

function fingerprint({ w, language }: View, sha256: string): Html {
  const { chinese, english } = fingerprintWords(sha256)
  return html`<section class="section">
    <h2>${w('指纹，供电话核对', 'Fingerprint, to be compared by telephone')}</h2>
    ${language === 'zh' ? wordGrid(chinese, 'zh-CN') : wordGrid(english, 'en')}
  </section>`
}

function revocation(view: View, certificate: CertificateState): Html | undefined {
  if (certificate.revoked !== undefined) return undefined
  const { w } = view
  if (certificate.holder === 'box') {
    return html`<section class="section">
      <h2>${w('吊销', 'Revoke')}</h2>
      <p>
        ${w('本机自己的证书关系全区，一名安全员不能单独吊销。', 'A certificate of the box itself concerns the whole district; one officer alone cannot revoke it.')}
      </p>
    </section>`
  }
  return html`<section class="section" id="revoke">
    <h2>${w('吊销', 'Revoke')}</h2>
    <p class="sub">
      ${w('选最贴近的原因，在签署页面确认。吊销立即生效，不能撤回。', 'Choose the reason that fits best, and confirm it in the signer. It takes effect at once and cannot be taken back.')}
    </p>
    <table class="stack">
      <tbody>
        ${offeredReasons.map((reason) => reasonRow(view, certificate.sha256 as Sha256, reason))}
      </tbody>
    </table>
  </section>`
}

function reasonRow(view: View, certificate: Sha256, reason: OfferedReason): Html {
  const href = signerHref({ act: 'revoke', certificate, reason })
  return html`<tr data-row>
    <td>
      <span class="t">${reasonWords(view, reason)}</span>
      <div class="m">${meaningWords(view, reason)}</div>
    </td>
    <td class="end">
      <a class="btn" href="${href}" target="sealbox-signer">${view.w('吊销', 'Revoke')}</a>
    </td>
  </tr>`
}

/** One certificate as a sheet: whom it names, what for, its fingerprint in words, what stands in it; an officer goes on from here. */
import { isSha256, toPem, type CertificateState } from '../../../ca/index.ts'
import { readCertificate, type Certificate } from '../../../ca/path/index.ts'
import { fingerprintWords } from '../../../provisioning/index.ts'
import { isOfficer } from '../../access.ts'
import { actorOf } from '../../api/common.ts'
import { html, type Html } from '../../html.ts'
import type { Answer, Request } from '../../types.ts'
import type { View } from '../../view.ts'
import { factList, hrefOf, wordGrid } from '../elements.ts'
import { show } from '../frame.ts'
import { holderNames } from '../holders.ts'
import { chainOf } from './chain.ts'
import { chainSection, contents } from './details.ts'
import { revocationSection, revokedNotice } from './revocation.ts'
import { seenCertificate } from './seen.ts'
import { profileWords, stateOf, stateTag, subjectName } from './words.ts'

/** The sheet; what is not the actor's to see is not there. */
export async function certificatePage(request: Request): Promise<Answer> {
  const { view, parts } = request
  const { w } = view
  const isForOfficer = isOfficer(actorOf(request))
  const found = await seenCertificate(request)
  const read = readCertificate(found.certificate)
  const name = subjectName(found)
  const path = `/certificates/${found.sha256}`
  const [names, chain] = await Promise.all([
    holderNames({ ...parts, view }, [found.holder]),
    chainOf(parts, found.certificate),
  ])
  return show(request, {
    title: name,
    acts: html`${isForOfficer && ways(view, found)}<a class="btn" href="${path}/file"
        >${w('下载 .cer', 'Download .cer')}</a
      ><a class="btn" href="${path}/pem">.pem</a>
      <button class="btn" type="button" data-print>${w('打印', 'Print')}</button>`,
    main: html`<p class="crumb links">
        <a href="/certificates">${w('证书', 'Certificates')}</a> ›
        ${profileWords(view, found.profile)}
      </p>
      <h1>${name} ${stateTag(view, stateOf(found, view.now))}</h1>
      <p class="sub">${names(found.holder)}</p>
      ${revokedNotice(view, found)} ${isForOfficer && measuredNotice(request, found)}
      <div class="certificate">
        <div>
          ${facts(view, found, read)} ${chainSection(view, chain, { isLinked: isForOfficer })}
        </div>
        <aside>${fingerprint(view, found.sha256)}</aside>
      </div>
      ${contents(view, read)}
      <p class="links section">
        <a href="${path}/asn1">${w('看它的编码（ASN.1）', 'See how it is encoded (ASN.1)')}</a>
      </p>
      ${isForOfficer && revocationSection(view, found)}`,
  })
}

/** The certificate as a file, DER. */
export async function certificateFile(request: Request): Promise<Answer> {
  const found = await seenCertificate(request)
  return {
    type: 'application/pkix-cert',
    bytes: found.certificate,
    fileName: `${subjectName(found)}.cer`,
  }
}

/** The certificate as a file, PEM (RFC 7468). */
export async function certificatePem(request: Request): Promise<Answer> {
  const found = await seenCertificate(request)
  return {
    type: 'application/x-pem-file',
    bytes: toPem('CERTIFICATE', found.certificate),
    fileName: `${subjectName(found)}.pem`,
  }
}

/** How long the last revocation or release took, while this process remembers it. */
function measuredNotice(
  { view, effects }: Request,
  { sha256 }: CertificateState,
): Html | undefined {
  const { w } = view
  const measured = isSha256(sha256) ? effects.measuredOf(sha256) : undefined
  if (measured === undefined) return undefined
  const { committedMs, crlMs, ocspMs, connectionsClosed } = measured
  const ms = (value: number): string => `${String(Math.round(value))} ms`
  return html`<p class="hint measured">
    ${w(`实测：${ms(committedMs)} 后拒绝访问，${ms(crlMs)} 后列表更新，${ms(ocspMs)} 后状态查询改口，断开 ${String(connectionsClosed)} 个连接。`, `Measured: access followed after ${ms(committedMs)}, the list after ${ms(crlMs)}, status answers after ${ms(ocspMs)}; ${String(connectionsClosed)} connections were cut.`)}
  </p>`
}

/** Where an officer goes from a certificate. */
function ways({ w }: View, { sha256, holder }: CertificateState): Html {
  return html`<a class="btn" href="${hrefOf('/certificates', { q: holder })}"
      >${w('同一持有者的证书', 'All of this holder')}</a
    ><a class="btn" href="/certificates/${sha256}/signed"
      >${w('它签过什么', 'What did it sign?')}</a
    >`
}

function facts(view: View, certificate: CertificateState, read: Certificate): Html {
  const { w } = view
  const { profile, serial, notBefore, notAfter, sha256 } = certificate
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
  return html`<h2>${w('指纹，供电话核对', 'Fingerprint, to be compared by telephone')}</h2>
    <div class="fingerprint">
      ${language === 'zh' ? wordGrid(chinese, 'zh-CN') : wordGrid(english, 'en')}
    </div>`
}

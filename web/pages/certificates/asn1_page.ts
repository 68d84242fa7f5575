/** One certificate as it is encoded: the tree of its DER, for who wants to see it. */
import { toPem } from '../../../ca/index.ts'
import { html, type Html } from '../../html.ts'
import type { Answer, Request } from '../../types.ts'
import type { View } from '../../view.ts'
import { show } from '../frame.ts'
import { oidName } from '../oid_names.ts'
import { asn1Tree, type Asn1Element } from './asn1_tree.ts'
import { seenCertificate } from './seen.ts'
import { subjectName } from './words.ts'

export async function asn1Page(request: Request): Promise<Answer> {
  const { view } = request
  const { w } = view
  const found = await seenCertificate(request)
  const name = subjectName(found)
  const { root, isCut } = asn1Tree(found.certificate)
  const path = `/certificates/${found.sha256}`
  return show(request, {
    title: `ASN.1 · ${name}`,
    acts: html`<a class="btn" href="${path}/file">${w('下载 .cer', 'Download .cer')}</a
      ><a class="btn" href="${path}/pem">${w('下载 .pem', 'Download .pem')}</a>`,
    main: html`<p class="crumb links"><a href="${path}">${name}</a> › ASN.1</p>
      <h1>${w('证书的编码', 'How the certificate is encoded')}</h1>
      <p class="sub">
        ${w(`DER，共 ${String(found.certificate.length)} 字节。每行是一个元素：它从第几个字节开始、类型、内容的字节数、值。⊃ 表示字符串里装着的 DER。`, `DER, ${String(found.certificate.length)} bytes. Each line is an element: the byte it begins at, its type, the bytes of its contents, its value. ⊃ stands before DER inside a string.`)}
      </p>
      ${isCut && html`<p class="notice w"><b>${w('太长，后面没有显示', 'Too long: the rest is left out')}</b></p>`}
      <div class="scroll" tabindex="0" role="region" aria-label="ASN.1">
        <ul class="asn1">
          ${element(view, root)}
        </ul>
      </div>
      <section class="section">
        <h2>PEM</h2>
        <pre>${toPem('CERTIFICATE', found.certificate)}</pre>
      </section>`,
  })
}

function element(
  view: View,
  { offset, length, type, value, oid, isWrapped, parts }: Asn1Element,
): Html {
  const name = oid === undefined ? undefined : oidName(view, oid)
  return html`<li>
    <i>${offset}</i> <b>${type}</b>
    <i>${length}</i
    >${value !== '' && html` <code>${value}</code>`}${name !== undefined && html` <em>${name}</em>`}${isWrapped && html` <i>⊃</i>`}${
      parts.length > 0 &&
      html`<ul>
        ${parts.map((part) => element(view, part))}
      </ul>`
    }
  </li>`
}

/** What stands in a certificate, as people read it: key and signature, extensions in words with their octets, and the chain above it. */
import { sha256Hex } from '../../../ca/index.ts'
import type { Certificate } from '../../../ca/path/index.ts'
import { html, type Content, type Html } from '../../html.ts'
import type { View } from '../../view.ts'
import { factList } from '../elements.ts'
import { commonName } from '../../../exchange/verify/index.ts'
import { extensionsShown, type ExtensionShown } from './extension_words.ts'
import { publicKeyWords, signatureWords } from './key_words.ts'

/** Key, signature, extensions. */
export function contents(view: View, certificate: Certificate): Html {
  const { w } = view
  return html`<section class="section">
      <h2>${w('密钥与签名', 'Key and signature')}</h2>
      ${factList([
        [w('公钥', 'Key'), publicKeyWords(view, certificate)],
        [w('公钥 SHA-256', 'Key, SHA-256'), html`<code>${sha256Hex(certificate.publicKey)}</code>`],
        [w('签名算法', 'Signed with'), signatureWords(view, certificate)],
        [w('版本', 'Version'), `X.509 v${String(certificate.version)}`],
      ])}
    </section>
    <section class="section">
      <h2>${w('扩展', 'Extensions')}</h2>
      <table class="stack extensions">
        <thead>
          <tr>
            <th>${w('扩展', 'Extension')}</th>
            <th>${w('内容', 'What it says')}</th>
          </tr>
        </thead>
        <tbody>
          ${extensionsShown(view, certificate).map((one) => extensionRow(view, one))}
        </tbody>
      </table>
    </section>`
}

function extensionRow({ w }: View, { oid, name, isCritical, words, raw }: ExtensionShown): Html {
  const told: Content = words ?? w('本机不认识这个扩展。', 'The box does not know this extension.')
  return html`<tr data-row>
    <td>
      ${name} ${isCritical && html`<span class="tag n">${w('关键', 'critical')}</span>`}
      <div class="hash">${oid}</div>
    </td>
    <td>
      ${told}
      <details>
        <summary>${w('原值', 'Octets')}</summary>
        <code>${raw}</code>
      </details>
    </td>
  </tr>`
}

/** From the certificate up to its root; each a link where the reader may see it. */
export function chainSection(
  view: View,
  chain: readonly Certificate[],
  options: { readonly isLinked: boolean },
): Html {
  const { w } = view
  const rows = chain.map((one, at) => ({ one, at }))
  return html`<section class="section">
    <h2>${w('证书链', 'Chain')}</h2>
    <ol class="chain">
      ${rows.map(({ one, at }) => link(view, one, options.isLinked && at > 0))}
    </ol>
    <p class="hint links">
      ${w('最后一张是根证书，是信任的起点：它的指纹要与各单位手里的单子一致。', 'The last one is the root, where trust begins: its fingerprint must be the one on the sheet that every unit has.')}
      <a href="/root.crt">${w('下载根证书', 'Download the root')}</a>
    </p>
  </section>`
}

function link(view: View, certificate: Certificate, isLinked: boolean): Html {
  const name = commonName(certificate.subject.text)
  const shown = isLinked
    ? html`<a href="/certificates/${sha256Hex(certificate.raw)}">${name}</a>`
    : name
  return html`<li>
    ${shown}
    <span class="hash">${view.day(certificate.notBefore)} — ${view.day(certificate.notAfter)}</span>
  </li>`
}

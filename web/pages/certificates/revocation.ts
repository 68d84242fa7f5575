/** What the sheet of a certificate says of its revocation, and where an officer goes to revoke or to release it. Pure. */
import type { CertificateState } from '../../../ca/index.ts'
import { html, type Html } from '../../html.ts'
import type { View } from '../../view.ts'
import { signerHref } from '../elements.ts'
import { reasonWords } from './words.ts'

export function revokedNotice(view: View, certificate: CertificateState): Html | undefined {
  const { revoked } = certificate
  if (revoked === undefined) return undefined
  const { w } = view
  const since = view.exact(revoked.revokedAt)
  if (revoked.reason === 'certificateHold') {
    return html`<div class="notice w">
      <b>${w(`${since} 起暂停使用`, `On hold since ${since}`)}</b>
      ${w('登录和签署都被拒绝，吊销列表和状态查询都这样回答。查清之后，由安全员恢复或者吊销。', 'It is refused everywhere, and revocation list and status answers say so. An officer releases it, or revokes it for good, once the matter is cleared up.')}
    </div>`
  }
  return html`<div class="notice bad">
    <b>${w(`已于 ${since} 吊销`, `Revoked ${since}`)}</b>
    ${reasonWords(view, revoked.reason)}${w('。从那时起登录被拒绝，吊销列表和状态查询都这样回答；', '. Since then it is refused, and revocation list and status answers say so. ')}${
      revoked.invalidityDate === null
        ? w(
            '此前盖的章、签的名仍可验证。',
            'What was sealed or signed before can still be verified.',
          )
        : w(
            `密钥从 ${view.exact(revoked.invalidityDate)} 起已不可信，那以后盖的章、签的名要逐件核对。`,
            `The key is not to be trusted from ${view.exact(revoked.invalidityDate)} on: check one by one what it signed since.`,
          )
    }
  </div>`
}

/** The last section of the sheet, for an officer. */
export function revocationSection(view: View, certificate: CertificateState): Html | undefined {
  const { w } = view
  const { revoked, holder } = certificate
  const isHeld = revoked?.reason === 'certificateHold'
  if (revoked !== undefined && !isHeld) return undefined
  return html`<section class="section" id="revoke">
    <h2>${isHeld ? w('恢复或吊销', 'Release or revoke') : w('吊销', 'Revoke')}</h2>
    ${holder === 'box' ? ofBox(view, certificate) : isHeld ? ofHeld(view, certificate) : ofLive(view, certificate)}
  </section>`
}

function ofBox({ w }: View, { sha256 }: CertificateState): Html {
  return html`<p class="prose">
    ${w('本机自己的证书关系全区，一名安全员不能单独吊销：由一人提出，另一人会签。', 'A certificate of the box itself concerns the whole district; one officer alone cannot revoke it: one proposes, another countersigns.')}
    <a href="/orders/new?act=revoke-service&amp;certificate=${sha256}"
      >${w('提出双人令', 'Propose an order')}</a
    >
  </p>`
}

function ofLive({ w, now }: View, { sha256, notAfter }: CertificateState): Html {
  return html`<p class="prose">
      ${
        notAfter < now
          ? w(
              '证书虽已到期，密钥泄露仍应吊销：它签过的东西要能分清先后。',
              'It has ended, but a compromised key should still be revoked: what it signed has to be told apart by time.',
            )
          : w(
              '密钥丢失或怀疑被人用过，就立即吊销。查不清时可以先暂停。',
              'Revoke it at once if its key is lost or may have been used by somebody else. If in doubt, put it on hold first.',
            )
      }
    </p>
    <p class="acts start">
      <a class="btn" href="/certificates/${sha256}/revoke"
        >${w('吊销或暂停…', 'Revoke or hold…')}</a
      >
    </p>`
}

function ofHeld({ w }: View, { sha256 }: CertificateState): Html {
  return html`<p class="prose">
      ${w('查清没有问题，就恢复使用；密钥确实不安全，就吊销，不能再恢复。', 'Release it if all is well; if the key is not safe, revoke it, which cannot be undone.')}
    </p>
    <p class="acts start">
      <a
        class="btn"
        href="${signerHref({ act: 'release', certificate: sha256 })}"
        target="sealbox-signer"
        >${w('恢复使用', 'Release')}</a
      >
      <a class="btn" href="/certificates/${sha256}/revoke">${w('吊销…', 'Revoke…')}</a>
    </p>`
}

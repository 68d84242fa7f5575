/** What everybody's first page says while certificates of their own are about to end: how soon, and where they are renewed. */
import { listOwn } from '../../provisioning/index.ts'
import { actorOf } from '../api/common.ts'
import { html, type Html } from '../html.ts'
import type { Request } from '../types.ts'

/** Nothing while there is time; the nearest end counts. */
export async function renewalNote(request: Request): Promise<Html | undefined> {
  const { view, parts } = request
  const { w } = view
  const own = await listOwn(parts, actorOf(request))
  const days = own.flatMap(({ due }) => (typeof due === 'number' ? [due] : []))
  if (days.length > 0) {
    const least = Math.min(...days)
    return html`<div class="notice ${least === 7 ? 'bad' : 'w'} section" role="status">
      <b>${w(`证书 ${String(least)} 天内到期`, `Certificates end within ${String(least)} days`)}</b>
      ${w('到期后不能登录、签名和用印。换新约一分钟，不用安全员批准。', 'Once they end nobody can log in, sign or seal. Renewing takes a minute and needs no officer.')}
      <p>
        <a class="btn" href="/signer.html#renew" target="sealbox-signer">${w('换新', 'Renew')}</a>
      </p>
    </div>`
  }
  if (!own.some(({ due }) => due === 'ended')) return undefined
  return html`<div class="notice bad section" role="status">
    <b>${w('有证书已到期', 'Certificates have ended')}</b>
    ${w('请向安全员领注册码，重新注册。', 'Ask the security officer for a code and enrol anew.')}
  </div>`
}

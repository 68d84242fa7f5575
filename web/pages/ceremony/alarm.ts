/** What officers and auditors see first after a break-glass: that officers were appointed by the custodians of the root key, and why. */
import { readCeremonies } from '../../../ca/index.ts'
import { readMinutes } from '../../../provisioning/index.ts'
import { html, type Html } from '../../html.ts'
import type { Request } from '../../types.ts'

/** Long enough for an officer or auditor who comes once a quarter. */
const shownForDays = 92

/** `base` is where the reader's records of ceremonies are. Undefined where none was held of late. */
export async function breakGlassAlarm(
  { view, parts }: Pick<Request, 'view' | 'parts'>,
  base: string,
): Promise<Html | undefined> {
  const since = new Date(view.now.getTime() - shownForDays * 86_400_000)
  const held = await readCeremonies(parts.journal.views)
  const last = held.findLast(({ kind, heldAt }) => kind === 'break-glass' && heldAt >= since)
  if (!last) return undefined
  const minutes = readMinutes(await parts.blobs.get(last.minutes))
  const { w } = view
  const names = (of: readonly string[] = []): string => of.join(w('、', ', '))
  return html`<div class="notice bad" role="alert">
    <b>${w('应急任命', 'Break-glass')}</b>
    <p>
      ${w(
        `${view.exact(last.heldAt.toISOString())}，根密钥的保管人重新任命了安全员：${names(minutes?.officers)}；免去：${names(minutes?.dismissed) || '无'}。`,
        `At ${view.exact(last.heldAt.toISOString())} the custodians of the root key appointed officers anew: ${names(minutes?.officers)}; dismissed: ${names(minutes?.dismissed) || 'nobody'}.`,
      )}
    </p>
    <p>${w('缘由：', 'Reason: ')}${minutes?.reason}</p>
    <p>
      <a href="${base}/${last.entry}"
        >${w('查看仪式记录与根密钥的签名', 'The minutes, and the root key’s signature')}</a
      >
    </p>
  </div>`
}

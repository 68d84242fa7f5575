/** The state of the box: what needs a hand first, then what is well. Never a document, a title or a unit's traffic. */
import { checksOf, folderWords } from '../../health/checks.ts'
import type { Health } from '../../health/types.ts'
import { html, type Html } from '../../html.ts'
import type { Answer, Request } from '../../types.ts'
import type { View } from '../../view.ts'
import { checkTable } from '../check_table.ts'
import { bytesWords, figureRow } from '../elements.ts'
import { show } from '../frame.ts'
import { renewalNote } from '../renewal.ts'

export async function administratorToday(request: Request): Promise<Answer> {
  const { view, parts, hub } = request
  const { w } = view
  const health = await parts.health()
  const checks = checksOf(view, health)
  const open = checks.filter(({ state }) => state !== 'ok').length
  return show(request, {
    title: w('系统状态', 'State of the box'),
    acts: html`<button class="btn" type="button" data-print>${w('打印', 'Print')}</button
      ><a class="btn" href="/" data-next>${w('再看一次', 'Look again')}</a>`,
    main: html`<h1>
        ${open === 0 ? w('系统正常', 'All is well') : w(`有 ${String(open)} 项需要处理`, `${String(open)} need a hand`)}
      </h1>
      <p class="sub">${view.exact(view.now)}</p>
      ${await renewalNote(request)} ${figures(view, health, hub.size)} ${checkTable(view, checks)}
      ${folders(view, health)}
      <p class="hint">
        ${w('这里只有系统自身的数字，看不到公文、标题和单位之间的往来。', 'These are numbers of the box itself; no document, title or traffic of units can be seen here.')}
      </p>`,
  })
}

function figures(view: View, { startedAt }: Health, streams: number): Html {
  const { w, box, now } = view
  const mode = box.mode === 'trial' ? w('试用', 'trial') : w('正式', 'production')
  return figureRow([
    { value: box.version, words: w(`版本，${mode}`, `version, ${mode}`) },
    {
      value: uptime(view, now.getTime() - startedAt.getTime()),
      words: w(`自 ${view.time(startedAt)} 运行`, `up since ${view.time(startedAt)}`),
    },
    { value: streams, words: w('打开着页面的浏览器', 'browsers with a page open') },
  ])
}

function uptime({ w }: View, ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000))
  if (minutes < 120) return w(`${String(minutes)} 分钟`, `${String(minutes)} min`)
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return w(`${String(hours)} 小时`, `${String(hours)} h`)
  return w(`${String(Math.floor(hours / 24))} 天`, `${String(Math.floor(hours / 24))} days`)
}

function folders(view: View, health: Health): Html {
  const { w } = view
  const total = health.folders.reduce((sum, { bytes }) => sum + bytes, 0)
  return html`<section class="section">
    <table class="dense">
      <caption>
        ${w(`数据 ${bytesWords(total)}`, `Data, ${bytesWords(total)}`)}
      </caption>
      <tbody>
        ${health.folders.map(
          ({ name, bytes }) =>
            html`<tr>
              <td>${folderWords(view, name)}</td>
              <td class="picture">${meter(bytes / Math.max(1, total))}</td>
              <td class="end">${bytesWords(bytes)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`
}

function meter(share: number): Html {
  return html`<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
    <rect class="week" width="${(share * 100).toFixed(1)}" height="8" />
  </svg>`
}

/** The verdict on a sealed document: what the offline verifier says of its file. */
import { actorOf } from '../../../api/common.ts'
import { html, type Html } from '../../../html.ts'
import type { Report } from '../../../../exchange/verify/index.ts'
import type { Request } from '../../../types.ts'
import type { View } from '../../../view.ts'
import { verdictCard as reportCard } from '../../report.ts'

/** Nothing before the file is sealed. Whoever sees the content may print the verdict beside it. */
export async function verdictCard(
  request: Request,
  { id, hasFile }: { readonly id: string; readonly hasFile: boolean },
): Promise<Html | undefined> {
  const { view, parts } = request
  const report = await parts.reading.verdict(actorOf(request), id)
  if (report === undefined) return undefined
  return reportCard(view, report, [
    stampLater(view, report),
    hasFile && evidenceLinks(view, id, report),
  ])
}

/** What of the evidence can be taken away besides the file and the bundle. */
function evidenceLinks({ w }: View, id: string, { renewals }: Report): Html {
  const record = html` ·
    <a href="/documents/${id}/evidence-record"
      >${w('证据记录（.ers）', 'Evidence record (.ers)')}</a
    >`
  return html`<p>
    <a href="/documents/${id}/evidence-sheet.pdf"
      >${w('打印验证单（PDF）', 'Evidence sheet to print (PDF)')}</a
    >${renewals && record}
  </p>`
}

/** A seal that was made while time-stamping was down says so until it has its timestamp. */
function stampLater({ w }: View, { signatures }: Report): Html | undefined {
  const isOpen = signatures.some(({ findings }) =>
    findings.some(({ code }) => code === 'NO_TIMESTAMP'),
  )
  if (!isOpen) return undefined
  return html`<p class="hint" data-unstamped>
    ${w('用印时时间戳服务中断：时间戳稍后补盖在文件旁，文件本身不变。', 'Time-stamping was down when it was sealed: its timestamp comes later, beside the file, which stays as it is.')}
  </p>`
}

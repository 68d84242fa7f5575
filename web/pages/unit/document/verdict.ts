/** The verdict on a sealed document: what the offline verifier says of its file. */
import { actorOf } from '../../../api/common.ts'
import { html, type Html } from '../../../html.ts'
import type { Request } from '../../../types.ts'
import { verdictCard as reportCard } from '../../report.ts'

/** Nothing before the file is sealed. Whoever sees the content may print the verdict beside it. */
export async function verdictCard(
  request: Request,
  { id, hasFile }: { readonly id: string; readonly hasFile: boolean },
): Promise<Html | undefined> {
  const { view, parts } = request
  const report = await parts.reading.verdict(actorOf(request), id)
  if (report === undefined) return undefined
  return html`${reportCard(view, report)}${
    hasFile &&
    html`<p class="links">
      <a href="/documents/${id}/evidence-sheet.pdf"
        >${view.w('打印验证单（PDF）', 'Evidence sheet to print (PDF)')}</a
      >
    </p>`
  }`
}

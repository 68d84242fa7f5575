/** The verdict on a sealed document: what the offline verifier says of its file. */
import { actorOf } from '../../../api/common.ts'
import type { Html } from '../../../html.ts'
import type { Request } from '../../../types.ts'
import { verdictCard as reportCard } from '../../report.ts'

/** Nothing before the file is sealed. */
export async function verdictCard(request: Request, id: string): Promise<Html | undefined> {
  const report = await request.parts.reading.verdict(actorOf(request), id)
  return report === undefined ? undefined : reportCard(request.view, report)
}

/** The evidence bundle of a document, as pages and the API hand it out. */
import { actorOf } from './api/common.ts'
import type { Answer, Request } from './types.ts'

/** The bundle that the actor may have of the document `:id`. */
export async function bundleFile(request: Request): Promise<Answer> {
  const { parts, params } = request
  const { fileName, bytes } = await parts.bundles(actorOf(request), params['id'] ?? '')
  return { type: 'application/vnd.etsi.asic-e+zip', bytes, fileName }
}

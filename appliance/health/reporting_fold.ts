/** Who is told of alarms stands in the journal: which settings, since when, by whom. */
import type { Blobs, Fold, JsonObject, Sha256, Views } from '../../ca/index.ts'
import { noReporting, reportingSchema, type Reporting } from '../../web/index.ts'

/** Key of the one view. */
export const reportingKey = 'monitoring'

/** Data of `monitoring.configured`: addresses are no codes, so they stand in a blob. */
interface Configured extends JsonObject {
  readonly settings: string
}

export const reportingFolds: readonly Fold[] = [
  {
    type: 'monitoring.configured',
    reads: () => [],
    apply: ({ data }) => [{ key: reportingKey, value: data }],
  },
]

/** The settings of now; those of a box that tells nobody where none were ever made. Throws what views and blobs throw. */
export async function readReporting(views: Views, blobs: Pick<Blobs, 'get'>): Promise<Reporting> {
  const found = await views.get(reportingKey)
  if (found === undefined) return noReporting
  const bytes = await blobs.get((found.value as Configured).settings as Sha256)
  return reportingSchema.parse(JSON.parse(new TextDecoder().decode(bytes)))
}

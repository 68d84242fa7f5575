/** Whom something that happened to a document concerns: its issuers, and the units it was sent to. Changes nothing. */
import type { Entry, Views } from '../../ca/index.ts'
import { keys } from '../keyspace.ts'
import { copiesOf } from './stored.ts'
import type { DocumentRecord } from './types.ts'

/** Credit codes of the units that an entry about a document concerns; none for other entries. */
export async function concernedUnits(views: Views, entry: Entry): Promise<ReadonlySet<string>> {
  const [kind, id = ''] = entry.subject.split(':')
  if (kind !== 'document' || !entry.type.startsWith('document.')) return new Set()
  const record = (await views.get(keys.document(id)))?.value as DocumentRecord | undefined
  const copies = await copiesOf(views, id)
  return new Set([...(record?.issuers ?? []), ...copies.map(({ unit }) => unit)])
}

/**
 * Whom something that happened to a document concerns: its issuers, and the units it was sent to; of what one recipient did, no other
 * recipient. Changes nothing.
 */
import type { Entry, Views } from '../../ca/index.ts'
import { keys } from '../keyspace.ts'
import { copiesOf } from './stored.ts'
import type { DocumentRecord } from './types.ts'

/** Credit codes of the units that an entry about a document concerns; none for other entries. */
export async function concernedUnits(views: Views, entry: Entry): Promise<ReadonlySet<string>> {
  const [kind, id = ''] = entry.subject.split(':')
  if (kind !== 'document' || !entry.type.startsWith('document.')) return new Set()
  const record = (await views.get(keys.document(id)))?.value as DocumentRecord | undefined
  const issuers = record?.issuers ?? []
  const { unit: recipient } = entry.data
  // Opened, signed for or returned by one: the others are not told, and a dispatch to ninety does not call ninety up ninety times.
  if (typeof recipient === 'string') return new Set([...issuers, recipient])
  const copies = await copiesOf(views, id)
  return new Set([...issuers, ...copies.map(({ unit }) => unit)])
}

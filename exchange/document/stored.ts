/** What is stored of a document beside its record: copies in the views, head and attachments' names in blobs. Decides nothing. */
import type { Blobs, Views } from '../../ca/index.ts'
import { keys } from '../keyspace.ts'
import type { Attachment, Copy, DocumentHead, DocumentRecord } from './types.ts'

/** All copies of a document, in order of the units' codes. */
export async function copiesOf(views: Views, id: string): Promise<Copy[]> {
  const copies: Copy[] = []
  for await (const { value } of views.scan(keys.copies(id))) copies.push(value as unknown as Copy)
  return copies
}

/** Title, kind and issuers of a document, from its blob. */
export async function headOf(blobs: Blobs, document: DocumentRecord): Promise<DocumentHead> {
  return JSON.parse(new TextDecoder().decode(await blobs.get(document.head))) as DocumentHead
}

/** The attachments with their names, from the draft's blob. */
export async function attachmentsOf(blobs: Blobs, document: DocumentRecord): Promise<Attachment[]> {
  if (document.attachments.length === 0) return []
  const draft: unknown = JSON.parse(new TextDecoder().decode(await blobs.get(document.draft)))
  return (draft as { readonly attachments: Attachment[] }).attachments
}

/** What a unit may read of its documents: one document, inbox, outbox, tasks. Changes nothing. */
import type { Blobs, Sha256, Views } from '../../ca/index.ts'
import { sees, unitOf } from '../access.ts'
import type { Principal } from '../directory/types.ts'
import { ExchangeError } from '../errors.ts'
import { keys } from '../keyspace.ts'
import { loadFor, type Loaded } from './acts.ts'
import type { Report } from '../verify/index.ts'
import type { Verdicts } from './verdict.ts'
import type { Attachment, Copy, DocumentHead, DocumentRecord, Task } from './types.ts'

/** The record with what its attachments are called. */
export type ShownRecord = DocumentRecord & { readonly attachments: readonly Attachment[] }

/** A document as one principal may see it. */
export interface DocumentView {
  readonly id: string
  readonly version: number
  readonly head: DocumentHead
  readonly pages: number | null
  /** The record where the actor sees the content, else undefined. */
  readonly record: ShownRecord | undefined
  /** Hash of the sealed file and of the dispatch statement: what a recipient signs for. */
  readonly dispatched:
    | { readonly file: Sha256; readonly statement: Sha256; readonly deadline: string | null }
    | undefined
  readonly copy: (Copy & { readonly version: number }) | undefined
  /** The copies of all recipients, for issuers only. */
  readonly copies: readonly Copy[] | undefined
}

export interface Page {
  readonly limit: number
  /** Cursor of the last row of the page before. */
  readonly after?: string
}
export interface Listed<T> {
  readonly items: readonly T[]
  readonly next: string | undefined
}

export interface Reading {
  document(actor: Principal, id: string): Promise<DocumentView>
  inbox(actor: Principal, page: Page): Promise<Listed<DocumentView>>
  outbox(actor: Principal, page: Page): Promise<Listed<DocumentView>>
  tasks(actor: Principal): Promise<(Task & { readonly head: DocumentHead })[]>
  /** The verdict on the sealed file, for all who see the document; undefined while nothing is sealed. */
  verdict(actor: Principal, id: string): Promise<Report | undefined>
  /** A blob of a document the actor sees the content of; `NOT_FOUND` for every other. */
  file(actor: Principal, id: string, name: 'pdf' | Sha256): Promise<Uint8Array>
}

export interface ReadingParts {
  readonly views: Views
  readonly blobs: Blobs
  readonly verdicts: Verdicts
}

export function createReading(parts: ReadingParts): Reading {
  const { views, blobs } = parts
  const view = async (actor: Principal, id: string): Promise<DocumentView> =>
    describe(parts, actor, await loadFor(views, actor, id))
  return {
    document: view,
    inbox: (actor, page) => list(parts, actor, { prefix: keys.inboxes(unitOf(actor)), ...page }),
    outbox: (actor, page) => list(parts, actor, { prefix: keys.outboxes(unitOf(actor)), ...page }),
    tasks: async (actor) => {
      const found: (Task & { readonly head: DocumentHead })[] = []
      for await (const { value } of views.scan(keys.tasks(unitOf(actor)))) {
        const task = value as unknown as Task
        const { document } = await loadFor(views, actor, task.document)
        found.push({ ...task, head: await headOf(blobs, document) })
      }
      return found.toSorted(byUrgency)
    },
    verdict: async (actor, id) => {
      const { document } = await loadFor(views, actor, id)
      const isSealed = 'seals' in document && document.seals.length > 0
      return isSealed ? parts.verdicts.of(document.file) : undefined
    },
    file: async (actor, id, name) => {
      const { document, copy } = await loadFor(views, actor, id)
      if (sees(actor, document, copy) !== 'content') throw missing()
      const wanted = name === 'pdf' ? pdfOf(document) : name
      const own = await ownFiles(views, document, actor)
      if (wanted === undefined || !own.has(wanted)) throw missing()
      return blobs.get(wanted)
    },
  }
}

async function describe(
  { views, blobs }: { readonly views: Views; readonly blobs: Blobs },
  actor: Principal,
  { document, version, copy, copyVersion }: Loaded,
): Promise<DocumentView> {
  const content = sees(actor, document, copy) === 'content'
  const issuing = document.issuers.includes(unitOf(actor))
  return {
    id: document.id,
    version,
    head: await headOf(blobs, document),
    pages: 'pages' in document ? document.pages : null,
    record: content
      ? { ...document, attachments: await attachmentsOf(blobs, document) }
      : undefined,
    dispatched:
      document.stage === 'dispatched'
        ? {
            file: document.file,
            statement: document.dispatch.statement,
            deadline: document.deadline,
          }
        : undefined,
    copy: copy && copyVersion !== undefined ? { ...copy, version: copyVersion } : undefined,
    copies: issuing ? await copiesOf(views, document.id) : undefined,
  }
}

async function list(
  parts: { readonly views: Views; readonly blobs: Blobs },
  actor: Principal,
  { prefix, limit, after }: Page & { readonly prefix: string },
): Promise<Listed<DocumentView>> {
  const items: DocumentView[] = []
  let last: string | undefined
  const range = { reverse: true, limit: limit + 1, ...(after && { after: prefix + after }) }
  for await (const { key, value } of parts.views.scan(prefix, range)) {
    if (items.length === limit) return { items, next: last }
    items.push(await describe(parts, actor, await loadFor(parts.views, actor, value as string)))
    last = key.slice(prefix.length)
  }
  return { items, next: undefined }
}

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

function pdfOf(document: DocumentRecord): Sha256 | undefined {
  if ('file' in document) return document.file
  return document.form === 'uploaded' ? document.approvedHash : undefined
}

/** The blobs that belong to a document, as this unit may have them: a recipient no other unit's receipt. */
async function ownFiles(
  views: Views,
  document: DocumentRecord,
  actor: Principal,
): Promise<ReadonlySet<Sha256>> {
  const issuing = document.issuers.includes(unitOf(actor))
  const copies = await copiesOf(views, document.id)
  const answers = copies.filter(({ unit }) => issuing || unit === unitOf(actor))
  const bindings = [
    // A leader's opinion is the issuers' own matter.
    ...(issuing ? document.approvals : []),
    ...('dispatch' in document ? [document.dispatch] : []),
    ...answers.flatMap(({ answer }) => answer ?? []),
  ]
  return new Set([
    ...('file' in document ? [document.file] : []),
    document.draft,
    document.approvedHash,
    ...document.attachments.map(({ sha256 }) => sha256),
    ...bindings.flatMap(({ statement, signature }) => [statement, signature]),
  ])
}

const urgencyOrder: readonly (string | null)[] = ['特急', '加急', null]

function byUrgency(a: Task, b: Task): number {
  const rank = (task: Task): number => urgencyOrder.indexOf(task.urgency)
  const deadline = (task: Task): string => task.deadline ?? '9999'
  return (
    rank(a) - rank(b) || deadline(a).localeCompare(deadline(b)) || a.since.localeCompare(b.since)
  )
}

function missing(): ExchangeError {
  return new ExchangeError('NOT_FOUND', 'no such file')
}

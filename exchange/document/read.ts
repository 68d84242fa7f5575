/** What a unit may read of its documents: one document, inbox, outbox, tasks. Changes nothing. */
import type { Blobs, Clock, Sha256, Views } from '../../ca/index.ts'
import { sees, unitOf } from '../access.ts'
import type { Directory } from '../directory/directory.ts'
import type { Principal } from '../directory/types.ts'
import { ExchangeError } from '../errors.ts'
import { keys } from '../keyspace.ts'
import type { Archive } from '../renewal/index.ts'
import type { Report } from '../verify/index.ts'
import { loadFor, type Loaded } from './acts.ts'
import { byUrgency, createDesk, readRows, type Desk } from './desk.ts'
import type { Heads } from './heads.ts'
import { hashesOf, ownFiles, pdfOf } from './own_files.ts'
import type { Previews } from './preview.ts'
import { rowAt, type DocumentRow } from './rows.ts'
import { shownPdf, type ShownPdf } from './shown_pdf.ts'
import { attachmentsOf, copiesOf } from './stored.ts'
import type {
  Attachment,
  Binding,
  Copy,
  Dispatched,
  DocumentHead,
  DocumentNumber,
  DocumentRecord,
  Task,
} from './types.ts'
import type { Verdicts } from './verdict.ts'

/** The record with what its attachments are called. */
export type ShownRecord = DocumentRecord & { readonly attachments: readonly Attachment[] }

export interface DispatchedView {
  readonly file: Sha256
  readonly statement: Sha256
  readonly deadline: string | null
  readonly number: DocumentNumber
  /** YYYY-MM-DD. */
  readonly date: string
  readonly by: Pick<Binding, 'at' | 'unit' | 'seat' | 'statement'>
}

/** A document as one principal may see it. */
export interface DocumentView {
  readonly id: string
  readonly version: number
  readonly head: DocumentHead
  readonly pages: number | null
  /** The record where the actor sees the content, else undefined. */
  readonly record: ShownRecord | undefined
  /** Hash of the sealed file and of the dispatch statement: what a recipient signs for; and what stands on an envelope. */
  readonly dispatched: DispatchedView | undefined
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

export type UnitTask = Task & { readonly head: DocumentHead }

export interface Reading {
  document(actor: Principal, id: string): Promise<DocumentView>
  inbox(actor: Principal, page: Page): Promise<Listed<DocumentView>>
  outbox(actor: Principal, page: Page): Promise<Listed<DocumentView>>
  /** The tasks of the whole unit, most urgent first. */
  tasks(actor: Principal): Promise<UnitTask[]>
  /** What the seat has to do and what its unit waits for. */
  desk(actor: Principal): Promise<Desk>
  /** A box as light rows, newest first. */
  rows(actor: Principal, box: 'inbox' | 'outbox', page: Page): Promise<Listed<DocumentRow>>
  /** The verdict on the sealed file, for all who see the document; undefined while nothing is sealed. */
  verdict(actor: Principal, id: string): Promise<Report | undefined>
  /** The PDF as an issuer sees it, of a draft that is not registered yet as it will look; `NOT_FOUND` for every other. */
  preview(actor: Principal, id: string): Promise<Uint8Array>
  /** The PDF that the actor sees, for pictures of its pages: an issuer as `preview`, a recipient once it signed for it. */
  pdf(actor: Principal, id: string): Promise<ShownPdf>
  /** Numbers of registered documents by their id, and nothing else of them: for the record of what a key signed. */
  numbers(ids: readonly string[]): Promise<ReadonlyMap<string, DocumentNumber>>
  /** The evidence record of the sealed PDF; `NOT_FOUND` without sight of the content, and as long as there is none. */
  record(actor: Principal, id: string): Promise<Uint8Array>
  /** A blob of a document the actor sees the content of; `NOT_FOUND` for every other. */
  file(actor: Principal, id: string, name: 'pdf' | Sha256): Promise<Uint8Array>
}

export interface ReadingParts {
  readonly views: Views
  readonly blobs: Blobs
  readonly heads: Heads
  readonly clock: Clock
  readonly verdicts: Verdicts
  readonly previews: Previews
  readonly directory: Directory
  readonly archive: Pick<Archive, 'recordOf'>
}

export function createReading(parts: ReadingParts): Reading {
  const { views, blobs } = parts
  const desk = createDesk(parts)
  const view = async (actor: Principal, id: string): Promise<DocumentView> =>
    describe(parts, actor, await loadFor(views, actor, id))
  return {
    document: view,
    inbox: (actor, page) => list(parts, actor, { prefix: keys.inboxes(unitOf(actor)), ...page }),
    outbox: (actor, page) => list(parts, actor, { prefix: keys.outboxes(unitOf(actor)), ...page }),
    tasks: (actor) => unitTasks(parts, actor),
    desk,
    rows: (actor, box, page) => {
      const prefix = box === 'inbox' ? keys.inboxes : keys.outboxes
      return listRows(parts, actor, { prefix: prefix(unitOf(actor)), ...page })
    },
    verdict: async (actor, id) => {
      const { document } = await loadFor(views, actor, id)
      const isSealed = 'seals' in document && document.seals.length > 0
      return isSealed ? parts.verdicts.of(document.file) : undefined
    },
    preview: async (actor, id) => {
      const { document } = await loadFor(views, actor, id)
      if (!document.issuers.includes(unitOf(actor))) throw missing()
      return shownPdf(parts, document).read()
    },
    pdf: async (actor, id) => {
      const { document, copy } = await loadFor(views, actor, id)
      if (sees(actor, document, copy) !== 'content') throw missing()
      return shownPdf(parts, document)
    },
    numbers: async (ids) => {
      const records = await views.getMany(ids.map((id) => keys.document(id)))
      return new Map(
        ids.flatMap((id, at): [string, DocumentNumber][] => {
          const record = records[at]?.value as unknown as DocumentRecord | undefined
          return record !== undefined && 'number' in record ? [[id, record.number]] : []
        }),
      )
    },
    record: async (actor, id) => {
      const { document, copy } = await loadFor(views, actor, id)
      const pdf = sees(actor, document, copy) === 'content' ? pdfOf(document) : undefined
      const record = pdf && (await parts.archive.recordOf([pdf]))
      if (record === undefined) throw missing()
      return record
    },
    file: async (actor, id, name) => {
      const { document, copy } = await loadFor(views, actor, id)
      if (sees(actor, document, copy) !== 'content') throw missing()
      const wanted = name === 'pdf' ? pdfOf(document) : name
      const copies = await copiesOf(views, id)
      const own = hashesOf(ownFiles(document, copies, unitOf(actor)))
      if (wanted === undefined || !own.has(wanted)) throw missing()
      return blobs.get(wanted)
    },
  }
}

async function unitTasks({ views, heads }: ReadingParts, actor: Principal): Promise<UnitTask[]> {
  const tasks: Task[] = []
  for await (const { value } of views.scan(keys.tasks(unitOf(actor)))) {
    tasks.push(value as unknown as Task)
  }
  const records = await views.getMany(tasks.map(({ document }) => keys.document(document)))
  const found = tasks.map(async (task, at) => {
    const record = records[at]?.value as unknown as DocumentRecord | undefined
    return record === undefined ? [] : [{ ...task, head: await heads(record.head) }]
  })
  return (await Promise.all(found)).flat().toSorted(byUrgency)
}

async function describe(
  { views, blobs, heads }: ReadingParts,
  actor: Principal,
  { document, version, copy, copyVersion }: Loaded,
): Promise<DocumentView> {
  const content = sees(actor, document, copy) === 'content'
  const issuing = document.issuers.includes(unitOf(actor))
  return {
    id: document.id,
    version,
    head: await heads(document.head),
    pages: 'pages' in document ? document.pages : null,
    record: content
      ? { ...document, attachments: await attachmentsOf(blobs, document) }
      : undefined,
    dispatched: document.stage === 'dispatched' ? dispatchedView(document) : undefined,
    copy: copy && copyVersion !== undefined ? { ...copy, version: copyVersion } : undefined,
    copies: issuing ? await copiesOf(views, document.id) : undefined,
  }
}

function dispatchedView(document: Dispatched): DispatchedView {
  const { file, deadline, number, date, dispatch } = document
  const { at, unit, seat, statement } = dispatch
  return { file, statement, deadline, number, date, by: { at, unit, seat, statement } }
}

/** A page of a box: the identifiers under its prefix, newest first. */
async function idsOf(
  views: Views,
  { prefix, limit, after }: Page & { readonly prefix: string },
): Promise<Listed<string>> {
  const items: string[] = []
  let last: string | undefined
  const range = { reverse: true, limit: limit + 1, ...(after && { after: prefix + after }) }
  for await (const { key, value } of views.scan(prefix, range)) {
    if (items.length === limit) return { items, next: last }
    items.push(value as string)
    last = key.slice(prefix.length)
  }
  return { items, next: undefined }
}

async function list(
  parts: ReadingParts,
  actor: Principal,
  page: Page & { readonly prefix: string },
): Promise<Listed<DocumentView>> {
  const { items, next } = await idsOf(parts.views, page)
  const views: DocumentView[] = []
  for (const id of items)
    views.push(await describe(parts, actor, await loadFor(parts.views, actor, id)))
  return { items: views, next }
}

async function listRows(
  parts: ReadingParts,
  actor: Principal,
  page: Page & { readonly prefix: string },
): Promise<Listed<DocumentRow>> {
  const { items, next } = await idsOf(parts.views, page)
  const rows = await readRows(parts, unitOf(actor), items)
  const now = parts.clock.now().toISOString()
  return {
    items: items.flatMap((id) => {
      const row = rows.get(id)
      return row === undefined ? [] : [rowAt(row, now)]
    }),
    next,
  }
}

function missing(): ExchangeError {
  return new ExchangeError('NOT_FOUND', 'no such file')
}

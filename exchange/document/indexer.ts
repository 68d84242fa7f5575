/**
 * Follows the journal and tells the search index what happened: registered documents, who sees how much of them. The index
 * keeps its own cursor, so that nothing is lost or doubled across restarts.
 */
import type { Blobs, Entry, Journal, Sha256 } from '../../ca/index.ts'
import { paintNumber } from '../draft/number.ts'
import { bodyTexts, draftSchema } from '../draft/schema.ts'
import type { Directory } from '../directory/directory.ts'
import { keys } from '../keyspace.ts'
import type {
  PdfTextReader,
  SearchBatch,
  SearchChange,
  SearchDocument,
  SearchIndex,
} from '../search/index.ts'
import type { DocumentEntries } from './folds.ts'
import { headOf } from './stored.ts'
import type { DocumentRecord } from './types.ts'

export interface IndexerParts {
  readonly journal: Journal
  readonly blobs: Blobs
  readonly search: SearchIndex
  readonly directory: Directory
  /** Reads the text of uploaded PDFs. */
  readonly pdfText: PdfTextReader
}

export interface Indexer {
  /** Resolves once the entry with this index is findable. */
  caughtUp(index: number): Promise<void>
  /** Ends after the entry in hand; rejects with what stopped the indexer, if anything did. */
  readonly done: Promise<void>
}

/** Applied together at most; a batch is one write. */
const maxBatch = 100

export function startIndexer(parts: IndexerParts, signal: AbortSignal): Indexer {
  const waiting = new Map<() => void, number>()
  const tell = (): void => {
    for (const [resolve, index] of waiting) {
      if (index > parts.search.appliedThrough) continue
      waiting.delete(resolve)
      resolve()
    }
  }
  const run = async (): Promise<void> => {
    // What it lacks at the start comes many documents a write; from then on each entry is findable at once.
    for await (const batch of batchesOf(parts, parts.search.appliedThrough + 1)) {
      if (signal.aborted) return
      await parts.search.apply(batch)
      tell()
    }
    const from = parts.search.appliedThrough + 1
    for await (const entry of parts.journal.subscribe(from, signal)) {
      await parts.search.apply(await batchOf(parts, entry))
      tell()
    }
  }
  return {
    caughtUp: (index) =>
      new Promise((resolve) => {
        waiting.set(resolve, index)
        tell()
      }),
    done: run(),
  }
}

/** Batches of what is in the journal now, from the entry `from` on: all of it for a rebuild of the index. */
export async function* batchesOf(parts: IndexerParts, from = 0): AsyncIterable<SearchBatch> {
  let changes: SearchChange[] = []
  let through = from - 1
  for await (const entry of parts.journal.read(from)) {
    const batch = await batchOf(parts, entry)
    changes.push(...batch.changes)
    through = batch.through
    if (changes.length < maxBatch) continue
    yield { through, changes }
    changes = []
  }
  yield { through, changes }
}

async function batchOf(parts: IndexerParts, entry: Entry): Promise<SearchBatch> {
  return { through: entry.index, changes: await changesOf(parts, entry) }
}

async function changesOf(parts: IndexerParts, entry: Entry): Promise<SearchChange[]> {
  switch (entry.type) {
    case 'document.numbered': {
      const { id, number, rendered } = entry.data as unknown as DocumentEntries['document.numbered']
      const { value } = (await parts.journal.views.get(keys.document(id))) ?? {}
      const record = value as unknown as DocumentRecord
      const document: SearchDocument = {
        id,
        ...(await textOf(parts, record)),
        issuer: (await headOf(parts.blobs, record)).issuers.join(' '),
        number: paintNumber(number),
        date: rendered.date,
      }
      return [{ type: 'added', document, content: record.issuers }]
    }
    case 'document.dispatched': {
      const { id, main, copies } = entry.data as unknown as DocumentEntries['document.dispatched']
      return [{ type: 'shown', id, units: [...main, ...copies], extent: 'head' }]
    }
    case 'document.receipted': {
      const { id, unit } = entry.data as unknown as DocumentEntries['document.receipted']
      return [{ type: 'shown', id, units: [unit], extent: 'content' }]
    }
    default:
      return []
  }
}

async function textOf(
  { blobs, pdfText }: IndexerParts,
  record: DocumentRecord,
): Promise<Pick<SearchDocument, 'title' | 'text' | 'kind'>> {
  const { title, kind } = await headOf(blobs, record)
  if (record.form === 'uploaded') {
    const read = await pdfText.read(await blobs.get(record.approvedHash))
    // A PDF without text that can be read is found by its head.
    return { title, kind, text: 'pages' in read ? read.pages.join('\f') : '' }
  }
  const draft = draftSchema.parse(await jsonOf(blobs, record.draft))
  return { title, kind, text: bodyTexts(draft.body).join('\n') }
}

async function jsonOf(blobs: Blobs, name: Sha256): Promise<unknown> {
  return JSON.parse(new TextDecoder().decode(await blobs.get(name)))
}

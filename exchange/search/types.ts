/** The port of search: what goes in, what is asked, what comes out. Types only. */
import type { DocumentNumber } from './document_number.ts'

/** A document as it is indexed. */
export interface SearchDocument {
  readonly id: string
  readonly title: string
  /** The content: what a unit reads only after signing for. Pages may be parted by form feeds. */
  readonly text: string
  readonly issuer: string
  /** 发文字号, as it stands on the document. */
  readonly number?: string
  /** `YYYY-MM-DD`, `YYYY-MM` or `YYYY`. */
  readonly date?: string
  readonly kind?: string
}

/** `head`: title, issuer, number, date; `content`: the text as well. */
export type Extent = 'head' | 'content'

/** One thing that happened. Each may be repeated without harm: replay is how the index catches up. */
export type SearchChange =
  | {
      readonly type: 'added'
      readonly document: SearchDocument
      /** Units that see the content. */
      readonly content: readonly string[]
      /** Units that see the head only. */
      readonly head?: readonly string[]
    }
  | {
      readonly type: 'shown'
      readonly id: string
      readonly units: readonly string[]
      readonly extent: Extent
    }
  /** These units see nothing of it any more. */
  | { readonly type: 'hidden'; readonly id: string; readonly units: readonly string[] }
  | { readonly type: 'removed'; readonly id: string }

/** Changes that become visible and durable together, some hundred documents at most. */
export interface SearchBatch {
  /** Index of the last journal entry that these changes come from. */
  readonly through: number
  readonly changes: readonly SearchChange[]
}

export type SearchField = 'title' | 'issuer' | 'number'

/** What a query means. Words are in normal form (`normalise.ts`); days are numbers such as 20261123. */
export type Ast =
  | { readonly kind: 'word'; readonly text: string; readonly field?: SearchField }
  | { readonly kind: 'number'; readonly number: DocumentNumber; readonly field?: 'number' }
  | { readonly kind: 'date'; readonly from: number; readonly to: number }
  | { readonly kind: 'and' | 'or'; readonly of: readonly Ast[] }
  | { readonly kind: 'not'; readonly of: Ast }

/** Text of the original with the places (UTF-16, end exclusive) that matched; never markup. */
export interface Piece {
  readonly text: string
  readonly ranges: readonly (readonly [start: number, end: number])[]
}

export interface Hit {
  readonly id: string
  /** How much of it the asking unit sees. */
  readonly extent: Extent
  readonly title: Piece
  readonly issuer: Piece
  readonly number?: string
  readonly date?: string
  readonly kind?: string
  /** Only where the unit sees the content. */
  readonly snippet?: Piece
  readonly score: number
}

export interface Answer {
  readonly hits: readonly Hit[]
  readonly count: number
  /** False where `count` is only what was counted before the limit was reached: "1000 and more". */
  readonly exact: boolean
}

export interface SearchIndex {
  /** Index of the last journal entry applied, -1 when empty. */
  readonly appliedThrough: number
  /** Durable and visible when it resolves. A batch not beyond `appliedThrough` is left out. Throws `SEARCH_DAMAGED`, `SEARCH_CLOSED`. */
  apply(batch: SearchBatch): Promise<void>
  /** What `as.unit` finds among what it may see. Throws `SEARCH_DAMAGED` (the caller rebuilds), `SEARCH_CLOSED`. */
  query(
    ast: Ast,
    as: { readonly unit: string },
    page?: { readonly offset?: number; readonly limit?: number },
  ): Promise<Answer>
  /** Throws all away and applies these batches. Interrupted, the index is empty or behind, never wrong. */
  rebuild(batches: AsyncIterable<SearchBatch> | Iterable<SearchBatch>): Promise<void>
  /** Waits for what is running; the store stays its owner's to close. */
  close(): Promise<void>
}

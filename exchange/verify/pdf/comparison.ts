/** What the rules about one revision share: the states before and after it, what was permitted, and where to note what they find. */
import type { PdfDocument, PdfPage, PdfRevision } from '../../pdf/index.ts'
import type { ChangeCode, ChangeEffect, ChangePlace } from '../report/change_words.ts'
import type { FieldLock } from '../types.ts'
import type { ReferenceGraph } from './graph.ts'
import type { PaintedWithin } from './painted.ts'
import type { PdfSignature } from './signatures.ts'

/** What the signatures before a revision allow in it. */
export interface Rules {
  /** The strictest of all; 2 where none says anything. */
  readonly docMdp: 1 | 2 | 3
  readonly locks: readonly FieldLock[]
  /** Whether a new signature may certify the file, /Perms /DocMDP; so of a seal that is about to be made alone. */
  readonly certificationAllowed: boolean
}

/** The pages of a state by the numbers of their objects. */
export interface PageIndex {
  /** In reading order. */
  readonly pages: PdfPage[]
  readonly places: ReadonlyMap<number, number>
  /** Numbers of the tree above them, arrays of kids that are objects of their own included. */
  readonly nodes: ReadonlySet<number>
  /** Pages by the number of an /Annots array that is an object of its own. */
  readonly annots: Map<number, readonly number[]>
}

export interface Comparison {
  readonly before: PdfDocument
  readonly after: PdfDocument
  readonly revision: PdfRevision
  /** Of the state before. */
  readonly graph: ReferenceGraph
  readonly pages: PageIndex
  /** Object streams and the like: numbers that matter without a reference. */
  readonly containers: ReadonlySet<number>
  readonly paintsWithin: PaintedWithin
  readonly rules: Rules
  /** Signatures that close this revision, by the numbers of their fields and widgets. */
  readonly closing: ReadonlyMap<number, PdfSignature>
  /** Fields and widgets that are new or newly signed, with the page that lists them, from 0. */
  readonly newFields: Map<number, number | undefined>
  /** Numbers of objects whose change was looked at key by key. */
  readonly judged: Set<number>
  readonly note: (effect: ChangeEffect, code: ChangeCode, place?: ChangePlace) => void
}

/** What a change is that DocMDP permits from a level on. */
export function effectAt(level: 1 | 2 | 3, { docMdp }: Rules): 'permitted' | 'forbidden' {
  return docMdp >= level ? 'permitted' : 'forbidden'
}

/** What each revision after the first signed one changed, and what is not well formed about it. Pure. */
import { ExchangeError } from '../../errors.ts'
import {
  type PdfDocument,
  type PdfRevision,
  type RevisionList,
  type RevisionProblemCode,
} from '../../pdf/index.ts'
import {
  revisionChange,
  type ChangeCode,
  type ChangePlace,
  type RevisionChange,
} from '../report/change_words.ts'
import { analyseRevision } from './changes.ts'
import type { PageIndex, Rules } from './comparison.ts'
import { createGraph } from './graph.ts'
import { indexPages, noteAnnots } from './page_rules.ts'
import { createPaintedWithin } from './painted.ts'
import type { PdfSignature } from './signatures.ts'

/** Revisions after the first signature that are compared; more are taken for an attack. */
const maxLaterRevisions = 400

/** Changes by index of revision; under the number of revisions, what belongs to none. */
export type ChangesByRevision = ReadonlyMap<number, readonly RevisionChange[]>

/** What is compared. */
export interface Later {
  readonly document: PdfDocument
  readonly list: RevisionList
  /** By index of revision. */
  readonly states: readonly PdfDocument[]
  readonly signatures: readonly PdfSignature[]
  /** Index of the revision from which on; of the first signed one if absent. */
  readonly from?: number
  readonly certificationAllowed?: boolean
}

/** For each revision after the first signed one, what it changed; an unreadable one is an objection. Empty without a signature that closes a revision. */
export function changesByRevision(later: Later): ChangesByRevision {
  const { document, list, signatures } = later
  const changes = new Map<number, RevisionChange[]>()
  const note = (index: number, code: ChangeCode, place?: ChangePlace): void => {
    changes.set(index, [...(changes.get(index) ?? []), revisionChange('forbidden', code, place)])
  }
  const from = later.from ?? signatures.find(({ revision }) => revision !== undefined)?.revision
  if (from === undefined) return changes
  const count = list.revisions.length
  if (count - from > maxLaterRevisions) note(count, 'TOO_MANY_UPDATES')
  else compareRevisions(later, { from, changes, note })
  for (const { code, revision, at, object } of list.problems) {
    const what = object === undefined ? '' : `object ${String(object)} at `
    note(revision ?? count, problemCodes[code], { detail: `${what}byte ${String(at)}` })
  }
  const isEnded = list.problems.some(({ code }) => code === 'BYTES_AFTER_END')
  const end = list.revisions.at(-1)?.end ?? 0
  if (end < document.bytes.length && !isEnded) {
    note(count, 'BYTES_AFTER_END', { detail: `byte ${String(end)}` })
  }
  return changes
}

const problemCodes = {
  REVISION_WITHOUT_END: 'UPDATE_MALFORMED',
  STARTXREF_ELSEWHERE: 'AMBIGUOUS_UPDATE',
  REVISIONS_OUT_OF_ORDER: 'UPDATE_MALFORMED',
  OBJECT_OUTSIDE_REVISION: 'SHADOW_CONTENT',
  BYTES_AFTER_END: 'BYTES_AFTER_END',
} as const satisfies Record<RevisionProblemCode, ChangeCode>

interface Notes {
  readonly from: number
  readonly changes: Map<number, RevisionChange[]>
  readonly note: (index: number, code: ChangeCode, place?: ChangePlace) => void
}

function compareRevisions(later: Later, { from, changes, note }: Notes): void {
  const { list } = later
  if (from >= list.revisions.length - 1) return
  let index = from
  try {
    const compare = createComparer(later, from)
    for (const revision of list.revisions.slice(from + 1)) {
      index = revision.index
      const found = compare(revision)
      if (found.length > 0) changes.set(index, [...found])
    }
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error
    // Nothing is known of it, nor of what comes after.
    for (; index < list.revisions.length; index++) {
      if (index > from) note(index, 'UPDATE_UNREADABLE', { detail: error.message })
    }
  }
}

/** Compares each revision with the one before; to be called in order. */
function createComparer(
  later: Later,
  from: number,
): (revision: PdfRevision) => readonly RevisionChange[] {
  const { states } = later
  const first = stateAt(states, from)
  const graph = createGraph(first)
  const containers = containersOf(first)
  let pages = indexPages(first)
  let paintsWithin = createPaintedWithin(first)
  return (revision) => {
    const { index, objects } = revision
    const [before, after] = [stateAt(states, index - 1), stateAt(states, index)]
    const { changes, isTreeTouched } = analyseRevision({
      before,
      after,
      revision,
      graph,
      pages,
      containers,
      paintsWithin,
      rules: rulesAt(later, index),
      closing: closingAt(later.signatures, index),
    })
    graph.update(after, objects.keys())
    for (const { entry } of objects.values()) {
      if (entry.type === 'compressed') containers.add(entry.stream)
    }
    if (isTreeTouched) {
      pages = indexPages(after)
      paintsWithin = createPaintedWithin(after)
    } else refreshPages(pages, { after, revision })
    return changes
  }
}

function stateAt(states: readonly PdfDocument[], index: number): PdfDocument {
  const state = states[index]
  if (!state) throw new ExchangeError('PDF_MALFORMED', 'damaged PDF: no revision')
  return state
}

function containersOf(document: PdfDocument): Set<number> {
  const found = new Set<number>()
  for (const number of document.numbers()) {
    const entry = document.entry(number)
    if (entry?.type === 'compressed') found.add(entry.stream)
  }
  return found
}

/** Pages that the revision wrote again, as they are now. */
function refreshPages(
  index: PageIndex,
  { after, revision }: { readonly after: PdfDocument; readonly revision: PdfRevision },
): void {
  for (const number of revision.objects.keys()) {
    const at = index.places.get(number)
    const page = index.pages[at ?? -1]
    const object = at === undefined ? undefined : after.object(number)
    if (!page || object?.value.kind !== 'dictionary') continue
    index.pages[page.index] = { ...page, object, dictionary: object.value }
    noteAnnots(index, index.pages[page.index] ?? page)
  }
}

/** What the signatures before a revision allow: the strictest of what they say. */
function rulesAt({ signatures, certificationAllowed = false }: Later, index: number): Rules {
  const earlier = signatures.filter(({ revision }) => (revision ?? Infinity) < index)
  const levels = earlier.flatMap(({ value }) => docMdpOf(value) ?? [])
  const strictest = Math.min(...levels, 3)
  return {
    docMdp: levels.length === 0 ? 2 : strictest <= 1 ? 1 : strictest <= 2 ? 2 : 3,
    locks: earlier.flatMap(({ value }) => (value.fieldMdp ? [value.fieldMdp] : [])),
    certificationAllowed,
  }
}

/** What a signature says of changes after it; what is not understood allows none. */
export function docMdpOf({ docMdp }: PdfSignature['value']): 1 | 2 | 3 | undefined {
  if (docMdp === undefined || docMdp === 2 || docMdp === 3) return docMdp
  return 1
}

/** Signatures that close a revision, by the numbers of their fields and widgets. */
function closingAt(
  signatures: readonly PdfSignature[],
  index: number,
): ReadonlyMap<number, PdfSignature> {
  const closing = signatures.filter(({ revision }) => revision === index)
  return new Map(closing.flatMap((one) => one.objects.map((number) => [number, one] as const)))
}

/** What each revision after the first signed one changed, and what is not well formed about it. Pure. */
import { ExchangeError } from '../../errors.ts'
import { documentAt, type PdfDocument, type RevisionList } from '../../pdf/index.ts'
import { changesOf, referencedNumbers, type Change } from './changes.ts'
import type { Opened } from './open.ts'
import type { PdfSignature } from './signatures.ts'

/** Revisions after the first signature that are compared; more are taken for an attack. */
const maxLaterRevisions = 400

/** For each revision after the first signed one, what it changed; an unreadable one is an objection. */
export function changesByRevision({
  whole: document,
  list,
  signatures,
}: Opened): ReadonlyMap<number, readonly Change[]> {
  const changes = new Map<number, readonly Change[]>()
  const note = (index: number, what: string) =>
    changes.set(index, [...(changes.get(index) ?? []), { effect: 'forbidden', what }])
  const first = signatures.find(({ revision }) => revision !== undefined)?.revision
  if (first === undefined) return changes
  try {
    compareRevisions(document, { list, signatures, first, changes })
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error
    note(list.revisions.length - 1, error.message)
  }
  const end = list.revisions.at(-1)?.end ?? 0
  if (end < document.bytes.length) note(list.revisions.length, 'bytes after the end')
  for (const { code, revision, at } of list.problems) {
    note(revision ?? list.revisions.length, `${code} at byte ${String(at)}`)
  }
  return changes
}

function compareRevisions(
  document: PdfDocument,
  options: {
    readonly list: RevisionList
    readonly signatures: readonly PdfSignature[]
    readonly first: number
    readonly changes: Map<number, readonly Change[]>
  },
): void {
  const { list, signatures, first, changes } = options
  let previous = list.revisions[first]
  const later = list.revisions.slice(first + 1)
  if (!previous || later.length === 0) return
  if (later.length > maxLaterRevisions) {
    changes.set(list.revisions.length, [{ effect: 'forbidden', what: 'too many revisions' }])
    return
  }
  const referenced = new Set(referencedNumbers(documentAt(document, previous)))
  for (const revision of later) {
    const closed = signatures.some(
      (other) => (other.revision ?? Infinity) < revision.index && other.value.docMdp === 1,
    )
    const before = { previous, referenced, signaturesAllowed: !closed }
    changes.set(revision.index, changesOf(document, revision, before))
    previous = revision
  }
}

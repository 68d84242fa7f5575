/**
 * What one later revision of a PDF changed, against what is permitted after a signature (ISO 32000-2 12.8.2.2): evidence, a document timestamp, a further signature with
 * its own mark, and what its /P allows. The state before and the state after are compared; whatever no rule permits is an objection that names it. Pure.
 */
import { findUncovered, hidesHeads, hidesObjects, strangeForm } from '../../pdf/index.ts'
import type { RevisionChange } from '../report/change_words.ts'
import { revisionChange } from '../report/change_words.ts'
import { readOr } from './compare.ts'
import type { Comparison } from './comparison.ts'
import { checkCatalog, checkTrailer } from './document_rules.ts'
import { checkNewFields } from './field_rules.ts'
import { checkObjects } from './object_rules.ts'
import { checkPages } from './page_rules.ts'

/** What changed, and whether the page tree must be read again. */
export interface RevisionAnalysis {
  readonly changes: readonly RevisionChange[]
  readonly isTreeTouched: boolean
}

/** Analyses one revision. Throws `PDF_MALFORMED` for a state whose catalog or pages cannot be read. */
export function analyseRevision(
  facts: Omit<Comparison, 'note' | 'newFields' | 'judged'>,
): RevisionAnalysis {
  const changes: RevisionChange[] = []
  const comparison: Comparison = {
    ...facts,
    newFields: new Map(),
    judged: new Set(),
    note: (effect, code, place) => {
      const change = revisionChange(effect, code, place)
      if (!changes.some(({ message }) => message === change.message)) changes.push(change)
    },
  }
  checkBytes(comparison)
  checkTrailer(comparison)
  const isTreeTouched = checkPages(comparison)
  checkCatalog(comparison)
  checkObjects(comparison)
  checkNewFields(comparison)
  return { changes, isTreeTouched }
}

/** Every byte of the revision belongs to an object, to the table, or is blank. */
function checkBytes({ after, revision, note }: Comparison): void {
  const strange = strangeForm(after, revision)
  if (strange !== undefined) {
    // Who searches the file for objects finds the same, unless some lie hidden.
    const isHiding = hidesHeads(after, { start: 0, end: revision.end }, after.sections)
    note(isHiding ? 'forbidden' : 'damaged', 'AMBIGUOUS_UPDATE', { detail: strange })
  }
  const unreadable = new Map<number, number>()
  for (const { number, entry, redefined } of revision.objects.values()) {
    if (redefined || entry.type !== 'offset' || readOr(after, number) !== undefined) continue
    unreadable.set(entry.offset, number)
  }
  for (const { start, end } of findUncovered(after, revision, { state: after })) {
    const damaged = unreadable.get(start)
    // Added, nothing replaced, and not to be read: unless something leads to it, it shows nothing.
    if (damaged === undefined) {
      note('forbidden', 'HIDDEN_BYTES', { detail: `bytes ${String(start)} to ${String(end)}` })
    } else note('damaged', 'UPDATE_UNREADABLE', { detail: `object ${String(damaged)}` })
  }
  const isHidden =
    unreadable.size === 0
      ? hidesObjects(after, revision)
      : hidesHeads(after, revision, revision.sections)
  if (isHidden) note('forbidden', 'HIDDEN_BYTES')
}

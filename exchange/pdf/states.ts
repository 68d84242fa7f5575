/**
 * The states of a PDF after each of its revisions, side by side. An object is read once and serves all states until it is redefined, so that comparing many revisions
 * costs what the file holds, not its square.
 */
import { documentOver, type PdfDocument } from './document.ts'
import { freshBudget } from './loader.ts'
import type { RevisionList } from './revisions.ts'
import type { XrefEntry } from './xref.ts'

/** All that was said of one object, oldest first. */
interface History {
  readonly revisions: number[]
  readonly entries: XrefEntry[]
}

/**
 * One document for each revision, in order. They share what they read: an object is taken as it was where it was last defined, so that who replaces only the object stream
 * or the /Length that it stands on changes nothing here; that this was replaced is for `PdfRevision.objects` to tell.
 */
export function documentStates(document: PdfDocument, list: RevisionList): readonly PdfDocument[] {
  const history = new Map<number, History>()
  const budget = freshBudget(document.bytes, document.limits)
  const states: PdfDocument[] = []
  let [size, sections] = [0, 0]
  for (const revision of list.revisions) {
    const { index } = revision
    for (const { number, entry } of revision.objects.values()) {
      remember(history, number, { index, entry })
      size = Math.max(size, number + 1)
    }
    sections += revision.sections.length
    const place = (number: number): number => placeAt(history.get(number), index)
    states.push(
      documentOver(
        {
          bytes: document.bytes,
          limits: document.limits,
          version: document.version,
          sections: document.sections.slice(0, sections),
          startxref: { value: revision.startxref, span: revision.tail },
          budget,
        },
        {
          entry: (number) => history.get(number)?.entries[place(number)],
          numbers: () => numbersAt(history, index),
          inherited: (number) => {
            const at = history.get(number)?.revisions[place(number)]
            return at === undefined || at === index ? undefined : states[at]
          },
          size,
        },
      ),
    )
  }
  return states
}

function remember(
  history: Map<number, History>,
  number: number,
  { index, entry }: { readonly index: number; readonly entry: XrefEntry },
): void {
  const known = history.get(number)
  if (known === undefined) history.set(number, { revisions: [index], entries: [entry] })
  else {
    known.revisions.push(index)
    known.entries.push(entry)
  }
}

/** Which entry is the last one up to a revision; -1 if there is none. */
function placeAt(known: History | undefined, index: number): number {
  const revisions = known?.revisions ?? []
  let [low, high] = [0, revisions.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((revisions[middle] ?? 0) <= index) low = middle + 1
    else high = middle
  }
  return low - 1
}

function* numbersAt(history: ReadonlyMap<number, History>, index: number): Iterable<number> {
  for (const [number, { revisions }] of history) if ((revisions[0] ?? 0) <= index) yield number
}

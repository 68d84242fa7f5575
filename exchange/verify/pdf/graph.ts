/** Which numbered objects refer to which in one state of a PDF; kept up to date from revision to revision, so that each object is looked through once. Pure. */
import { ExchangeError } from '../../errors.ts'
import { latin1, type PdfDocument, type PdfValue } from '../../pdf/index.ts'

export interface ReferenceGraph {
  /** Objects that refer to a number, whether it is in use or not. */
  referrers(number: number): ReadonlySet<number>
  /** Numbers that an object refers to. */
  references(number: number): readonly number[]
  /** Looks through objects again, as they are in `state`. */
  update(state: PdfDocument, numbers: Iterable<number>): void
}

const none: ReadonlySet<number> = new Set()

/** The graph of all objects of a state. */
export function createGraph(document: PdfDocument): ReferenceGraph {
  const outgoing = new Map<number, readonly number[]>()
  const incoming = new Map<number, Set<number>>()
  const graph: ReferenceGraph = {
    referrers: (number) => incoming.get(number) ?? none,
    references: (number) => outgoing.get(number) ?? [],
    update: (state, numbers) => {
      for (const number of numbers) {
        for (const old of outgoing.get(number) ?? []) incoming.get(old)?.delete(number)
        const found = [...referencesOf(state, number)]
        outgoing.set(number, found)
        for (const target of found) {
          const known = incoming.get(target)
          if (known === undefined) incoming.set(target, new Set([number]))
          else known.add(number)
        }
      }
    },
  }
  graph.update(document, document.numbers())
  return graph
}

function referencesOf(document: PdfDocument, number: number): ReadonlySet<number> {
  try {
    const value = document.object(number)?.value
    return value === undefined ? none : referencesIn(value)
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error
    return guessedReferences(document, number)
  }
}

/** All numbers that a value refers to, at any depth. */
export function referencesIn(value: PdfValue): ReadonlySet<number> {
  const found = new Set<number>()
  const visit = (part: PdfValue): void => {
    if (part.kind === 'reference') found.add(part.number)
    else if (part.kind === 'array') part.items.forEach(visit)
    else if (part.kind === 'dictionary') for (const item of part.entries.values()) visit(item)
    else if (part.kind === 'stream') visit(part.dictionary)
  }
  visit(value)
  return found
}

/** How much of an object that cannot be read is looked through, and for how many references. */
const maxGuessedBytes = 4096
const maxGuessed = 200

/** Of an object that cannot be read here, but perhaps elsewhere: what looks like a reference behind its place. */
function guessedReferences(document: PdfDocument, number: number): ReadonlySet<number> {
  const entry = document.entry(number)
  if (entry?.type !== 'offset') return none
  const text = latin1(document.bytes.subarray(entry.offset, entry.offset + maxGuessedBytes))
  const body = text.slice(0, Math.max(0, text.indexOf('endobj')) || text.length)
  const found = [...body.matchAll(/(\d{1,7})\s+\d{1,5}\s+R/g)].slice(0, maxGuessed)
  return new Set(found.map(([, digits]) => Number(digits)))
}

/** Which entries of the journal are about a document: a view, so that a bundle can name all of them. */
import type { Fold, Views } from '../../ca/index.ts'
import { keys } from '../keyspace.ts'
import type { DocumentEntries } from './folds.ts'

/** Every type of entry about a document. */
const documentTypes = {
  'document.drafted': true,
  'document.approved': true,
  'document.numbered': true,
  'document.sealed': true,
  'document.dispatched': true,
  'document.received': true,
  'document.receipted': true,
  'document.returned': true,
} as const satisfies Record<keyof DocumentEntries, true>

const prefix = 'document:'

export const aboutFolds: readonly Fold[] = Object.keys(documentTypes).map((type) => ({
  type,
  reads: () => [],
  apply: ({ subject, index }) => [
    { key: keys.about(subject.slice(prefix.length), index), value: index },
  ],
}))

/** Indices of the entries about a document below `size`, rising. */
export async function entriesAbout(views: Views, id: string, size: number): Promise<number[]> {
  const indices: number[] = []
  for await (const { value } of views.scan(keys.abouts(id))) {
    if (typeof value === 'number' && value < size) indices.push(value)
  }
  return indices
}

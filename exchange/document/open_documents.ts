/**
 * Puts of the folds that keep a unit's open documents at hand: what it is making, what it awaits answers to, and when anything it
 * sees changed last, so that its desk is read without going through its boxes. Pure.
 */
import type { Entry, Put } from '../../ca/index.ts'
import { keys } from '../keyspace.ts'
import type { Dispatched, DocumentRecord, Progress } from './types.ts'

/** Something the unit sees changed with this entry: the version of what is put is the entry's index. */
export function touched(unit: string, entry: Entry): Put {
  return { key: keys.desk(unit), value: entry.index }
}

/** The issuers are making it, and it came to its stage with this entry. */
export function stillMaking(
  record: Pick<DocumentRecord, 'id' | 'issuers'>,
  entry: Entry,
): readonly Put[] {
  return record.issuers.flatMap((unit) => [
    { key: keys.making(unit, record.id), value: entry.time },
    touched(unit, entry),
  ])
}

/** It is dispatched: the issuers await the answers of `of` recipients. */
export function nowAwaiting(
  record: DocumentRecord,
  dispatched: { readonly deadline: string | null; readonly of: number; readonly entry: Entry },
): readonly Put[] {
  const { deadline, of, entry } = dispatched
  const { id, issuers } = record
  const progress: Progress = { of, receipted: 0, returned: 0 }
  return [
    { key: keys.progress(id), value: progress },
    ...issuers.flatMap((unit) => [
      { key: keys.making(unit, id), value: undefined },
      ...(of > 0 ? [{ key: keys.awaiting(unit, deadline, id), value: id }] : []),
      touched(unit, entry),
    ]),
  ]
}

/** A recipient answered; after the last one nothing is awaited any more. */
export function oneAnswered(
  record: Dispatched,
  answer: {
    readonly progress: Progress
    readonly state: 'receipted' | 'returned'
    readonly entry: Entry
  },
): readonly Put[] {
  const { progress, state, entry } = answer
  const { id, issuers, deadline } = record
  const next: Progress = { ...progress, [state]: progress[state] + 1 }
  const all = next.receipted + next.returned === next.of
  return [
    { key: keys.progress(id), value: next },
    ...issuers.flatMap((unit) => [
      ...(all ? [{ key: keys.awaiting(unit, deadline, id), value: undefined }] : []),
      touched(unit, entry),
    ]),
  ]
}

/** The seat that did it, as its holder is called (`seat:CODE/clerk`); empty for who has none. */
export function seatOf(entry: Entry): string {
  const { holder } = entry.actor
  return holder.startsWith('seat:') ? holder.slice(holder.indexOf('/') + 1) : ''
}

/** Entries about units, seats and persons, folded into the directory's views: `data` is a `Unit`, `Seat` or `Person`. Pure. */
import type { Entry, Fold, Json, Put } from '../../ca/index.ts'
import { keys } from '../keyspace.ts'

export const directoryFolds: readonly Fold[] = [
  {
    type: 'unit.registered',
    reads: () => [],
    apply: (entry) => [put(keys.unit(field(entry, 'uscc')), entry.data)],
  },
  {
    type: 'seat.created',
    reads: () => [],
    apply: (entry) => [put(keys.seat(field(entry, 'unit'), field(entry, 'seat')), entry.data)],
  },
  {
    type: 'person.registered',
    reads: () => [],
    apply: (entry) => [put(keys.person(field(entry, 'id')), entry.data)],
  },
]

function put(key: string, value: Json): Put {
  return { key, value }
}

function field(entry: Entry, name: string): string {
  const value = entry.data[name]
  if (typeof value !== 'string') throw new TypeError(`${entry.type} without ${name}`)
  return value
}

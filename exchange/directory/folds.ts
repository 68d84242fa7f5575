/** Entries about units, seats and persons, folded into the directory's views. Pure. */
import type { Entry, Fold, Json } from '../../ca/index.ts'
import { keys } from '../keyspace.ts'
import type { Person, Seat, Unit } from './types.ts'

export const directoryFolds: readonly Fold[] = [
  {
    type: 'unit.registered',
    reads: () => [],
    apply: (entry) => [put<Unit>(keys.unit(field(entry, 'uscc')), entry.data)],
  },
  {
    type: 'seat.created',
    reads: () => [],
    apply: (entry) => [
      put<Seat>(keys.seat(field(entry, 'unit'), field(entry, 'seat')), entry.data),
    ],
  },
  {
    type: 'person.registered',
    reads: () => [],
    apply: (entry) => [put<Person>(keys.person(field(entry, 'id')), entry.data)],
  },
]

function put<T extends Json>(key: string, value: Json): { key: string; value: T } {
  return { key, value: value as T }
}

function field(entry: Entry, name: string): string {
  const value = entry.data[name]
  if (typeof value !== 'string') throw new TypeError(`${entry.type} without ${name}`)
  return value
}

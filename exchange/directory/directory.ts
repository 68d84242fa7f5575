/** Reads the directory: units, seats, persons, and who a certificate's holder is. Changes nothing. */
import type { Sha256, Views } from '../../ca/index.ts'
import { keys } from '../keyspace.ts'
import type { Person, Principal, Seat, Unit } from './types.ts'

export interface Directory {
  unit(uscc: string): Promise<Unit | undefined>
  units(): Promise<Unit[]>
  seat(uscc: string, seat: string): Promise<Seat | undefined>
  seats(uscc: string): Promise<Seat[]>
  person(id: string): Promise<Person | undefined>
  people(): Promise<Person[]>
  /** The seat or person a log-in certificate stands for, or undefined if it stands for none that is active. */
  principal(holder: string, certificate: Sha256): Promise<Principal | undefined>
}

/** The directory over the journal's views. */
export function createDirectory(views: Views): Directory {
  const read = async <T>(key: string): Promise<T | undefined> =>
    (await views.get(key))?.value as T | undefined
  const list = async <T>(prefix: string): Promise<T[]> => {
    const found: T[] = []
    for await (const { value } of views.scan(prefix)) found.push(value as T)
    return found
  }
  const directory: Directory = {
    unit: (uscc) => read<Unit>(keys.unit(uscc)),
    units: () => list<Unit>(keys.units),
    seat: (uscc, seat) => read<Seat>(keys.seat(uscc, seat)),
    seats: (uscc) => list<Seat>(keys.seats(uscc)),
    person: (id) => read<Person>(keys.person(id)),
    people: () => list<Person>(keys.persons),
    principal: async (holder, certificate) => {
      const [kind, name = ''] = holder.split(':')
      if (kind === 'person') return personPrincipal(await directory.person(name), certificate)
      if (kind !== 'seat') return undefined
      const [uscc = '', seat = ''] = name.split('/')
      const [post, unit] = await Promise.all([directory.seat(uscc, seat), directory.unit(uscc)])
      if (post?.active !== true || unit?.active !== true) return undefined
      return { kind: 'seat', holder, certificate, unit: uscc, seat, duties: post.duties }
    },
  }
  return directory
}

function personPrincipal(person: Person | undefined, certificate: Sha256): Principal | undefined {
  if (person?.active !== true) return undefined
  const { id, role } = person
  return { kind: 'person', holder: `person:${id}`, certificate, id, role }
}

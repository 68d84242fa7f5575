/**
 * Rosters that an officer handed in to be checked, kept for a day in the scratch area until the officer signs for one of them: a
 * sign request names a roster by its hash. Each officer finds their own only.
 */
import { fromBase64, sha256Hex, toBase64, type Clock, type Sha256 } from '../../ca/index.ts'
import type { Scratch } from '../../exchange/index.ts'

/** A roster that nobody signed for within a day is handed in anew. */
export const shelfHours = 24
/** Of one officer; the oldest goes first. */
export const maxShelved = 5

export interface RosterShelf {
  put(holder: string, roster: Uint8Array): Promise<Sha256>
  /** undefined for one that was never there, of another officer, or of yesterday. */
  get(holder: string, name: Sha256): Promise<Uint8Array | undefined>
}

interface Shelved {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly roster: string
}

export function createRosterShelf(parts: {
  readonly scratch: Scratch
  readonly clock: Clock
}): RosterShelf {
  const { scratch, clock } = parts
  const prefix = (holder: string): string => `roster/${holder}/`
  const isOld = ({ at }: Shelved): boolean => clock.now().getTime() - at > shelfHours * 3_600_000
  const read = (text: string): Shelved => JSON.parse(text) as Shelved
  return {
    put: async (holder, roster) => {
      const name = sha256Hex(roster)
      const own: (Shelved & { readonly key: string })[] = []
      const range = { gt: prefix(holder), lt: `${prefix(holder)}~` }
      for await (const [key, text] of scratch.iterator(range)) own.push({ key, ...read(text) })
      const newestFirst = own.toSorted((a, b) => b.at - a.at)
      const gone = newestFirst.filter((one, place) => isOld(one) || place >= maxShelved - 1)
      const shelved: Shelved = { at: clock.now().getTime(), roster: toBase64(roster) }
      await scratch.batch([
        ...gone.map(({ key }) => ({ type: 'del', key }) as const),
        { type: 'put', key: prefix(holder) + name, value: JSON.stringify(shelved) },
      ])
      return name
    },
    get: async (holder, name) => {
      const text = await scratch.get(prefix(holder) + name)
      const found = text === undefined ? undefined : read(text)
      return found === undefined || isOld(found) ? undefined : fromBase64(found.roster)
    },
  }
}

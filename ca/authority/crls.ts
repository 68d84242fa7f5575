/** The current CRLs of all authorities, and which of them are due. */
import type { Journal } from '../journal/types.ts'
import type { KnownAuthority } from './authorities.ts'
import { createCrlKeeper } from './crl_keeper.ts'
import { keys, type CrlRecord } from './keyspace.ts'
import type { AuthorityKey, CurrentCrl } from './types.ts'

/**
 * How long a CRL may be used, in days. That of a root that stays on its box (a trial district) lasts as long as the timestamps of its day:
 * who judges a file years later by the letter of EN 319 102-1 5.6.2.2 wants a list of the authorities that may be used then, and
 * has the one in the file.
 */
export const crlDays = { issuing: 7, root: 1890 } as const satisfies Record<
  AuthorityKey['role'],
  number
>

/** However long it may be used, a new one is published as soon. */
const freshForMs = 3.5 * 86_400_000

export interface CrlPublisher {
  /** Throws `CA_ISSUER_OFFLINE`, `CA_PROFILE_VIOLATED`. */
  current(authority: KnownAuthority): Promise<CurrentCrl>
  /** The authorities whose list has lived its time, or that have none. */
  due(at: Date): Promise<KnownAuthority[]>
}

export function createCrlPublisher(options: {
  readonly journal: Pick<Journal, 'views' | 'read' | 'size'>
  readonly authorities: readonly KnownAuthority[]
}): CrlPublisher {
  const { journal, authorities } = options
  const keepers = new Map(
    authorities.map((authority) => [authority.id, createCrlKeeper({ journal, authority })]),
  )
  return {
    async current(authority) {
      const current = keepers.get(authority.id)
      if (current) return current()
      throw new TypeError('an authority of another box')
    },
    async due(at) {
      const online = authorities.filter(({ signer }) => signer)
      const records = await journal.views.getMany(online.map(({ id }) => keys.crl(id)))
      return online.filter((_, index) => isDue(records[index]?.value as CrlRecord | undefined, at))
    },
  }
}

function isDue(record: CrlRecord | undefined, at: Date): boolean {
  if (!record) return true
  return at.getTime() >= Date.parse(record.thisUpdate) + freshForMs
}

/** The current CRLs of all authorities, and which of them are due. */
import type { Journal } from '../journal/types.ts'
import type { KnownAuthority } from './authorities.ts'
import { createCrlKeeper } from './crl_keeper.ts'
import { keys, type CrlRecord } from './keyspace.ts'
import type { CurrentCrl } from './types.ts'

/** How long a CRL may be used; a new one is published after half of it. */
export const defaultCrlDays = 7

export interface CrlPublisher {
  /** Throws `CA_ISSUER_OFFLINE`, `CA_PROFILE_VIOLATED`. */
  current(authority: KnownAuthority): Promise<CurrentCrl>
  /** Identifiers of the issuers whose list has lived half its time, or that have none. */
  due(at: Date): Promise<string[]>
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
      return online
        .filter((_, index) => isDue(records[index]?.value as CrlRecord | undefined, at))
        .map(({ id }) => id)
    },
  }
}

function isDue(record: CrlRecord | undefined, at: Date): boolean {
  if (!record) return true
  const half = (Date.parse(record.thisUpdate) + Date.parse(record.nextUpdate)) / 2
  return at.getTime() >= half
}

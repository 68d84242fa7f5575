/**
 * The current CRLs: bytes built from the views and signed, kept until the views name a newer number. A list of number n holds
 * what was revoked by entries up to n and nothing later, whatever is committed while it is being built.
 */
import { buildCrl, type RevokedCertificate } from '../crl/build.ts'
import { CaError } from '../errors.ts'
import type { ViewRecord, Views } from '../journal/types.ts'
import type { KnownAuthority } from './authorities.ts'
import { keys, revokedPrefix, type CrlRecord, type RevokedRecord } from './keyspace.ts'
import { readPublishedCrl } from './published_crl.ts'
import type { PublishedCrl } from './types.ts'

/** How long a CRL may be used; a new one is published after half of it. */
export const defaultCrlDays = 7

export interface CrlPublisher {
  /** Throws `CA_ISSUER_OFFLINE`. */
  current(authority: KnownAuthority): Promise<PublishedCrl>
  /** Identifiers of the issuers whose list has lived half its time, or that have none. */
  due(at: Date): Promise<string[]>
}

export function createCrlPublisher(options: {
  readonly views: Views
  readonly authorities: readonly KnownAuthority[]
}): CrlPublisher {
  const { views, authorities } = options
  const cache = new Map<string, { number: number; built: Promise<PublishedCrl> }>()

  const build = async (authority: KnownAuthority): Promise<PublishedCrl> => {
    const { signer } = authority
    if (!signer) throw offline(authority, 'the key of this authority is not on the box')
    const { number, record, revoked } = await consistent(authority)
    const thisUpdate = new Date(record.thisUpdate)
    const nextUpdate = new Date(record.nextUpdate)
    const crl = await buildCrl({ signer, number, thisUpdate, nextUpdate, revoked })
    return { crl, number, thisUpdate, nextUpdate }
  }

  /** Every revocation comes with a new number in its commit: if the number stayed, the scan saw exactly what belongs to it. */
  const consistent = async (
    authority: KnownAuthority,
  ): Promise<{ number: number; record: CrlRecord; revoked: RevokedCertificate[] }> => {
    for (;;) {
      const before = await stateOf(authority)
      const revoked = await scanRevoked(revokedPrefix(authority.id))
      const after = await stateOf(authority)
      if (after.version === before.version) {
        const record = after.value as CrlRecord
        return { number: record.number, record, revoked }
      }
    }
  }

  const scanRevoked = async (prefix: string): Promise<RevokedCertificate[]> => {
    const revoked: RevokedCertificate[] = []
    for await (const { key, value } of views.scan(prefix)) {
      revoked.push(revokedOf(key.slice(prefix.length), value as RevokedRecord))
    }
    return revoked
  }

  const stateOf = async (authority: KnownAuthority): Promise<ViewRecord> => {
    const found = await views.get(keys.crl(authority.id))
    if (!found) throw offline(authority, 'this authority has published no list yet')
    return found
  }

  return {
    async current(authority) {
      // A root that is away left its list behind, signed for a long time.
      const published = authority.signer ? undefined : await readPublishedCrl(views, authority.id)
      if (published) return published
      const { version } = await stateOf(authority)
      const kept = cache.get(authority.id)
      if (kept && kept.number >= version) return kept.built
      const built = build(authority)
      cache.set(authority.id, { number: version, built })
      // A failure is not to be remembered.
      built.catch(() => cache.delete(authority.id))
      return built
    },
    async due(at) {
      const online = authorities.filter(({ signer }) => signer)
      const records = await views.getMany(online.map(({ id }) => keys.crl(id)))
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

function revokedOf(serial: string, record: RevokedRecord): RevokedCertificate {
  return {
    serial,
    revokedAt: new Date(record.revokedAt),
    reason: record.reason,
    ...(record.invalidityDate !== null && { invalidityDate: new Date(record.invalidityDate) }),
  }
}

function offline({ key }: KnownAuthority, message: string): CaError {
  return new CaError('CA_ISSUER_OFFLINE', message, { details: { key } })
}

/**
 * The current CRLs: bytes built from the views and signed, kept until the views name a newer number. A list of number n holds
 * what was revoked by entries up to n and nothing later, whatever is committed while it is being built.
 */
import { buildCrl, type RevokedCertificate } from '../crl/build.ts'
import { CaError } from '../errors.ts'
import type { ViewRecord, Views } from '../journal/types.ts'
import type { Signer } from '../signer.ts'
import { keys, revokedPrefix, type CrlRecord, type RevokedRecord } from './keyspace.ts'
import type { IssuerName, PublishedCrl } from './types.ts'

/** How long a CRL may be used; a new one is published after half of it. */
export const defaultCrlDays = 7

export interface CrlPublisher {
  /** Throws `CA_ISSUER_OFFLINE`. */
  current(issuer: IssuerName): Promise<PublishedCrl>
  /** Identifiers of the issuers whose list has lived half its time, or that have none. */
  due(at: Date): Promise<string[]>
}

export function createCrlPublisher(options: {
  readonly views: Views
  readonly signers: Readonly<Record<IssuerName, Signer | undefined>>
  readonly identifiers: Readonly<Record<IssuerName, string>>
}): CrlPublisher {
  const { views, signers, identifiers } = options
  const cache = new Map<IssuerName, { number: number; built: Promise<PublishedCrl> }>()

  const build = async (issuer: IssuerName): Promise<PublishedCrl> => {
    const signer = signers[issuer]
    if (!signer) throw offline(issuer, 'the key of this authority is not on the box')
    const { number, record, revoked } = await consistent(issuer)
    const thisUpdate = new Date(record.thisUpdate)
    const nextUpdate = new Date(record.nextUpdate)
    const crl = await buildCrl({ signer, number, thisUpdate, nextUpdate, revoked })
    return { crl, number, thisUpdate, nextUpdate }
  }

  /** Every revocation comes with a new number in its commit: if the number stayed, the scan saw exactly what belongs to it. */
  const consistent = async (
    issuer: IssuerName,
  ): Promise<{ number: number; record: CrlRecord; revoked: RevokedCertificate[] }> => {
    for (;;) {
      const before = await stateOf(issuer)
      const revoked = await scanRevoked(revokedPrefix(identifiers[issuer]))
      const after = await stateOf(issuer)
      if (after.version === before.version) {
        return { number: after.version, record: after.value as CrlRecord, revoked }
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

  const stateOf = async (issuer: IssuerName): Promise<ViewRecord> => {
    const found = await views.get(keys.crl(identifiers[issuer]))
    if (!found) throw offline(issuer, 'this authority has published no list yet')
    return found
  }

  return {
    async current(issuer) {
      const { version } = await stateOf(issuer)
      const kept = cache.get(issuer)
      if (kept && kept.number >= version) return kept.built
      const built = build(issuer)
      cache.set(issuer, { number: version, built })
      // A failure is not to be remembered.
      built.catch(() => cache.delete(issuer))
      return built
    },
    async due(at) {
      const online = (['root', 'issuing'] as const).filter((name) => signers[name])
      const records = await views.getMany(online.map((name) => keys.crl(identifiers[name])))
      return online
        .filter((_, index) => isDue(records[index]?.value as CrlRecord | undefined, at))
        .map((name) => identifiers[name])
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

function offline(issuer: IssuerName, message: string): CaError {
  return new CaError('CA_ISSUER_OFFLINE', message, { details: { issuer } })
}

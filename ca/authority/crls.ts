/**
 * The current CRLs: kept until the views name a newer one, then written from the entries kept, with what the journal brought since, and
 * signed. A list holds what was revoked by the entries of the journal up to its own and nothing later, whatever is committed while it is
 * being built; a list of 100,000 entries is built in slices that hold nobody up.
 */
import { sha256Hex } from '../bytes.ts'
import { signCrl } from '../crl/build.ts'
import { createCrlEntries, type CrlEntries, type RevokedCertificate } from '../crl/entries.ts'
import { CaError } from '../errors.ts'
import type { Entry, Journal, ViewRecord } from '../journal/types.ts'
import { createTurns } from '../turns.ts'
import type { KnownAuthority } from './authorities.ts'
import type { CertificateRevoked } from './folds.ts'
import { keys, revokedPrefix, type CrlRecord, type RevokedRecord } from './keyspace.ts'
import { readPublishedCrl } from './published_crl.ts'
import type { CurrentCrl, PublishedCrl } from './types.ts'

/** How long a CRL may be used; a new one is published after half of it. */
export const defaultCrlDays = 7

/** Entries of the journal that are read to bring a list up to date; beyond, the views are read anew. */
const maxCatchUp = 20_000

export interface CrlPublisher {
  /** Throws `CA_ISSUER_OFFLINE`, `CA_PROFILE_VIOLATED`. */
  current(authority: KnownAuthority): Promise<CurrentCrl>
  /** Identifiers of the issuers whose list has lived half its time, or that have none. */
  due(at: Date): Promise<string[]>
}

/** What is kept of one issuer. */
interface Kept {
  entries: CrlEntries
  /** Index of the last entry of the journal that `entries` have; undefined before they were read. */
  through: number | undefined
  list: { readonly version: number; readonly crl: CurrentCrl } | undefined
  building: Promise<void> | undefined
}

export function createCrlPublisher(options: {
  readonly journal: Pick<Journal, 'views' | 'read'>
  readonly authorities: readonly KnownAuthority[]
}): CrlPublisher {
  const { journal, authorities } = options
  const { views } = journal
  const kept = new Map<string, Kept>()

  const keptOf = ({ id }: KnownAuthority): Kept => {
    const known = kept.get(id)
    if (known) return known
    const fresh = { entries: createCrlEntries(), through: undefined }
    const made: Kept = { ...fresh, list: undefined, building: undefined }
    kept.set(id, made)
    return made
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
      if (published) return asCurrent(published, { revoked: undefined, before: undefined })
      const { version } = await stateOf(authority)
      const own = keptOf(authority)
      for (;;) {
        if (own.list && own.list.version >= version) return own.list.crl
        // One at a time: of many revocations in a row, those that wait share the next list.
        own.building ??= build(authority, own).finally(() => {
          own.building = undefined
        })
        await own.building
      }
    },
    async due(at) {
      const online = authorities.filter(({ signer }) => signer)
      const records = await views.getMany(online.map(({ id }) => keys.crl(id)))
      return online
        .filter((_, index) => isDue(records[index]?.value as CrlRecord | undefined, at))
        .map(({ id }) => id)
    },
  }

  async function build(authority: KnownAuthority, own: Kept): Promise<void> {
    const { signer } = authority
    if (!signer) throw offline(authority, 'the key of this authority is not on the box')
    const turn = createTurns()
    if (own.through !== undefined) {
      const { version } = await stateOf(authority)
      if (version - own.through > maxCatchUp) own.through = undefined
    }
    if (own.through === undefined) await readAll(authority, own, turn)
    // Only now: what the views had while they were read is not newer than this (each revocation is one commit with its list).
    const { version, value } = await stateOf(authority)
    await catchUp(authority, { own, version, turn })
    const { number, ...times } = value as CrlRecord
    const thisUpdate = new Date(times.thisUpdate)
    const nextUpdate = new Date(times.nextUpdate)
    const { entries } = own
    const crl = await signCrl({ signer, number, thisUpdate, nextUpdate, entries, turn })
    const list = { crl, number, thisUpdate, nextUpdate }
    const more = { revoked: own.entries.size, before: own.list?.crl }
    own.list = { version, crl: asCurrent(list, more) }
  }

  /** From the views: at least what they held when this began. */
  async function readAll(
    authority: KnownAuthority,
    own: Kept,
    turn: () => Promise<void> | undefined,
  ): Promise<void> {
    const { version } = await stateOf(authority)
    const prefix = revokedPrefix(authority.id)
    own.entries = createCrlEntries()
    for await (const { key, value } of views.scan(prefix)) {
      own.entries.put(revokedOf(key.slice(prefix.length), value as RevokedRecord))
      await turn()
    }
    own.through = version
  }

  /** Entries that were in the views already change nothing: each says what holds from it on. */
  async function catchUp(
    { id }: KnownAuthority,
    { own, version, turn }: { own: Kept; version: number; turn: () => Promise<void> | undefined },
  ): Promise<void> {
    const from = (own.through ?? version) + 1
    // If it breaks off half-way, the views are read anew.
    own.through = undefined
    for await (const entry of journal.read(from, version + 1)) {
      apply(own.entries, entry, id)
      await turn()
    }
    own.through = version
  }
}

/** What an entry of the journal changes about the list of this issuer. */
function apply(entries: CrlEntries, { type, data }: Entry, issuer: string): void {
  if (data['issuer'] !== issuer) return
  if (type === 'certificate.revoked') {
    const revoked = data as CertificateRevoked
    entries.put(revokedOf(revoked.serial, revoked))
  } else if (type === 'certificate.released') entries.remove(String(data['serial']))
}

function asCurrent(
  list: PublishedCrl,
  { revoked, before }: { revoked: number | undefined; before: CurrentCrl | undefined },
): CurrentCrl {
  const second = (at: Date): number => Math.floor(at.getTime() / 1000)
  return {
    ...list,
    revoked,
    // The signature stands at the end, over all of it: one over other bytes would be another.
    tag: sha256Hex(list.crl.subarray(-64)),
    sharesSecond: before !== undefined && second(before.thisUpdate) === second(list.thisUpdate),
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

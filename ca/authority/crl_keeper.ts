/**
 * The list of one authority: kept until the views name a newer one, then written from the entries kept, with what the journal brought since,
 * and signed. A list holds what was revoked by the entries of the journal up to its own and nothing later, whatever is committed while it
 * is being built; one of 100,000 entries is built in slices that hold nobody up.
 */
import { sha256Hex } from '../bytes.ts'
import { signCrl } from '../crl/build.ts'
import { createCrlEntries, type CrlEntries, type RevokedCertificate } from '../crl/entries.ts'
import { CaError } from '../errors.ts'
import type { Entry, EntryDraft, Journal, ViewRecord, Views } from '../journal/types.ts'
import { createTurns, nextTurn } from '../turns.ts'
import type { KnownAuthority } from './authorities.ts'
import type { CertificateReleased, CertificateRevoked } from './folds.ts'
import { keys, revokedPrefix, type CrlRecord, type RevokedRecord } from './keyspace.ts'
import { readPublishedCrl } from './published_crl.ts'
import type { CurrentCrl, PublishedCrl } from './types.ts'

/** Entries of the journal that are read to bring a list up to date; beyond, the views are read anew. */
const maxCatchUp = 20_000

type Turn = () => Promise<void> | undefined

/** What is kept between lists. */
interface Kept {
  entries: CrlEntries
  /** Index of the last entry of the journal that `entries` have; undefined before they were read. */
  through: number | undefined
  list: { readonly version: number; readonly crl: CurrentCrl } | undefined
  building: Promise<void> | undefined
}

interface KeeperParts {
  readonly journal: Pick<Journal, 'views' | 'read' | 'size'>
  readonly authority: KnownAuthority
}

/** Gives the list as it stands now. What it gives throws `CA_ISSUER_OFFLINE`, `CA_PROFILE_VIOLATED`. */
export function createCrlKeeper(parts: KeeperParts): () => Promise<CurrentCrl> {
  const { journal, authority } = parts
  const kept: Kept = {
    ...{ entries: createCrlEntries(), through: undefined },
    ...{ list: undefined, building: undefined },
  }
  return async () => {
    // A root that is away left its list behind, signed for a long time.
    const published = authority.signer
      ? undefined
      : await readPublishedCrl(journal.views, authority.id)
    if (published) return asCurrent(published, { revoked: undefined, before: undefined })
    const { version } = await stateOf(parts)
    for (;;) {
      if (kept.list && kept.list.version >= version) return kept.list.crl
      // One at a time: of many revocations in a row, those that wait share the next list.
      kept.building ??= build(parts, kept).finally(() => {
        kept.building = undefined
      })
      await kept.building
    }
  }
}

async function build(parts: KeeperParts, kept: Kept): Promise<void> {
  const { signer } = parts.authority
  if (!signer) throw offline(parts.authority, 'the key of this authority is not on the box')
  const turn = createTurns()
  const { version: now } = await stateOf(parts)
  if (kept.through === undefined || now - kept.through > maxCatchUp) {
    await readAll(parts, kept, turn)
  }
  // Only now: what the views had while they were read is not newer than this (each revocation is one commit with its list).
  const { version, value } = await stateOf(parts)
  await catchUp(parts, kept, { version, turn })
  const { number, ...times } = value as CrlRecord
  const thisUpdate = new Date(times.thisUpdate)
  const nextUpdate = new Date(times.nextUpdate)
  const { entries } = kept
  const crl = await signCrl({ signer, number, thisUpdate, nextUpdate, entries, turn })
  const list = { crl, number, thisUpdate, nextUpdate }
  const more = { revoked: entries.size, before: kept.list?.crl }
  kept.list = { version, crl: asCurrent(list, more) }
}

/** From the views: at least what they held when this began. */
async function readAll(parts: KeeperParts, kept: Kept, turn: Turn): Promise<void> {
  const { version } = await stateOf(parts)
  const prefix = revokedPrefix(parts.authority.id)
  kept.through = undefined
  kept.entries = createCrlEntries()
  for await (const { key, value } of parts.journal.views.scan(prefix)) {
    kept.entries.put(revokedOf(key.slice(prefix.length), value as RevokedRecord))
    await turn()
  }
  kept.through = version
}

/** Entries that were in the views already change nothing: each says what holds from it on. */
async function catchUp(
  { journal, authority }: KeeperParts,
  kept: Kept,
  { version, turn }: { readonly version: number; readonly turn: Turn },
): Promise<void> {
  const from = (kept.through ?? version) + 1
  // If it breaks off half-way, the views are read anew.
  kept.through = undefined
  // Views are written a moment before the journal counts the entries that they come from.
  while (journal.size <= version) await nextTurn()
  for await (const entry of journal.read(from, version + 1)) {
    apply(kept.entries, entry, authority.id)
    await turn()
  }
  kept.through = version
}

async function stateOf({ journal, authority }: KeeperParts): Promise<ViewRecord> {
  const found = await journal.views.get(keys.crl(authority.id))
  if (!found) throw offline(authority, 'this authority has published no list yet')
  return found
}

/** What an entry of the journal changes about the list of this issuer. */
function apply(entries: CrlEntries, entry: Entry, issuer: string): void {
  const { type, data } = entry
  if (data['issuer'] !== issuer) return
  const revoked = revokedIn(entry)
  if (revoked) {
    entries.put(revoked)
  } else if (type === 'certificate.released') {
    entries.remove((data as CertificateReleased).serial)
  }
}

/** All that an issuer revoked, for the list of one that signs in ceremonies alone. */
export async function readRevoked(views: Views, issuer: string): Promise<RevokedCertificate[]> {
  const prefix = revokedPrefix(issuer)
  const revoked: RevokedCertificate[] = []
  for await (const { key, value } of views.scan(prefix)) {
    revoked.push(revokedOf(key.slice(prefix.length), value as RevokedRecord))
  }
  return revoked
}

/** The line of a list that a `certificate.revoked` makes; undefined for any other entry. */
export function revokedIn({ type, data }: EntryDraft): RevokedCertificate | undefined {
  if (type !== 'certificate.revoked') return undefined
  const revoked = data as CertificateRevoked
  return revokedOf(revoked.serial, revoked)
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

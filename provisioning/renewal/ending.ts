/**
 * What ends soon and has no successor yet: for the officers by a walk along the ends, for a holder's own pages by its few certificates.
 * Changes nothing.
 */
import {
  endingBetween,
  type Authority,
  type CertificateState,
  type Clock,
  type Journal,
} from '../../ca/index.ts'
import type { Principal } from '../../exchange/index.ts'
import { holderOf, requestsFor } from '../enrolment/codes.ts'
import { keys } from '../enrolment/types.ts'
import { renewalDue, warningDays, type RenewalDue } from './due.ts'
import { renewsFor } from './prepare.ts'

export interface EndingParts {
  readonly journal: Journal
  readonly authority: Authority
  readonly clock: Clock
}

/** A certificate that is to be renewed. */
export interface Ending {
  readonly holder: string
  readonly profile: string
  readonly sha256: string
  readonly notAfter: Date
  readonly due: Exclude<RenewalDue, undefined>
}

const dayMs = 86_400_000
/** How long an ended certificate without a successor is still spoken of. */
const rememberedDays = 30

/**
 * Certificates of units and people that end within 60 days, or ended within the last 30, and that no later live one of the same holder
 * and profile follows; soonest first. `limit` bounds what is looked at, not what is found.
 */
export async function listEnding(
  parts: EndingParts,
  { limit }: { readonly limit: number },
): Promise<{ readonly items: readonly Ending[]; readonly hasMore: boolean }> {
  const now = parts.clock.now()
  const within = (days: number): Date => new Date(now.getTime() + days * dayMs)
  const { items, hasMore } = await endingBetween(parts.journal.views, {
    from: within(-rememberedDays),
    to: within(warningDays[0]),
    limit,
  })
  const held = new Map<string, Promise<CertificateState[]>>()
  const found: Ending[] = []
  for (const one of items) {
    if (one.holder === 'box') continue
    const own = held.get(one.holder) ?? parts.authority.certificatesOf(one.holder)
    held.set(one.holder, own)
    found.push(...endingOf([one], await own, now))
  }
  return { items: found, hasMore }
}

/** A certificate of one's own: the newest of its holder and profile that is live, or the last one that ended. */
export interface Own {
  readonly holder: string
  readonly profile: string
  /** Seat of the unit; null for its seal, and for people. */
  readonly seat: string | null
  readonly sha256: string
  /** DER. */
  readonly certificate: Uint8Array
  readonly notAfter: Date
  /** Null while there is time. */
  readonly due: Exclude<RenewalDue, undefined> | null
}

/** What a unit's seat, or a person, has and may renew: one row for each certificate that enrolment gave, revoked ones left out. */
export async function listOwn(
  { journal, authority, clock }: EndingParts,
  actor: Principal,
): Promise<Own[]> {
  const now = clock.now()
  const codeFor = renewsFor(actor)
  const rows = await Promise.all(
    requestsFor(codeFor).map(async ({ profile, seat }) => {
      const holder = holderOf(codeFor, profile, seat)
      const held = await authority.certificatesOf(holder)
      const last = (await journal.views.get(keys.newest(holder, profile)))?.value
      const newest = held
        .filter((one) => one.profile === profile && one.revoked === undefined)
        .toSorted(
          (a, b) =>
            a.notAfter.getTime() - b.notAfter.getTime() ||
            // Of those that were issued within one second the one that was issued last.
            Number(a.sha256 === last) - Number(b.sha256 === last),
        )
        .at(-1)
      if (newest === undefined) return []
      const { sha256, certificate, notAfter } = newest
      const due = renewalDue(notAfter, now) ?? null
      return [{ holder, profile, seat: seat ?? null, sha256, certificate, notAfter, due }]
    }),
  )
  return rows.flat()
}

/** Of `some`, those that are due and that nothing among `all` of the holder's follows. */
function endingOf(
  some: readonly CertificateState[],
  all: readonly CertificateState[],
  now: Date,
): Ending[] {
  return some.flatMap(({ holder, profile, sha256, notAfter, revoked }) => {
    const due = renewalDue(notAfter, now)
    const isFollowed = all.some(
      (other) =>
        other.profile === profile && other.notAfter > notAfter && other.revoked === undefined,
    )
    if (due === undefined || revoked !== undefined || isFollowed) return []
    return [{ holder, profile, sha256, notAfter, due }]
  })
}

/**
 * Whether revocation data is fresh enough (EN 319 102-1 5.2.5, revocation freshness checker). Pure; whether the data verifies is asked before.
 */

/** The times a CRL or an OCSP answer states. */
export interface RevocationTimes {
  readonly thisUpdate: Date
  readonly nextUpdate: Date | undefined
}

/** What a relying party demands of the age of revocation data. */
export type FreshnessPolicy =
  /** Issued by then and not ended: `thisUpdate` <= `at` <= `nextUpdate` (RFC 5280 6.3.3 a, RFC 6960 4.2.2.1). */
  | { readonly kind: 'current' }
  /** Not older than `maxAgeMs` at `at`; where that is not given, than the time from `thisUpdate` to `nextUpdate` (5.2.5.4 2). Newer is always fresh. */
  | { readonly kind: 'age'; readonly maxAgeMs?: number }
  /** Issued at least `graceMs` after the moment the signature demonstrably existed (5.2.5.4 1). */
  | { readonly kind: 'after-use'; readonly usedAt: Date; readonly graceMs: number }

/** `untold`: the data lacks the time that the policy goes by. */
export type Freshness = 'fresh' | 'stale' | 'not yet' | 'untold'

/** Judges revocation data at the moment `at`; `toleranceMs` (default 0) is how far two clocks may differ. */
export function freshnessOf(
  data: RevocationTimes,
  at: Date,
  options: { readonly policy: FreshnessPolicy; readonly toleranceMs?: number },
): Freshness {
  const { policy, toleranceMs = 0 } = options
  const [now, issued] = [at.getTime(), data.thisUpdate.getTime()]
  const ends = data.nextUpdate?.getTime()
  switch (policy.kind) {
    case 'current':
      if (issued > now + toleranceMs) return 'not yet'
      if (ends === undefined) return 'untold'
      return now <= ends + toleranceMs ? 'fresh' : 'stale'
    case 'age': {
      const maxAge = policy.maxAgeMs ?? (ends === undefined ? undefined : ends - issued)
      if (maxAge === undefined) return 'untold'
      return issued >= now - maxAge - toleranceMs ? 'fresh' : 'stale'
    }
    case 'after-use':
      return issued >= policy.usedAt.getTime() + policy.graceMs - toleranceMs ? 'fresh' : 'stale'
  }
}

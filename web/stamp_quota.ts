/**
 * How many time-stamps a source may have in a minute: each is a line in the journal for ever, so nobody may flood it (design 4).
 * Counted by certificate, or by address where there is none; strangers together have a bound of their own. The box itself asks
 * the authority directly and has no quota.
 */
import type { Clock } from '../ca/index.ts'
import { WebError } from './errors.ts'

/** A unit that seals a document every four seconds, with room for a batch; about 110 kB of journal. */
export const defaultStampsPerMinute = 1000
/** All addresses without a certificate together. */
const strangersTogether = 3
const minuteMs = 60_000

export interface StampQuota {
  /** Takes one; throws `TOO_MANY_REQUESTS` with `retryAfterSeconds` where this source has had its share of the minute. */
  take(source: string): void
}

export function createStampQuota(options: {
  readonly clock: Clock
  readonly perMinute: number
}): StampQuota {
  const { clock, perMinute } = options
  let minute = 0
  let strangers = 0
  let counts = new Map<string, number>()
  return {
    take(source) {
      const now = clock.now().getTime()
      const current = Math.floor(now / minuteMs)
      if (current !== minute) {
        minute = current
        strangers = 0
        // Not more names than were counted, since strangers end at their common bound.
        counts = new Map()
      }
      const had = counts.get(source) ?? 0
      const isStranger = source.startsWith('anonymous:')
      if (had >= perMinute || (isStranger && strangers >= strangersTogether * perMinute)) {
        const retryAfterSeconds = Math.ceil(((current + 1) * minuteMs - now) / 1000)
        throw new WebError('TOO_MANY_REQUESTS', 'so many time-stamps within this minute', {
          retryAfterSeconds,
        })
      }
      counts.set(source, had + 1)
      if (isStranger) strangers++
    },
  }
}

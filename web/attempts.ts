/**
 * How often somebody without a certificate may be refused: counted by source and minute, in this process. Only refusals count,
 * so that a whole district may enrol from one address in one minute.
 */
import type { Clock } from '../ca/index.ts'
import { WebError } from './errors.ts'

/** Mistyping is human; guessing is not. */
export const defaultRefusedPerMinute = 30
/** Sources counted in a minute; those beyond share one count. */
const maxSources = 10_000

export interface Attempts {
  /** Throws `TOO_MANY_REQUESTS` while this source was refused too often within the minute. */
  requireFew(source: string): void
  refused(source: string): void
}

export function createAttempts(options: {
  readonly clock: Clock
  readonly perMinute: number
}): Attempts {
  const { clock, perMinute } = options
  let minute = 0
  let counts = new Map<string, number>()
  const current = (): Map<string, number> => {
    const now = Math.floor(clock.now().getTime() / 60_000)
    if (now !== minute) {
      minute = now
      counts = new Map()
    }
    return counts
  }
  const keyOf = (source: string): string =>
    counts.size < maxSources || counts.has(source) ? source : 'crowd'
  return {
    requireFew(source) {
      if ((current().get(keyOf(source)) ?? 0) < perMinute) return
      throw new WebError('TOO_MANY_REQUESTS', 'refused too often within this minute')
    },
    refused(source) {
      const seen = current()
      const key = keyOf(source)
      seen.set(key, (seen.get(key) ?? 0) + 1)
    },
  }
}

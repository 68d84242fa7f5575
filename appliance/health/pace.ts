/** Work that nobody waits for: it takes a share of the time, and leaves the rest to those who wait. */
import { setTimeout as sleep } from 'node:timers/promises'

export type Pace = () => Promise<void>

/** Shorter work is gathered: a pause costs a timer. */
const leastWorkMs = 4

/**
 * A function to be awaited between small steps. `share` is that of the time that may be used, above 0 up to 1 (no pauses). Rejects
 * with the signal's reason once it aborts.
 */
export function createPace(options: {
  readonly share: number
  readonly signal: AbortSignal
}): Pace {
  const { share, signal } = options
  let from = performance.now()
  return async () => {
    signal.throwIfAborted()
    const worked = performance.now() - from
    if (worked < leastWorkMs) return
    await sleep((worked * (1 - share)) / share, undefined, { signal })
    from = performance.now()
  }
}

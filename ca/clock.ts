/** Clock: where shells get the time from; pure functions take `at`. The clock that a box runs by is `ca/time/guard.ts`. */

/** How the box knows the time; the accuracy in time-stamp tokens follows from it. */
export const timeSources = {
  chrony: { accuracySeconds: 1 },
  'officer-confirmed': { accuracySeconds: 60 },
  host: { accuracySeconds: 60 },
} as const satisfies Record<string, { accuracySeconds: number }>

export type TimeSource = keyof typeof timeSources

/** `held`: the time is not certain (design 2); acts go on, marked so, and nothing is stamped. */
export type ClockState = 'confirmed' | 'held'

export interface Clock {
  /** In hold: the last certain time, gone on by the monotonic clock. */
  now(): Date
  readonly timeSource: TimeSource
  /** As of the last `now()`. */
  readonly state: ClockState
}

/** Both clocks of the machine at one moment, in milliseconds. */
export interface ClockReading {
  /** Since 1970, as the machine believes. */
  readonly wall: number
  /** Since the machine started; never set. */
  readonly monotonic: number
}

/** The clock of the machine, believed as it is. */
export function createSystemClock(timeSource: TimeSource = 'host'): Clock {
  return { now: () => new Date(), timeSource, state: 'confirmed' }
}

/** Between the two readings a process may be put aside; then they are taken anew. */
const maxReadingGapMs = 250

/** Reads both clocks of the machine. */
export function readClocks(): ClockReading {
  for (;;) {
    const before = performance.now()
    const wall = Date.now()
    // CLOCK_MONOTONIC of the machine, so that two processes of one boot can compare theirs.
    const monotonic = Number(process.hrtime.bigint() / 1000n) / 1000
    if (performance.now() - before < maxReadingGapMs) return { wall, monotonic }
  }
}

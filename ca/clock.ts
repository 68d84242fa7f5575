/** Clock: where shells get the time from; pure functions take `at`. */

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
  readonly state: ClockState
}

/** The clock of the machine, believed as it is. */
export function createSystemClock(timeSource: TimeSource = 'host'): Clock {
  return { now: () => new Date(), timeSource, state: 'confirmed' }
}

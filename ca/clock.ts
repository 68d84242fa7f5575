/** Clock: where shells get the time from; pure functions take `at`. */

/** How the box knows the time; the accuracy in time-stamp tokens follows from it. */
export const timeSources = {
  chrony: { accuracySeconds: 1 },
  'officer-confirmed': { accuracySeconds: 60 },
  host: { accuracySeconds: 60 },
} as const satisfies Record<string, { accuracySeconds: number }>

export type TimeSource = keyof typeof timeSources

export interface Clock {
  now(): Date
  readonly timeSource: TimeSource
}

/** The clock of the machine. */
export function createSystemClock(timeSource: TimeSource = 'host'): Clock {
  return { now: () => new Date(), timeSource }
}

/** Spans of time and what they say: gathered, rolled up into hours, and read for who fell silent. Pure. */
import type { Bucket, BoxFigures } from '../../web/index.ts'

export const minuteMs = 60_000
export const hourMs = 60 * minuteMs
/** Figures of the last days are kept in spans of so many minutes, older ones in hours. */
export const fineMinutes = 10
export const fineHours = 48
export const coarseDays = 35

/** Begin of the span that a moment lies in. */
export function spanOf(at: Date, minutes: number): Date {
  const length = minutes * minuteMs
  return new Date(Math.floor(at.getTime() / length) * length)
}

/** Several spans as one that begins with the first; `buckets` has one at least, the oldest first. */
export function rollUp(buckets: readonly Bucket[], minutes: number): Bucket {
  const [first] = buckets
  const last = buckets.at(-1)
  if (first === undefined || last === undefined) throw new RangeError('nothing to roll up')
  const units: Record<string, readonly [number, number | null]> = {}
  for (const bucket of buckets) {
    for (const [uscc, [answers, ms]] of Object.entries(bucket.units)) {
      const before = units[uscc]
      units[uscc] = [(before?.[0] ?? 0) + answers, least(before?.[1] ?? null, ms)]
    }
  }
  const slow = buckets.flatMap(({ box }) => box.slowMs ?? [])
  const box: BoxFigures = {
    ...last.box,
    answers: buckets.reduce((sum, one) => sum + one.box.answers, 0),
    slowMs: slow.length === 0 ? null : Math.max(...slow),
    load: Math.max(...buckets.map((one) => one.box.load)),
  }
  return { at: spanOf(new Date(first.at), minutes).toISOString(), minutes, units, box }
}

function least(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b
  return Math.min(a, b)
}

/** The value that so large a share of the values (above 0 up to 1) does not exceed; null of none. */
export function quantile(values: readonly number[], share: number): number | null {
  if (values.length === 0) return null
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null
}

/** An hour in which the box ran. */
export interface HourOfWork {
  readonly at: Date
  /** Units of which somebody asked something. */
  readonly atWork: number
  /** Units that were heard of, though it were a page that was left open. */
  readonly heard: number
}

export interface KnownUnit {
  readonly uscc: string
  /** Since when it could have been heard of. */
  readonly since: Date
  readonly lastSeen: Date | undefined
}

/** Of so large a share of the units somebody must have asked something before an hour counts as one in which the district works. */
const workingShare = 1 / 3

/**
 * Units that were not heard of for `afterHours` hours in which the district worked. Nights, holidays and a box that was switched off
 * count nothing, and no calendar is needed: whether people work is seen from the others.
 */
export function silentUnits(of: {
  readonly units: readonly KnownUnit[]
  readonly hours: readonly HourOfWork[]
  readonly afterHours: number
}): string[] {
  const { units, hours, afterHours } = of
  const atLeast = Math.max(1, Math.ceil(units.length * workingShare))
  const working = hours.filter((hour) => hour.atWork >= atLeast).map(({ at }) => at.getTime())
  return units
    .filter(({ since, lastSeen }) => {
      const heard = spanOf(lastSeen ?? since, 60).getTime()
      return working.filter((at) => at > heard).length >= afterHours
    })
    .map(({ uscc }) => uscc)
}

/** Whether no unit at all was heard of for so many hours in which the box ran: then it is the box that is cut off. */
export function isAlone(of: {
  readonly hours: readonly HourOfWork[]
  readonly afterHours: number
}): boolean {
  const { hours, afterHours } = of
  const last = hours.findLastIndex(({ heard }) => heard > 0)
  return last !== -1 && hours.length - 1 - last >= afterHours
}

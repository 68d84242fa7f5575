/** When a scrub is due: each night, when nobody waits; by day only if some nights were missed. Pure. */

const hourMs = 3_600_000
/** Since the last one ended: a box of a hundred thousand documents takes an hour or two. */
const restMs = 18 * hourMs
const nightFrom = 1
const nightTo = 5
/** A box that is switched off at night. */
const missedMs = 60 * hourMs
/** Whoever starts a box wants to work first. */
const settleMs = 15 * 60_000

export function isScrubDue(of: {
  /** Hour of the day in the box's zone, 0 to 23. */
  readonly hour: number
  readonly at: Date
  readonly startedAt: Date
  readonly lastAt: Date | undefined
}): boolean {
  const { hour, at, startedAt, lastAt } = of
  const up = at.getTime() - startedAt.getTime()
  if (up < settleMs) return false
  const age = lastAt === undefined ? Infinity : at.getTime() - lastAt.getTime()
  // Set back meanwhile: what ended "tomorrow" says nothing.
  if (age < 0) return true
  const isNight = hour >= nightFrom && hour < nightTo
  return isNight ? age > restMs : age > missedMs
}

/** What the journal says of the box's time: the entries `clock.held` and `clock.confirmed`, and the one view they make. Pure. */
import type { Actor, EntryDraft, Fold, Json, JsonObject } from '../journal/types.ts'

/** Why the time is not certain. */
export const holdReasons = [
  /** The machine's clock was set back by more than 2 s. */
  'stepped-back',
  /** It went ahead of the monotonic clock by more than 10 min. */
  'stepped-ahead',
  /** At start it was before the journal's last entry. */
  'before-journal',
  /** At start it was more than 30 days after it. */
  'long-after-journal',
  /** The officers' correction is to a clock that was set, or started, since. */
  'correction-doubted',
  /** Officers say that the time is wrong, and correct it. */
  'corrected',
] as const
export type HoldReason = (typeof holdReasons)[number]

/** Data of `clock.held`. Times are RFC 3339, UTC. */
export interface ClockHeld extends JsonObject {
  readonly reason: HoldReason
  /** What the machine's clock showed. */
  readonly machine: string
  /** The time from which the box goes on by the monotonic clock. */
  readonly certain: string
}

/** Data of `clock.confirmed`. */
export interface ClockConfirmed extends JsonObject {
  /** To be added to the machine's clock; 0 where it is right. */
  readonly offsetMs: number
  /** The right time at the moment of the act. */
  readonly time: string
  /** The machine's clocks at that moment, by which a later process of the same boot knows the correction to hold. */
  readonly machine: string
  readonly monotonicMs: number
  /** Linux's `boot_id`, null where there is none. */
  readonly boot: string | null
  /** SHA-256 of the two officers' order. */
  readonly order: string
}

/** The view: how the time stands. */
export interface ClockRecord extends JsonObject {
  readonly state: 'confirmed' | 'held'
  /** Of the present hold. */
  readonly held: ClockHeld | null
  /** The last time that officers said it. */
  readonly confirmed: ClockConfirmed | null
}

export const clockKey = 'ca/clock'

/** `clock.held`: entries from here on are marked, and nothing is stamped. */
export function clockHeldEntry(data: ClockHeld, actor: Actor): EntryDraft {
  return { type: 'clock.held', actor, subject: 'clock', data }
}

/** `clock.confirmed`: two officers know the time. In one commit with their order. */
export function clockConfirmedEntry(data: ClockConfirmed, actor: Actor): EntryDraft {
  return { type: 'clock.confirmed', actor, subject: 'clock', data }
}

const clockHeld: Fold = {
  type: 'clock.held',
  reads: () => [clockKey],
  apply: (entry, values) => put({ ...before(values), state: 'held', held: entry.data }),
}

const clockConfirmed: Fold = {
  type: 'clock.confirmed',
  reads: () => [],
  apply: (entry) => put({ state: 'confirmed', held: null, confirmed: entry.data }),
}

export const clockFolds: readonly Fold[] = [clockHeld, clockConfirmed]

const put = (value: Json): { key: string; value: Json }[] => [{ key: clockKey, value }]

function before(values: ReadonlyMap<string, Json>): ClockRecord {
  const record = values.get(clockKey) as ClockRecord | undefined
  return record ?? { state: 'confirmed', held: null, confirmed: null }
}

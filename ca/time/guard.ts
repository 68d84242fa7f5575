/**
 * The clock that a box runs by (design 2, "clock hold"). Each reading compares the machine's clock with its monotonic clock: set
 * back by more than 2 s, or ahead by more than 10 min, it is believed no more until two officers have said the time. The first
 * reading is compared with the journal's last entry. It decides; it reads no clock but by the port it is given.
 */
import type { Clock, ClockReading, ClockState, TimeSource } from '../clock.ts'
import type { Actor, EntryDraft } from '../journal/types.ts'
import {
  clockHeldEntry,
  type ClockConfirmed,
  type ClockHeld,
  type ClockRecord,
  type HoldReason,
} from './records.ts'

/** Time servers correct by less; a clock set back by more would stamp what was done before as done later. */
export const maxBackMs = 2000
/** A slow start of a time daemon is within; beyond, somebody set the clock. */
export const maxAheadMs = 10 * 60_000
/** A box may be off over a long holiday. */
export const maxAwayMs = 30 * 86_400_000
/** A person compares weekly; a day's grace. */
const confirmedForMs = 8 * 86_400_000

/** What a process knows of the time when it starts. */
export interface ClockStart {
  /** Time of the journal's last entry, and whether it was marked. */
  readonly last: { readonly at: Date; readonly unconfirmed: boolean } | undefined
  /** View `ca/clock`. */
  readonly record: ClockRecord | undefined
  /** Linux's `boot_id`. */
  readonly boot: string | null
}

export interface GuardedClock extends Clock {
  /** To be called once the journal is open, before anything is committed or signed. */
  begin(start: ClockStart): void
  /** The present hold. */
  readonly hold: ClockHeld | undefined
  /** When officers last said the time, by their time. */
  readonly confirmedAt: Date | undefined
  /** Added to the machine's clock. */
  readonly offsetMs: number
  /** What the machine's clock shows. */
  machine(): Date
  /** `clock.held` of a hold that the journal does not know yet: the writer puts it before the first marked entry. */
  untold(): EntryDraft | undefined
  /** The journal knows. */
  told(): void
  /** Holds the clock because officers say that it is wrong. */
  doubt(): void
  /** What `clock.confirmed` says if the machine's clock is `offsetMs` behind the right time. */
  confirmation(offsetMs: number, order: string): ClockConfirmed
  /** Ends the hold; to be called once `clock.confirmed` is committed. */
  confirm(confirmed: ClockConfirmed): void
}

/** What the writer of a journal asks of a clock: one that is never held need not tell. */
export type JournalClock = Clock & Partial<Pick<GuardedClock, 'untold' | 'told'>>

export interface GuardedClockOptions {
  readonly read: () => ClockReading
  /** Who tells of a hold. */
  readonly actor: Actor
  /** Whether a time daemon holds the machine's clock to the right time. */
  readonly isSynchronised?: () => boolean
  /** Called once when a hold begins. */
  readonly onHold?: (held: ClockHeld) => void
}

export function createGuardedClock(options: GuardedClockOptions): GuardedClock {
  const { read, actor, isSynchronised = () => false, onHold } = options
  let offsetMs = 0
  let boot: string | null = null
  let confirmed: ClockConfirmed | undefined
  let held: ClockHeld | undefined
  let isTold = true
  const reckoning = createReckoning()

  const hold = (reason: HoldReason, { wall, monotonic }: ClockReading): void => {
    if (held) return
    held = { reason, machine: moment(wall), certain: moment(reckoning.certain(monotonic)) }
    isTold = false
    onHold?.(held)
  }

  /** The time now, in milliseconds; holds the clock if it cannot be believed. */
  const check = (reading: ClockReading): number => {
    const right = reading.wall + offsetMs
    const doubt = reckoning.doubt(right, reading.monotonic)
    if (doubt !== undefined) hold(doubt, reading)
    return reckoning.give(held ? undefined : right, reading.monotonic)
  }

  return {
    now: () => new Date(check(read())),
    get state(): ClockState {
      return held ? 'held' : 'confirmed'
    },
    get timeSource(): TimeSource {
      if (isSynchronised()) return 'chrony'
      const age = confirmed === undefined ? Infinity : reckoning.given - Date.parse(confirmed.time)
      return age <= confirmedForMs ? 'officer-confirmed' : 'host'
    },
    get hold() {
      return held
    },
    get confirmedAt() {
      return confirmed === undefined ? undefined : new Date(confirmed.time)
    },
    get offsetMs() {
      return offsetMs
    },
    machine: () => new Date(read().wall),
    untold: () => (held && !isTold ? clockHeldEntry(held, actor) : undefined),
    told() {
      isTold = true
    },
    doubt() {
      const reading = read()
      check(reading)
      hold('corrected', reading)
    },
    begin(start) {
      const reading = read()
      const now = reading.wall
      boot = start.boot
      confirmed = start.record?.confirmed ?? undefined
      offsetMs = confirmed?.offsetMs ?? 0
      const last = lastCertain(start)
      const doubted = last === undefined ? undefined : doubtAtStart(start, { reading, last })
      reckoning.believe(doubted === undefined ? now + offsetMs : (last ?? now), reading.monotonic)
      if (doubted !== undefined) hold(doubted, reading)
      if (start.record?.state === 'held') {
        held = start.record.held ?? held
        isTold = true
      }
    },
    confirmation: (offset, order) => ({ ...confirmationAt(read(), offset), boot, order }),
    confirm(said) {
      const reading = read()
      confirmed = said
      offsetMs = said.offsetMs
      held = undefined
      isTold = true
      reckoning.believe(reading.wall + offsetMs, reading.monotonic)
    },
  }
}

type Unplaced = Pick<ClockConfirmed, 'offsetMs' | 'time' | 'machine' | 'monotonicMs'>

function confirmationAt({ wall, monotonic }: ClockReading, offsetMs: number): Unplaced {
  const [time, machine] = [moment(wall + offsetMs), moment(wall)]
  return { offsetMs, time, machine, monotonicMs: Math.round(monotonic) }
}

/** What the right time is believed to be, against the monotonic clock. All in milliseconds. */
interface Reckoning {
  readonly given: number
  /** Starts anew from a time that is believed. */
  believe(time: number, monotonic: number): void
  /** The last time that is certain, gone on. */
  certain(monotonic: number): number
  /** Why `right` cannot be the time. */
  doubt(right: number, monotonic: number): HoldReason | undefined
  /** The time to give: `right`, or in hold (undefined) the certain one; never before one that was given. */
  give(right: number | undefined, monotonic: number): number
}

function createReckoning(): Reckoning {
  /** Right time less monotonic time: as it was believed first, and the latest that was believed since. */
  let first: number | undefined
  let latest = 0
  let given = 0
  return {
    get given() {
      return given
    },
    believe(time, monotonic) {
      first = latest = time - monotonic
      given = time
    },
    certain: (monotonic) => latest + monotonic,
    doubt(right, monotonic) {
      const lead = right - monotonic
      if (first === undefined) first = latest = lead
      if (lead < latest - maxBackMs) return 'stepped-back'
      return lead > first + maxAheadMs ? 'stepped-ahead' : undefined
    },
    give(right, monotonic) {
      if (right !== undefined) latest = Math.max(latest, right - monotonic)
      // Back by less than is held for, time stands still for as long.
      given = Math.max(given, right ?? latest + monotonic)
      return given
    },
  }
}

/** The last time that is certain: the last entry's, or what officers said after entries that were marked. */
function lastCertain({ last, record }: ClockStart): number | undefined {
  if (last === undefined) return undefined
  const said = record?.confirmed
  return record?.state === 'confirmed' && said && last.unconfirmed
    ? Date.parse(said.time)
    : last.at.getTime()
}

/** Why the clock is not believed at start; a hold that stands in the journal goes on in any case. */
function doubtAtStart(
  { record, boot }: ClockStart,
  { reading, last }: { readonly reading: ClockReading; readonly last: number },
): HoldReason | undefined {
  if (record?.state === 'held') return record.held?.reason ?? 'before-journal'
  const said = record?.confirmed
  if (said && said.offsetMs !== 0 && !stillHolds(said, reading, boot)) return 'correction-doubted'
  const now = reading.wall + (said?.offsetMs ?? 0)
  if (now < last) return 'before-journal'
  return now > last + maxAwayMs ? 'long-after-journal' : undefined
}

/** Whether the machine's clock was not set since the officers corrected it: both its clocks went on alike, within one boot. */
function stillHolds(said: ClockConfirmed, reading: ClockReading, boot: string | null): boolean {
  if (boot === null || said.boot !== boot) return false
  const went = reading.monotonic - said.monotonicMs
  return Math.abs(reading.wall - Date.parse(said.machine) - went) <= maxBackMs
}

const moment = (milliseconds: number): string => new Date(milliseconds).toISOString()

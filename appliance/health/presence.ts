/**
 * Who was heard of: counts each answer to a unit, keeps when it was heard of last, and every ten minutes writes down what there was.
 * It knows that somebody of a unit asked, never what for.
 */
import type { Clock } from '../../ca/index.ts'
import type { Answered, BoxFigures, Bucket, PresenceState } from '../../web/index.ts'
import type { Principal } from '../../exchange/index.ts'
import {
  fineHours,
  fineMinutes,
  coarseDays,
  hourMs,
  isAlone,
  quantile,
  rollUp,
  silentUnits,
  spanOf,
  type HourOfWork,
  type KnownUnit,
} from './buckets.ts'
import type { History } from './history.ts'

/** Two working days of a district. */
export const defaultSilentAfterHours = 16
/** A weekend and a day. */
const aloneAfterHours = 72
/** What an open page asks without anybody: it is there, and at night nobody works for all that. */
const byItself: ReadonlySet<string | undefined> = new Set(['GET /events', 'POST /events/pong'])
/** Of a busy span a sample is enough. */
const maxTimes = 4000

export interface Presence {
  answered(one: Answered): void
  roundTrip(actor: Principal, ms: number): void
  /** Closes the span that is over, if one is; to be called each minute. */
  tick(): Promise<void>
  /** Closes the span that runs. */
  end(): Promise<void>
  /** When a unit was heard of last. */
  lastSeen(uscc: string): Date | undefined
  /** The shortest round trip of the spans of the last two hours. */
  roundTripOf(uscc: string): number | undefined
  /** Codes of units that are silent though the district works. */
  silent(units: readonly Omit<KnownUnit, 'lastSeen'>[]): Promise<string[]>
  state(units: readonly Omit<KnownUnit, 'lastSeen'>[]): Promise<PresenceState>
  history(span: 'days' | 'weeks'): Promise<readonly Bucket[]>
}

interface Span {
  readonly at: Date
  readonly units: Map<string, [answers: number, roundTripMs: number | null]>
  answers: number
  readonly times: number[]
}

export interface PresenceParts {
  readonly clock: Pick<Clock, 'now'>
  readonly history: History
  readonly figures: () => Promise<Omit<BoxFigures, 'answers' | 'slowMs'>>
  readonly silentAfterHours: () => Promise<number>
}

/** Begins with what was kept: `seen` of before. */
export async function createPresence(parts: PresenceParts): Promise<Presence> {
  const { clock, history, figures, silentAfterHours } = parts
  const seen = await history.seen()
  let span = newSpan(clock.now())
  let recent: readonly Bucket[] = []
  // A few thousand spans: read anew only when one was added.
  let hours: Promise<readonly HourOfWork[]> | undefined
  const hoursNow = (): Promise<readonly HourOfWork[]> => {
    hours ??= hoursOf(history, clock.now())
    return hours
  }

  const bucketOf = async ({ at, units, answers, times }: Span): Promise<Bucket> => ({
    at: at.toISOString(),
    minutes: fineMinutes,
    units: Object.fromEntries(units),
    box: { answers, slowMs: quantile(times, 0.95), ...(await figures()) },
  })
  const close = async (): Promise<void> => {
    const ended = span
    span = newSpan(clock.now())
    const bucket = await bucketOf(ended)
    recent = [...recent, bucket].slice(-12)
    await history.add(bucket)
    await history.keepSeen(seen)
    await history.tidy(clock.now())
    hours = undefined
  }

  const note = (actor: Principal | undefined): [number, number | null] | undefined => {
    if (actor?.kind !== 'seat') return undefined
    seen.set(actor.unit, clock.now())
    const counted = span.units.get(actor.unit) ?? [0, null]
    span.units.set(actor.unit, counted)
    return counted
  }

  const known = (units: readonly Omit<KnownUnit, 'lastSeen'>[]): KnownUnit[] =>
    units.map((unit) => ({ ...unit, lastSeen: seen.get(unit.uscc) }))

  const silentOf = async (units: readonly KnownUnit[], hours: readonly HourOfWork[]) =>
    silentUnits({ units, hours, afterHours: await silentAfterHours() })

  return {
    answered({ route, actor, ms }) {
      const counted = note(actor)
      if (counted && !byItself.has(route)) counted[0] += 1
      span.answers += 1
      if (span.times.length < maxTimes) span.times.push(ms)
    },
    roundTrip(actor, ms) {
      const counted = note(actor)
      if (counted) counted[1] = Math.min(counted[1] ?? Infinity, Math.round(ms * 10) / 10)
    },
    async tick() {
      if (spanOf(clock.now(), fineMinutes).getTime() !== span.at.getTime()) await close()
    },
    end: close,
    lastSeen: (uscc) => seen.get(uscc),
    roundTripOf(uscc) {
      const own = [...recent.map(({ units }) => units[uscc]?.[1]), span.units.get(uscc)?.[1]]
      const times = own.filter((ms): ms is number => typeof ms === 'number')
      return times.length === 0 ? undefined : Math.min(...times)
    },
    silent: async (units) => silentOf(known(units), await hoursNow()),
    async state(units) {
      const worked = await hoursNow()
      const all = known(units)
      const last = Math.max(...all.map(({ lastSeen }) => lastSeen?.getTime() ?? 0))
      return {
        units: units.length,
        silent: (await silentOf(all, worked)).length,
        lastSeen: last > 0 ? new Date(last) : undefined,
        isAlone: isAlone({ hours: worked, afterHours: aloneAfterHours }),
      }
    },
    async history(wanted) {
      const kept = await spansOf(history, wanted, clock.now())
      return wanted === 'days' ? withRunning(kept, await bucketOf(span)) : kept
    },
  }
}

/** The span that runs is the last one; a box that was started anew has the half before already. */
function withRunning(kept: readonly Bucket[], running: Bucket): Bucket[] {
  const before = kept.filter(({ at }) => at !== running.at)
  const half = kept.find(({ at }) => at === running.at)
  return [...before, half ? rollUp([half, running], fineMinutes) : running]
}

function newSpan(at: Date): Span {
  return { at: spanOf(at, fineMinutes), units: new Map(), answers: 0, times: [] }
}

function spansOf(history: History, wanted: 'days' | 'weeks', now: Date): Promise<Bucket[]> {
  const [kind, hours] =
    wanted === 'days' ? (['fine', fineHours] as const) : (['coarse', coarseDays * 24] as const)
  return gathered(history.read(kind, new Date(now.getTime() - hours * hourMs)))
}

/** The hours that are kept, oldest first. */
async function hoursOf(history: History, at: Date): Promise<HourOfWork[]> {
  const hours = new Map<number, { readonly atWork: Set<string>; readonly heard: Set<string> }>()
  for (const kind of ['coarse', 'fine'] as const) {
    const from = new Date(at.getTime() - coarseDays * 24 * hourMs)
    for await (const bucket of history.read(kind, from)) {
      const begin = spanOf(new Date(bucket.at), 60).getTime()
      const hour = hours.get(begin) ?? { atWork: new Set(), heard: new Set() }
      for (const [uscc, [answers]] of Object.entries(bucket.units)) {
        hour.heard.add(uscc)
        if (answers > 0) hour.atWork.add(uscc)
      }
      hours.set(begin, hour)
    }
  }
  return [...hours].map(([begin, { atWork, heard }]) => ({
    ...{ at: new Date(begin), atWork: atWork.size, heard: heard.size },
  }))
}

async function gathered<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

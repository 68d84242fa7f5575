/** Puts together what watches the network: presence, its history, the board, figures for Prometheus. */
import { loadavg } from 'node:os'
import { diskRoom } from '../disk_room.ts'
import type { Clock, Journal } from '../../ca/index.ts'
import type {
  BoardUnit,
  Health,
  HealthReport,
  PresenceState,
  UnitPresence,
  Watch,
} from '../../web/index.ts'
import { inZone } from '../../web/index.ts'
import { createHistory, type HistoryStore } from './history.ts'
import { createMetrics } from './metrics.ts'
import { createPresence, type Presence } from './presence.ts'
import type { WatchedUnit } from './units.ts'

const hereMs = 10 * 60_000

export interface WatchParts {
  readonly directory: string
  readonly scratch: HistoryStore
  readonly clock: Pick<Clock, 'now'>
  readonly journal: Pick<Journal, 'size'>
  /** IANA name of the box's zone: what is today. */
  readonly zone: string
  readonly units: () => Promise<readonly WatchedUnit[]>
  readonly silentAfterHours: () => Promise<number>
  /** How the box is when metrics are asked for. */
  readonly now: () => Promise<{ readonly health: Health; readonly report: HealthReport }>
}

export interface OpenedWatch {
  readonly watch: Watch
  /** For the box's health. */
  state(): Promise<PresenceState>
  /** To be called each minute, and at the end. */
  tick(): Promise<void>
  end(): Promise<void>
}

export async function openWatch(parts: WatchParts): Promise<OpenedWatch> {
  const { directory, scratch, clock, journal, silentAfterHours } = parts
  const metrics = createMetrics()
  const presence = await createPresence({
    ...{ clock, silentAfterHours },
    history: createHistory(scratch),
    figures: async () => ({
      resident: process.memoryUsage.rss(),
      free: (await diskRoom(directory)).free,
      entries: journal.size,
      load: loadavg()[0] ?? 0,
    }),
  })
  const known = async (): Promise<{ readonly uscc: string; readonly since: Date }[]> =>
    (await parts.units()).flatMap(({ uscc, since }) => (since ? [{ uscc, since }] : []))
  return {
    state: async () => presence.state(await known()),
    tick: () => presence.tick(),
    end: () => presence.end(),
    watch: {
      answered(one) {
        metrics.answered(one)
        presence.answered(one)
      },
      roundTrip: (actor, ms) => {
        presence.roundTrip(actor, ms)
      },
      history: (span) => presence.history(span),
      metrics: async () => metrics.read(await parts.now()),
      async board() {
        const silent = new Set(await presence.silent(await known()))
        const of = { presence, silent, now: clock.now(), zone: parts.zone }
        return (await parts.units()).map((unit) => boardUnit(unit, of))
      },
    },
  }
}

function boardUnit(
  { uscc, shortName, certificateUntil }: WatchedUnit,
  of: {
    readonly presence: Presence
    readonly silent: ReadonlySet<string>
    readonly now: Date
    readonly zone: string
  },
): BoardUnit {
  const { presence, silent, now, zone } = of
  const lastSeen = presence.lastSeen(uscc)
  return {
    ...{ uscc, shortName, lastSeen, certificateUntil },
    roundTripMs: presence.roundTripOf(uscc),
    presence: silent.has(uscc) ? 'silent' : presenceOf(lastSeen, { now, zone }),
  }
}

function presenceOf(
  lastSeen: Date | undefined,
  { now, zone }: { readonly now: Date; readonly zone: string },
): UnitPresence {
  if (lastSeen === undefined) return 'never'
  if (now.getTime() - lastSeen.getTime() < hereMs) return 'here'
  const isToday = inZone(zone, lastSeen).slice(0, 10) === inZone(zone, now).slice(0, 10)
  return isToday ? 'today' : 'seen'
}

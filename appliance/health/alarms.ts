/** Alarms: what is not as it should be, from when to when, and of which news somebody is to be told. Pure. */
import * as z from 'zod'
import type { Alarm, PastAlarm, ReportedCheck } from '../../web/index.ts'

/** A matter that comes and goes within a look or two is none; what failed is told at once. */
const looks = 2
const remindMs = 24 * 60 * 60_000
const maxPast = 100

export type AlarmNewsKind = 'raised' | 'worse' | 'ended' | 'reminded'

export interface AlarmNews {
  readonly kind: AlarmNewsKind
  readonly at: string
  readonly alarm: Alarm
}

const wordsSchema = z.object({ what: z.string(), value: z.string(), advice: z.string() })
const alarmSchema = z.object({
  code: z.string(),
  state: z.enum(['warn', 'bad']),
  since: z.string(),
  toldAt: z.string(),
  zh: wordsSchema,
  en: wordsSchema,
})

/** As it is kept. Plain data. */
export const alarmStateSchema = z.object({
  open: z.array(alarmSchema),
  /** Looks in a row that said otherwise than what stands, by code. */
  doubts: z.record(z.string(), z.number()),
  past: z.array(alarmSchema.extend({ until: z.string() })),
  /** What is still to be mailed. */
  untold: z.array(
    z.object({
      kind: z.enum(['raised', 'worse', 'ended', 'reminded']),
      at: z.string(),
      alarm: alarmSchema,
    }),
  ),
})
export type AlarmState = z.infer<typeof alarmStateSchema>

export const noAlarms: AlarmState = { open: [], doubts: {}, past: [], untold: [] }

/** What stands after another look, and what is new about it. */
export function nextAlarms(
  before: AlarmState,
  checks: readonly ReportedCheck[],
  at: Date,
): { readonly state: AlarmState; readonly news: readonly AlarmNews[] } {
  const known = new Map(before.open.map((alarm) => [alarm.code, alarm]))
  const now = new Map(checks.map((check) => [check.code as string, check]))
  const stepped = [...new Set([...known.keys(), ...now.keys()])].map((code) =>
    step(
      { code, alarm: known.get(code), check: now.get(code), doubts: before.doubts[code] ?? 0 },
      at,
    ),
  )
  const ended = stepped.flatMap(({ past }) => past ?? [])
  return {
    state: {
      ...before,
      open: stepped.flatMap(({ alarm }) => alarm ?? []),
      doubts: Object.fromEntries(
        stepped.filter(({ doubts }) => doubts > 0).map(({ code, doubts }) => [code, doubts]),
      ),
      past: [...ended, ...before.past].slice(0, maxPast),
    },
    news: stepped.flatMap(({ news }) => news ?? []),
  }
}

interface Step {
  readonly code: string
  readonly alarm?: Alarm
  readonly past?: PastAlarm
  readonly doubts: number
  readonly news?: AlarmNews
}

/** One matter: what stands of it, and what this look says. */
function step(
  of: {
    readonly code: string
    readonly alarm: Alarm | undefined
    readonly check: ReportedCheck | undefined
    readonly doubts: number
  },
  at: Date,
): Step {
  const { code, alarm, check } = of
  const time = at.toISOString()
  if (check === undefined || check.state === 'ok') {
    if (alarm === undefined) return { code, doubts: 0 }
    if (of.doubts + 1 < looks) return { code, alarm, doubts: of.doubts + 1 }
    return {
      ...{ code, doubts: 0, past: { ...alarm, until: time } },
      news: { kind: 'ended', at: time, alarm },
    }
  }
  const { state, zh, en } = check
  if (alarm === undefined) {
    if (state === 'warn' && of.doubts + 1 < looks) return { code, doubts: of.doubts + 1 }
    const raised: Alarm = { code, state, since: time, toldAt: time, zh, en }
    return { code, alarm: raised, doubts: 0, news: { kind: 'raised', at: time, alarm: raised } }
  }
  return { code, doubts: 0, ...goesOn({ ...alarm, zh, en, state }, alarm, at) }
}

/** An alarm that stands goes on with the words of now; that it became worse is news, and once a day that it still stands. */
function goesOn(now: Alarm, before: Alarm, at: Date): Pick<Step, 'alarm' | 'news'> {
  const time = at.toISOString()
  const told = { ...now, toldAt: time }
  if (now.state === 'bad' && before.state === 'warn') {
    return { alarm: told, news: { kind: 'worse', at: time, alarm: told } }
  }
  if (now.state === 'bad' && at.getTime() - Date.parse(before.toldAt) >= remindMs) {
    return { alarm: told, news: { kind: 'reminded', at: time, alarm: told } }
  }
  return { alarm: now }
}

/** The alarms that stand as lines, for the console and the file beside the data. */
export function alarmLines(open: readonly Alarm[]): string[] {
  return open.map(
    ({ state, since, zh, en }) =>
      `${state === 'bad' ? '故障 FAILED' : '注意 LOOK'}  ${since}  ${zh.what}：${zh.value}  |  ${en.what}: ${en.value}`,
  )
}

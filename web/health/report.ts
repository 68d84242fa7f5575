/** The box's health as one report in both languages: for `sealbox doctor`, alarms, the console, a new version's trial, the statement of each day. Pure. */
import { createView } from '../view.ts'
import type { BoxFacts } from '../types.ts'
import type { CheckState } from '../pages/check_table.ts'
import type { Alarm } from './alarm_desk.ts'
import type { HealthCheck, HealthCode } from './check.ts'
import { checksOf } from './checks.ts'
import type { Health } from './types.ts'

/** One line in one language. */
export interface ReportedWords {
  readonly what: string
  readonly value: string
  /** What to do; empty where nothing is. */
  readonly advice: string
}

export interface ReportedCheck {
  readonly code: HealthCode
  readonly state: CheckState
  readonly zh: ReportedWords
  readonly en: ReportedWords
}

/** Plain data: JSON says it as it is. */
export interface HealthReport {
  readonly v: 1
  /** RFC 3339, UTC. */
  readonly at: string
  readonly box: string
  readonly version: string
  /** Whether a process serves the box. */
  readonly running: boolean
  /** The worst of all. */
  readonly state: CheckState
  /** Whether this version does what a box is for: writes, keeps and finds. A full disk or an old certificate is not its fault. */
  readonly fit: boolean
  readonly checks: readonly ReportedCheck[]
  /** What stands out; of a running box. */
  readonly alarms?: readonly Alarm[]
}

/** What a version must be able to do before it is kept. */
const vital: ReadonlySet<HealthCode> = new Set(['journal', 'files', 'search'])

/** Judges; `at` is the box's time. */
export function healthReport(
  health: Health,
  of: {
    readonly box: Pick<BoxFacts, 'id' | 'version' | 'zone'>
    readonly at: Date
    readonly running: boolean
  },
): HealthReport {
  const { box, at, running } = of
  const [zh, en] = (['zh', 'en'] as const).map((language) => {
    const words = createView({
      preferences: { language, theme: 'auto' },
      // Of a view only its words are used here.
      box: box as BoxFacts,
      path: '/',
      now: at,
    })
    return new Map(checksOf(words, health).map((check) => [check.code, check]))
  })
  const checks = [...(zh ?? [])].map(([code, check]) => ({
    code,
    state: check.state,
    zh: wordsOf(check),
    en: wordsOf(en?.get(code) ?? check),
  }))
  return {
    v: 1,
    at: at.toISOString(),
    box: box.id,
    version: box.version,
    running,
    state: worstOf(checks),
    fit: running && checks.every(({ code, state }) => !vital.has(code) || state !== 'bad'),
    checks,
  }
}

/** The worst state of some lines. */
export function worstOf(checks: readonly { readonly state: CheckState }[]): CheckState {
  if (checks.some(({ state }) => state === 'bad')) return 'bad'
  return checks.some(({ state }) => state === 'warn') ? 'warn' : 'ok'
}

const wordsOf = ({ what, value, advice }: HealthCheck): ReportedWords => ({ what, value, advice })

/** Has the box state its own state each day: signed by the journal's key, kept by hash, named by an entry. */
import {
  boxActor,
  CaError,
  canonicalJson,
  type Blobs,
  type Clock,
  type Fold,
  type Journal,
  type JsonObject,
  type Sha256,
} from '../../ca/index.ts'
import type { Attest } from '../../exchange/index.ts'
import {
  inZone,
  type BoxFacts,
  type Health,
  type HealthReport,
  type StateDesk,
  type StatedDay,
} from '../../web/index.ts'
import { stateStatement } from './state_statement.ts'

/** Data of `state.stated`. */
interface Stated extends JsonObject {
  readonly day: string
  readonly at: string
  readonly state: 'ok' | 'warn' | 'bad'
  readonly statement: string
  readonly signature: string
}

const prefix = 'stated/'
const keyOf = (day: string): string => `${prefix}${day}`
const dayPattern = /^\d{4}-\d\d-\d\d$/

export const statedFolds: readonly Fold[] = [
  {
    type: 'state.stated',
    reads: () => [],
    apply: ({ data }) => [{ key: keyOf((data as Stated).day), value: data }],
  },
]

/** In the morning, when a night's scrub has ended and somebody comes to read it. */
const fromHour = 6
/** Whoever starts a box first lets it settle. */
const settleMs = 10 * 60_000

export interface StatedParts {
  readonly journal: Journal
  readonly blobs: Blobs
  readonly clock: Pick<Clock, 'now'>
  readonly box: BoxFacts
  readonly certificates: Readonly<Record<string, Uint8Array>>
  readonly attest: Attest
  readonly now: () => Promise<{ readonly health: Health; readonly report: HealthReport }>
}

export interface OpenedState {
  readonly desk: StateDesk
  /** States the day if it was not yet; gives whether it did. */
  state(): Promise<boolean>
  /** The same once it is time. To be called each minute. */
  stateIfDue(): Promise<void>
}

export function openState(parts: StatedParts): OpenedState {
  const { journal, blobs, clock, box } = parts
  const startedAt = clock.now().getTime()
  const dayNow = (): string => inZone(box.zone, clock.now()).slice(0, 10)
  const statedOn = async (day: string): Promise<StatedDay | undefined> =>
    dayPattern.test(day)
      ? ((await journal.views.get(keyOf(day)))?.value as StatedDay | undefined)
      : undefined
  const state = async (): Promise<boolean> => {
    const day = dayNow()
    if (await statedOn(day)) return false
    await commitState(parts, day)
    return true
  }
  return {
    state,
    async stateIfDue() {
      const at = clock.now()
      const isEarly = Number(inZone(box.zone, at).slice(11, 13)) < fromHour
      if (isEarly || at.getTime() - startedAt < settleMs) return
      // Also while a restored box waits for its officers: nothing would name the files.
      if (journal.state !== 'running') return
      await state()
    },
    desk: {
      list: (limit) => listStated(journal, limit),
      async file(day, what) {
        const stated = await statedOn(day)
        return stated && blobs.get(stated[what])
      },
    },
  }
}

async function commitState(parts: StatedParts, day: string): Promise<void> {
  const { journal, blobs, clock, box, certificates } = parts
  const { health, report } = await parts.now()
  const head = await journal.head()
  const [before] = await listStated(journal, 1)
  const at = clock.now()
  const previous = before?.statement ?? null
  const bytes = canonicalJson(
    stateStatement({ ...{ box, day, at, health, report, head, certificates, previous } }),
  )
  const [statement, signature] = await Promise.all([
    blobs.put(bytes),
    parts.attest(bytes).then((cms) => blobs.put(cms)),
  ])
  // Crash here: two files that nothing names; the day is stated anew.
  const data: Stated = { day, at: at.toISOString(), state: report.state, statement, signature }
  const files: Sha256[] = [statement, signature]
  const entry = { type: 'state.stated', actor: boxActor, subject: 'box', files, data }
  try {
    await journal.commit({ entries: [entry], expect: [{ key: keyOf(day), version: null }] })
  } catch (error) {
    // Another look came first.
    if (!(error instanceof CaError) || error.code !== 'JOURNAL_CONFLICT') throw error
  }
}

async function listStated(journal: Pick<Journal, 'views'>, limit: number): Promise<StatedDay[]> {
  const days: StatedDay[] = []
  for await (const { value } of journal.views.scan(prefix, { reverse: true, limit })) {
    days.push(value as unknown as StatedDay)
  }
  return days
}

/**
 * A unit's desk: what its seats have to do, what it waits for, and the figures of the navigation. Read once after each entry that
 * changes anything the unit sees (the version of its `desk` view tells), and from memory until then.
 */
import type { Clock, Json, Views } from '../../ca/index.ts'
import { can, unitOf } from '../access.ts'
import type { Duty, Principal } from '../directory/types.ts'
import { keys } from '../keyspace.ts'
import { createLru } from '../lru.ts'
import type { Heads } from './heads.ts'
import { taskDuties } from './next_step.ts'
import { rowAt, rowFor, type DocumentRow, type TimelessRow } from './rows.ts'
import type { Copy, DocumentRecord, Progress, Task, TaskName } from './types.ts'

export interface TaskRow extends DocumentRow {
  readonly task: TaskName
  readonly duty: Duty
  /** RFC 3339, UTC: since when it is to be done. */
  readonly since: string
}

export interface Desk {
  /** Index of the last entry that changed anything the unit sees; another number, another desk (but for deadlines that pass). */
  readonly version: number
  /** What this seat may do now, most urgent first. */
  readonly mine: readonly TaskRow[]
  /** What another seat of the unit has to do. */
  readonly others: readonly TaskRow[]
  /** What other units have to do to documents that this unit issues, the earliest deadline first. */
  readonly waiting: readonly DocumentRow[]
  readonly counts: DeskCounts
}

/** Of each list all there is, also what is beyond the rows shown; `waiting` and `outbox` count up to `maxCounted` of a kind. */
export interface DeskCounts {
  readonly mine: number
  readonly others: number
  readonly waiting: number
  /** Among the rows of the three lists. */
  readonly overdue: number
  /** Documents sent to the unit that it has not answered. */
  readonly inbox: number
  /** Documents the unit issues that are not yet answered by all. */
  readonly outbox: number
}

/** Rows shown of each list; nobody works through more at a sitting. */
export const maxShown = 200
/** A unit with more open documents than this is told so many. */
export const maxCounted = 500
/** Rows in memory, of all units, some 1 KB each. */
const maxKeptRows = 20_000

interface DeskParts {
  readonly views: Views
  readonly heads: Heads
  readonly clock: Clock
}

/** All of a unit's desk that does not depend on seat or time. */
interface Snapshot {
  readonly version: number
  readonly tasks: readonly Task[]
  /** Rows of tasks by document and of what is waited for. */
  readonly rows: ReadonlyMap<string, TimelessRow>
  readonly waiting: readonly TimelessRow[]
  readonly waitingCount: number
  readonly outbox: number
}

export type DeskReader = (actor: Principal) => Promise<Desk>

export function createDesk(parts: DeskParts): DeskReader {
  const kept = createLru<Snapshot>({
    maxWeight: maxKeptRows,
    weigh: ({ rows, waiting }) => 1 + rows.size + waiting.length,
  })
  const coming = new Map<string, Promise<Snapshot>>()
  const snapshotOf = async (unit: string): Promise<Snapshot> => {
    const version = (await parts.views.get(keys.desk(unit)))?.version ?? 0
    const known = kept.get(unit)
    if (known?.version === version) return known
    const key = `${unit} ${String(version)}`
    // Ten tabs that reload at once read it once.
    const reading = coming.get(key) ?? readSnapshot(parts, unit, version)
    coming.set(key, reading)
    try {
      const read = await reading
      kept.set(unit, read)
      return read
    } finally {
      coming.delete(key)
    }
  }
  return async (actor) =>
    deskFor(actor, await snapshotOf(unitOf(actor)), parts.clock.now().toISOString())
}

/** The desk of one seat at one time. Pure. */
function deskFor(actor: Principal, snapshot: Snapshot, now: string): Desk {
  const { version, tasks, rows, outbox } = snapshot
  const isMine = ({ task, unit }: Task): boolean => can(actor, taskDuties[task], [unit])
  const shown = (list: readonly Task[]): TaskRow[] =>
    list.slice(0, maxShown).flatMap((task) => {
      const row = rows.get(task.document)
      return row === undefined ? [] : [taskRow(task, row, now)]
    })
  const [mine, others] = [tasks.filter(isMine), tasks.filter((task) => !isMine(task))]
  const desk = {
    version,
    mine: shown(mine),
    others: shown(others),
    waiting: snapshot.waiting.map((row) => rowAt(row, now)),
  }
  const all = [...desk.mine, ...desk.others, ...desk.waiting]
  return {
    ...desk,
    counts: {
      mine: mine.length,
      others: others.length,
      waiting: snapshot.waitingCount,
      overdue: all.filter(({ overdue }) => overdue).length,
      inbox: tasks.filter(({ task }) => task === 'sign-for').length,
      outbox,
    },
  }
}

function taskRow({ task, since }: Task, row: TimelessRow, now: string): TaskRow {
  return { ...rowAt(row, now), task, duty: taskDuties[task], since }
}

async function readSnapshot(parts: DeskParts, unit: string, version: number): Promise<Snapshot> {
  const { views } = parts
  const tasks = (await collect(views, keys.tasks(unit))).map(({ value }) => value as Task)
  const sorted = tasks.toSorted(byUrgency)
  const limit = { limit: maxCounted }
  const making = await collect(views, keys.makings(unit), limit)
  const awaiting = await collect(views, keys.awaitings(unit), limit)
  // What has a task for this unit waits for this unit.
  const own = new Set(tasks.map(({ document }) => document))
  const elsewhere = making
    .map(({ key }) => key.slice(keys.makings(unit).length))
    .filter((id) => !own.has(id))
  const waiting = [...awaiting.map(({ value }) => value as string), ...elsewhere]
  const shownTasks = shownOf(sorted).map(({ document }) => document)
  const rows = await readRows(parts, unit, [
    ...new Set([...shownTasks, ...waiting.slice(0, maxShown)]),
  ])
  return {
    version,
    tasks: sorted,
    rows,
    waiting: waiting.slice(0, maxShown).flatMap((id) => rows.get(id) ?? []),
    waitingCount: waiting.length,
    outbox: making.length + awaiting.length,
  }
}

/** The first tasks of every kind, so that each seat has its first ones whatever waits for the others. */
function shownOf(sorted: readonly Task[]): Task[] {
  return Object.keys(taskDuties).flatMap((name) =>
    sorted.filter(({ task }) => task === name).slice(0, maxShown),
  )
}

/** Rows of documents, of those that the unit sees; one read for all of them, and the heads that are not in memory. */
export async function readRows(
  { views, heads }: Pick<DeskParts, 'views' | 'heads'>,
  unit: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, TimelessRow>> {
  const found = await views.getMany(
    ids.flatMap((id) => [keys.document(id), keys.progress(id), keys.copy(id, unit)]),
  )
  const rows = await Promise.all(
    ids.map(async (id, at) => {
      const [record, progress, copy] = found.slice(at * 3, at * 3 + 3).map((view) => view?.value)
      const document = record as unknown as DocumentRecord | undefined
      // An index of the unit's own names only what it sees; what it does not see makes no row all the same.
      if (document === undefined) return []
      if (!document.issuers.includes(unit) && copy === undefined) return []
      const row = rowFor(unit, {
        record: document,
        head: await heads(document.head),
        progress: progress as Progress | undefined,
        copy: copy as Copy | undefined,
      })
      return [[id, row] as const]
    }),
  )
  return new Map(rows.flat())
}

async function collect(
  views: Views,
  prefix: string,
  range: { readonly limit?: number } = {},
): Promise<{ readonly key: string; readonly value: Json }[]> {
  const found: { readonly key: string; readonly value: Json }[] = []
  for await (const { key, value } of views.scan(prefix, range)) found.push({ key, value })
  return found
}

const urgencyOrder: readonly (string | null)[] = ['特急', '加急', null]

/** 特急 before 加急 before the rest, the earlier deadline first, what has waited longest first. */
export function byUrgency(
  a: Pick<Task, 'urgency' | 'deadline' | 'since'>,
  b: Pick<Task, 'urgency' | 'deadline' | 'since'>,
): number {
  const rank = (task: typeof a): number => urgencyOrder.indexOf(task.urgency)
  const deadline = (task: typeof a): string => task.deadline ?? '9999'
  return rank(a) - rank(b) || compare(deadline(a), deadline(b)) || compare(a.since, b.since)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

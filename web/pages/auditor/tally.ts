/** Counts of the journal over the last day and week, and the refusals among them that stand out. Reads a bounded part of it. */
import type { Entry, Journal } from '../../../ca/index.ts'
import { indexAt } from './scan.ts'

/** Newest entries counted by type; a district's day and more, some tenths of a second. */
export const maxTallied = 20_000
const dayMs = 86_400_000

export interface TypeCount {
  readonly type: string
  readonly day: number
  readonly week: number
}

/** Refusals of one source for one reason. */
export interface RefusalCount {
  readonly holder: string
  readonly code: string
  readonly count: number
  /** RFC 3339, of the newest. */
  readonly last: string
  /** Index of the newest. */
  readonly index: number
}

export interface Tally {
  /** Entries in all, of the last 24 hours, of the last 7 days. */
  readonly size: number
  readonly day: number
  readonly week: number
  readonly types: readonly TypeCount[]
  /** Most frequent first. */
  readonly refusals: readonly RefusalCount[]
  /** Whether the week has more than were counted by type. */
  readonly isCut: boolean
  /** RFC 3339, of the newest entry; undefined in an empty journal. */
  readonly last: string | undefined
}

export async function tallyJournal(
  journal: Journal,
  now: Date,
  bound = maxTallied,
): Promise<Tally> {
  const { size } = journal
  const [weekStart, dayStart, newest] = await Promise.all([
    indexAt(journal, new Date(now.getTime() - 7 * dayMs)),
    indexAt(journal, new Date(now.getTime() - dayMs)),
    journal.entry(size - 1),
  ])
  const from = Math.max(weekStart, size - bound)
  const types = new Map<string, { day: number; week: number }>()
  const refusals = new Map<string, RefusalCount>()
  for await (const entry of journal.read(from, size)) {
    const counted = types.get(entry.type) ?? { day: 0, week: 0 }
    const isToday = entry.index >= dayStart
    types.set(entry.type, { day: counted.day + (isToday ? 1 : 0), week: counted.week + 1 })
    if (entry.type === 'act.refused') noteRefusal(refusals, entry)
  }
  return {
    size,
    day: size - dayStart,
    week: size - weekStart,
    types: [...types]
      .map(([type, counted]) => ({ type, ...counted }))
      .toSorted((a, b) => b.week - a.week),
    refusals: [...refusals.values()].toSorted((a, b) => b.count - a.count || b.index - a.index),
    isCut: from > weekStart,
    last: newest?.time,
  }
}

function noteRefusal(refusals: Map<string, RefusalCount>, entry: Entry): void {
  const { holder } = entry.actor
  const { code: told } = entry.data
  const code = typeof told === 'string' ? told : ''
  const key = `${holder} ${code}`
  const count = (refusals.get(key)?.count ?? 0) + 1
  refusals.set(key, { holder, code, count, last: entry.time, index: entry.index })
}

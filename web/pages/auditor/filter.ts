/** What narrows the journal: read from the query, with what was typed and which field is wrong. Pure. */
import { momentIn } from '../../view.ts'
import { entryTypes, groups, type EntryType, type Group } from './entry_words.ts'

export const fieldNames = [
  'group',
  'type',
  'holder',
  'subject',
  'since',
  'until',
  'from',
  'to',
] as const
export type FieldName = (typeof fieldNames)[number]

export interface JournalFilter {
  readonly group: Group | undefined
  readonly type: EntryType | undefined
  /** Part of who did it, and of what it was done to. */
  readonly holder: string
  readonly subject: string
  /** Moments: the first at which, and the first after it. */
  readonly since: Date | undefined
  readonly until: Date | undefined
  /** Indexes, both included. */
  readonly from: number | undefined
  readonly to: number | undefined
}

export interface ReadFilter {
  /** As it was typed, to be shown again. */
  readonly typed: Readonly<Record<FieldName, string>>
  readonly wrong: ReadonlySet<FieldName>
  readonly filter: JournalFilter
}

/** The longest holder and subject. */
const maxText = 256

export function readFilter(query: URLSearchParams, zone: string): ReadFilter {
  const typed = Object.fromEntries(
    fieldNames.map((name) => [name, (query.get(name) ?? '').trim()]),
  ) as Record<FieldName, string>
  const filter: JournalFilter = {
    group: groups.find((one) => one === typed.group),
    type: entryTypes.find((one) => one === typed.type),
    holder: typed.holder,
    subject: typed.subject,
    since: dayStart(zone, typed.since),
    until: dayStart(zone, typed.until, 1),
    from: indexOf(typed.from),
    to: indexOf(typed.to),
  }
  const wrong = fieldNames.filter((name) => {
    if (name === 'holder' || name === 'subject') return typed[name].length > maxText
    return typed[name] !== '' && filter[name] === undefined
  })
  return { typed, wrong: new Set(wrong), filter }
}

function indexOf(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

/** The moment at which a day `YYYY-MM-DD` begins in a zone, or some days later; undefined if it is no day. */
export function dayStart(zone: string, day: string, daysLater = 0): Date | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) return undefined
  const midnight = Date.parse(`${day}T00:00:00Z`)
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== day) {
    return undefined
  }
  return momentIn(zone, midnight + daysLater * 86_400_000)
}

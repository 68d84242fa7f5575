/** Months of UTC as the counters have them: what lies around now, with noughts where nothing was counted. Pure. */
import type { MonthCount } from '../../../ca/index.ts'
import type { View } from '../../view.ts'

/** `YYYY-MM` so many months after one. */
export function monthAfter(month: string, count: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return new Date(Date.UTC(year, number - 1 + count, 1)).toISOString().slice(0, 7)
}

/** The month of a moment. */
export const monthAt = (at: Date): string => at.toISOString().slice(0, 7)

/** Months from `before` ones before that of `now` to `after` ones behind it. */
export function monthsAround(
  counts: readonly MonthCount[],
  of: { readonly now: Date; readonly before: number; readonly after: number },
): MonthCount[] {
  const known = new Map(counts.map((one) => [one.month, one]))
  const first = monthAfter(monthAt(of.now), -of.before)
  return Array.from({ length: of.before + 1 + of.after }, (_, at) => {
    const month = monthAfter(first, at)
    return known.get(month) ?? { month, issued: 0, ending: 0, revoked: 0 }
  })
}

/** When a month begins; undefined for what is no `YYYY-MM`. */
export function monthStart(month: string): Date | undefined {
  const at = new Date(`${month}-01T00:00:00.000Z`)
  const isMonth = /^\d{4}-\d\d$/.test(month) && !Number.isNaN(at.getTime())
  return isMonth ? at : undefined
}

const names = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/** `11月` or `Nov`; with the year where it is a January, or asked for. */
export function monthWords(
  { w }: Pick<View, 'w'>,
  month: string,
  options: { readonly withYear: boolean },
): string {
  const [year = '', number = ''] = month.split('-')
  const name = names[Number(number) - 1] ?? ''
  const zh = `${String(Number(number))}月`
  return options.withYear ? w(`${year}年${zh}`, `${name} ${year}`) : w(zh, name)
}

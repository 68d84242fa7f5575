/** After a restore the register goes on above all numbers that are known to be drawn, also those that the backup does not have. Pure. */
import type { Fold, JsonObject, Views } from '../../ca/index.ts'
import { keys } from '../keyspace.ts'

/** A series of a unit, and a number that is known to be drawn from it. */
export interface RestoredNumber extends JsonObject {
  readonly unit: string
  readonly series: string
  readonly year: number
  readonly number: number
}

type Data = { readonly numbers: readonly RestoredNumber[] }

const seriesOf = ({ unit, series, year }: RestoredNumber): string => keys.series(unit, series, year)

const foldOf = (type: string): Fold => ({
  type,
  reads: ({ data }) => (data as Data).numbers.map(seriesOf),
  apply: ({ data }, values) => {
    const last = new Map<string, number>()
    for (const one of (data as Data).numbers) {
      const key = seriesOf(one)
      const known = last.get(key) ?? (values.get(key) as number | undefined) ?? 0
      last.set(key, Math.max(known, one.number))
    }
    return [...last].map(([key, value]) => ({ key, value }))
  },
})

/** Of more numbers than one entry holds the others stand in entries of their own beside it. */
export const restoredFolds: readonly Fold[] = ['box.restored', 'numbers.restored'].map(foldOf)

/** Those that the register of these views does not have yet: of each series the last one, in the order of their keys. */
export async function lastNumbersAbove(
  views: Views,
  numbers: readonly RestoredNumber[],
): Promise<RestoredNumber[]> {
  const last = new Map<string, RestoredNumber>()
  for (const one of numbers) {
    const key = seriesOf(one)
    if (one.number > (last.get(key)?.number ?? 0)) last.set(key, one)
  }
  const sorted = [...last].toSorted(([a], [b]) => (a < b ? -1 : 1))
  const known = await views.getMany(sorted.map(([key]) => key))
  return sorted
    .filter(([, { number }], at) => number > ((known[at]?.value as number | undefined) ?? 0))
    .map(([, one]) => one)
}

/** After a restore the register goes on above all numbers that are known to be drawn, also those that the backup does not have. Pure. */
import type { Fold } from '../../ca/index.ts'
import { keys } from '../keyspace.ts'

type Data = {
  readonly numbers: readonly {
    readonly unit: string
    readonly series: string
    readonly year: number
    readonly number: number
  }[]
}

export const restoredFolds: readonly Fold[] = [
  {
    type: 'box.restored',
    reads: ({ data }) =>
      (data as Data).numbers.map(({ unit, series, year }) => keys.series(unit, series, year)),
    apply: ({ data }, values) => {
      const last = new Map<string, number>()
      for (const { unit, series, year, number } of (data as Data).numbers) {
        const key = keys.series(unit, series, year)
        const known = last.get(key) ?? (values.get(key) as number | undefined) ?? 0
        last.set(key, Math.max(known, number))
      }
      return [...last].map(([key, value]) => ({ key, value }))
    },
  },
]

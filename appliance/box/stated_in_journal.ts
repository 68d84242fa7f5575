/** The statements of compromise that stand in a journal, read from its segments alone. */
import { visitEntries, type JournalFiles, type Sha256 } from '../../ca/index.ts'
import type { CompromiseStated, OrderCountersigned, StatedOrder } from '../../exchange/index.ts'

export async function statedInJournal(files: JournalFiles): Promise<StatedOrder[]> {
  const signed = new Map<Sha256, OrderCountersigned['signatures']>()
  const stated: CompromiseStated[] = []
  await visitEntries(files, ({ type, data }) => {
    if (type === 'order.countersigned') {
      const { order, signatures } = data as OrderCountersigned
      signed.set(order, signatures)
    }
    if (type === 'compromise.stated') stated.push(data as CompromiseStated)
  })
  return stated.flatMap(({ order, certificate }) => {
    const signatures = signed.get(order)
    return signatures === undefined ? [] : [{ order, certificate, signatures }]
  })
}

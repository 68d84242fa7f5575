/** Orders that lie open, and how many of them one officer may have. */
import type { Clock, Journal } from '../../ca/index.ts'
import { ExchangeError } from '../errors.ts'
import { keys } from '../keyspace.ts'
import type { OrderRecord } from './folds.ts'

/** Who is to countersign reads each one. Key by key, a roll-over of everything with statements for what is old takes a dozen. */
export const maxOpenOrders = 20

interface OpenParts {
  readonly journal: Journal
  readonly clock: Clock
}

/** How many lie open that this officer proposed, and that others did; read without their statements. */
export async function countOpen(
  { journal, clock }: OpenParts,
  holder: string,
): Promise<{ readonly own: number; readonly others: number }> {
  const now = clock.now()
  let [own, others] = [0, 0]
  for await (const { value } of journal.views.scan(keys.graveOrders)) {
    const { state, proposed, expires } = value as OrderRecord
    if (state !== 'proposed' || now > new Date(expires)) continue
    if (proposed.holder === holder) own += 1
    else others += 1
  }
  return { own, others }
}

/** Throws `ORDER_TOO_MANY` if this officer may propose no further one now. */
export async function requirePlace(parts: OpenParts, holder: string): Promise<void> {
  const { own } = await countOpen(parts, holder)
  if (own < maxOpenOrders) return
  throw new ExchangeError('ORDER_TOO_MANY', 'this officer has as many open orders as one may', {
    details: { open: own, max: maxOpenOrders },
  })
}

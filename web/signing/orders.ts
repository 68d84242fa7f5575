/** Sign requests for the grave acts of two officers. */
import { ExchangeError, maxOrderDays, orderSchema, type Order } from '../../exchange/index.ts'
import { officersOnly } from './officers.ts'
import { hashFrom, misfit, textFrom } from './query.ts'
import type { Builder } from './types.ts'

/** An order as a query has it, in JSON. */
const maxOrderCharacters = 8000

/** Proposes a grave act: `order=` its name and parameters in JSON, `reason=`. */
export const proposal: Builder = officersOnly(async ({ parts, query }) => {
  const order = orderFrom(query)
  const reason = textFrom(query, 'reason', 1000).trim()
  await parts.orders.check(order)
  const expires = new Date(parts.clock.now().getTime() + maxOrderDays * 86_400_000 - slackMs)
  return {
    path: '/api/v1/orders/acts/propose',
    body: {},
    statement: { type: 'sealbox.order', order, reason, expires: expires.toISOString() },
    files: [],
    words: {},
    fileName: `order ${order.act}`,
  }
})

/** The signer's clock may be behind the box's, and a request that travels as a file takes its time. */
const slackMs = 3_600_000

/** Signs the bytes of another officer's order. */
export const countersigning: Builder = officersOnly(async ({ parts, actor, query }) => {
  const id = hashFrom(query, 'order')
  const { act } = await parts.orders.requireOpen(id, actor.holder)
  return {
    path: `/api/v1/orders/${id}/acts/countersign`,
    body: {},
    files: [
      {
        ...{ as: 'order', name: 'order.json', sha256: id },
        href: `/api/v1/orders/${id}/statement`,
        read: () => parts.orders.statement(id),
      },
    ],
    words: {},
    fileName: `countersign ${act}`,
  }
})

/** Takes one's own order back. */
export const withdrawal: Builder = officersOnly(async ({ parts, actor, query }) => {
  const id = hashFrom(query, 'order')
  const { proposed, state, act } = await parts.orders.get(id)
  if (proposed.holder !== actor.holder) {
    throw new ExchangeError('ORDER_NOT_YOURS', 'only its proposer withdraws an order')
  }
  if (state !== 'proposed') {
    throw new ExchangeError('ORDER_DECIDED', 'the order does not lie open any more')
  }
  return {
    path: `/api/v1/orders/${id}/acts/withdraw`,
    body: {},
    statement: { type: 'sealbox.order-withdrawal', order: id },
    files: [],
    words: {},
    fileName: `withdraw ${act}`,
  }
})

function orderFrom(query: URLSearchParams): Order {
  const text = textFrom(query, 'order', maxOrderCharacters)
  const parsed = orderSchema.safeParse(jsonOf(text))
  if (!parsed.success) throw misfit('order')
  return parsed.data
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw misfit('order')
  }
}

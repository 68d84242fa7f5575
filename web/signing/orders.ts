/** Sign requests for the grave acts of two officers. */
import { isSha256, type Sha256 } from '../../ca/index.ts'
import {
  ExchangeError,
  knownOf,
  maxOrderDays,
  orderSchema,
  replacedAt,
  type Order,
  type OrderOf,
} from '../../exchange/index.ts'
import { restoreParameters } from '../backups.ts'
import type { Parts } from '../types.ts'
import { officersOnly } from './officers.ts'
import { hashFrom, misfit, textFrom } from './query.ts'
import type { Builder } from './types.ts'

/** An order as a query has it, in JSON. */
const maxOrderCharacters = 8000

/** Proposes a grave act: `order=` its name and parameters in JSON, `reason=`. */
export const proposal: Builder = officersOnly(async ({ parts, actor, query }) => {
  const order = await orderFrom(parts, query)
  const reason = textFrom(query, 'reason', 1000).trim()
  await parts.orders.check(order, actor.holder)
  const expires = termFrom(parts.clock.now())
  return {
    path: '/api/v1/orders/acts/propose',
    body: {},
    statement: { type: 'sealbox.order', order, reason, expires: expires.toISOString() },
    files: [],
    words: {},
    fileName: `order ${order.act}`,
  }
})

const hourMs = 3_600_000

/** On the full hour, so that who looks and then signs is asked for the same; short of a week by what a clock may be behind. */
function termFrom(now: Date): Date {
  const last = now.getTime() + maxOrderDays * 24 * hourMs - hourMs
  return new Date(Math.floor(last / hourMs) * hourMs)
}

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

/** The order that is asked for; of a compromise the box adds what the journal knows and the asker did not say. */
async function orderFrom(parts: Parts, query: URLSearchParams): Promise<Order> {
  const given = jsonOf(textFrom(query, 'order', maxOrderCharacters))
  const parsed = orderSchema.safeParse(
    isCompromise(given)
      ? { ...(await addedTo(parts, given)), ...given }
      : withRestored(parts, withClocks(parts, given)),
  )
  if (!parsed.success) throw misfit('order')
  return parsed.data
}

/** What both clocks show, where a correction comes without it. */
function withClocks({ time }: Parts, given: unknown): unknown {
  const asked = given as { readonly act?: unknown } | null
  if (asked?.act !== 'confirm-time') return given
  return { machine: time.machine().toISOString(), box: time.now().toISOString(), ...asked }
}

/** What was restored, where an order to confirm it comes without. */
function withRestored({ restored }: Parts, given: unknown): unknown {
  const asked = given as { readonly act?: unknown } | null
  const facts = restored()
  if (asked?.act !== 'restore-backup' || facts === undefined) return given
  return { ...restoreParameters(facts), ...asked }
}

interface AskedCompromise {
  readonly act: 'state-compromise'
  readonly certificate: Sha256
  readonly from: string
}

function isCompromise(given: unknown): given is AskedCompromise {
  const { act, certificate, from } = (given ?? {}) as Partial<
    Record<keyof AskedCompromise, unknown>
  >
  const isNamed = typeof certificate === 'string' && isSha256(certificate)
  return act === 'state-compromise' && isNamed && typeof from === 'string'
}

/** An order of a compromise with what the journal knows of the key and nobody typed; any other as it is. */
export async function withKnown(parts: Parts, order: Order): Promise<Order> {
  if (order.act !== 'state-compromise') return order
  const added = await addedTo(parts, order)
  return { ...order, ...added, to: order.to ?? added.to ?? null }
}

async function addedTo(
  parts: Parts,
  { certificate, from }: AskedCompromise,
): Promise<Partial<Pick<OrderOf<'state-compromise'>, 'to' | 'serials'>>> {
  const found = await parts.authority.certificate(certificate)
  const since = new Date(from)
  if (found === undefined || Number.isNaN(since.getTime())) return {}
  const to = await replacedAt(parts, certificate)
  return { to: to?.toISOString() ?? null, serials: await knownOf(parts, found, since) }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw misfit('order')
  }
}

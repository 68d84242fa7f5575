/** The numbers beside the navigation, for whoever is asking. Changes nothing. */
import type { Desk, Principal } from '../../exchange/index.ts'
import { listRequests, type ListedRequest } from '../../provisioning/index.ts'
import type { Parts } from '../types.ts'
import { needsOfficer } from './officer/enrolment.ts'
import type { NavigationCounts } from './shell.ts'

export async function countsFor(parts: Parts, actor: Principal): Promise<NavigationCounts> {
  if (actor.kind === 'seat') return countsOf(await parts.reading.desk(actor))
  if (actor.role === 'administrator') return { alarms: (await parts.alarms.read()).open.length }
  if (actor.role !== 'officer') return {}
  const [requests, orders] = await Promise.all([
    listRequests(parts),
    parts.orders.waitingFor(actor.holder),
  ])
  return officerCounts(requests, orders)
}

/** What waits for an officer, and how much of it is a request to compare, or an order to countersign. */
export function officerCounts(
  requests: readonly ListedRequest[],
  orders: number,
): NavigationCounts {
  return {
    tasks: requests.filter(needsOfficer).length + orders,
    orders,
    requests: requests.filter(({ state }) => state === 'waiting').length,
  }
}

export function countsOf({ counts }: Pick<Desk, 'counts'>): NavigationCounts {
  return { tasks: counts.mine, inbox: counts.inbox, outbox: counts.outbox }
}

/** The numbers beside the navigation, for whoever is asking. Changes nothing. */
import type { Desk, Principal } from '../../exchange/index.ts'
import type { Parts } from '../types.ts'
import type { NavigationCounts } from './shell.ts'

export async function countsFor(parts: Parts, actor: Principal): Promise<NavigationCounts> {
  return actor.kind === 'seat' ? countsOf(await parts.reading.desk(actor)) : {}
}

export function countsOf({ counts }: Pick<Desk, 'counts'>): NavigationCounts {
  return { tasks: counts.mine, inbox: counts.inbox, outbox: counts.outbox }
}

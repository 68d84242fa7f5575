/** The numbers beside the navigation, for whoever is asking. Changes nothing. */
import { can, type Duty, type Principal, type Task } from '../../exchange/index.ts'
import type { Parts } from '../types.ts'
import type { NavigationCounts } from './shell.ts'

const dutyOf: Readonly<Record<Task['task'], Duty>> = {
  approve: 'approve',
  number: 'file',
  seal: 'seal',
  dispatch: 'seal',
  'sign-for': 'sign-for',
}

export async function countsFor(parts: Parts, actor: Principal): Promise<NavigationCounts> {
  if (actor.kind !== 'seat') return {}
  const tasks = await parts.reading.tasks(actor)
  return { tasks: tasks.filter(({ task, unit }) => can(actor, dutyOf[task], [unit])).length }
}

/** The first page: for a visitor how to enrol, for everybody else what there is to do today. */
import type { Role } from '../../exchange/index.ts'
import { route, type Route } from '../types.ts'
import { administratorToday } from './administrator/today.ts'
import { auditorToday } from './auditor/today.ts'
import { show } from './frame.ts'
import { officerToday } from './officer/today.ts'
import { todayPage } from './unit/today.ts'
import { visitorPage } from './visitor.ts'

const todayOf: Readonly<Record<Role, Route['handle']>> = {
  officer: officerToday,
  auditor: auditorToday,
  administrator: administratorToday,
}

export const frontRoute: Route = route({
  method: 'GET',
  path: '/',
  who: 'anyone',
  summary: 'Explains how to enrol, or shows what there is to do today',
  handle: (request) => {
    const { view, actor } = request
    if (actor === undefined) {
      return show(request, { title: '注册', main: visitorPage(view) })
    }
    return actor.kind === 'seat' ? todayPage(request) : todayOf[actor.role](request)
  },
})

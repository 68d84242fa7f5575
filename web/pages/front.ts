/** The first page: for a visitor how to enrol, for everybody else what there is to do today. */
import { route, type Route } from '../types.ts'
import { show } from './frame.ts'
import { visitorPage } from './visitor.ts'
import { html } from '../html.ts'
import { administratorToday } from './administrator/today.ts'
import { auditorToday } from './auditor/today.ts'
import { todayPage } from './unit/today.ts'

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
    if (actor.kind === 'seat') return todayPage(request)
    if (actor.role === 'auditor') return auditorToday(request)
    if (actor.role === 'administrator') return administratorToday(request)
    return show(request, {
      title: view.w('今日', 'Today'),
      main: html`<h1>${view.w('今日', 'Today')}</h1>`,
    })
  },
})

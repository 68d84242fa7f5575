/** Enrolment as one screen: the six steps beside what is to be done now. */
import { h, type Child } from '../../one_file/dom.ts'
import type { App } from '../app.ts'
import { heading, note, paragraph } from '../../one_file/parts.ts'
import { enrol } from '../words/enrol.ts'
import { readPending } from './pending.ts'
import { stepOrder, type Step, type StepContext } from './state.ts'
import { codeStep } from './step_code.ts'
import { doneStep } from './step_done.ts'
import { keysStep } from './step_keys.ts'
import { passphraseStep } from './step_passphrase.ts'
import { rootStep } from './step_root.ts'
import { waitStep } from './step_wait.ts'

/** Shows enrolment from its beginning, or from where this browser left it. */
export function showEnrolment(app: App): void {
  const { api, shell, store } = app
  if (api === undefined) {
    shell.show(heading(enrol.title), note('warn', paragraph(enrol.served)))
    return
  }
  const context: StepContext = {
    app,
    api,
    go: (next) => {
      shell.show(...frame(next, content(next, context)))
    },
  }
  const pending = readPending(store)
  if (pending === undefined) context.go({ at: 'code' })
  else if (pending.issued === undefined) context.go({ at: 'wait', pending })
  else context.go({ at: 'done', pending, issued: pending.issued })
}

function content(step: Step, context: StepContext): Child {
  switch (step.at) {
    case 'code':
      return codeStep(step, context)
    case 'root':
      return rootStep(step, context)
    case 'passphrase':
      return passphraseStep(step, context)
    case 'keys':
      return keysStep(step, context)
    case 'wait':
      return waitStep(step, context)
    case 'done':
      return doneStep(step, context)
  }
}

const titles = {
  code: enrol.code,
  root: enrol.root,
  passphrase: enrol.passphrase,
  keys: enrol.keys,
  wait: enrol.wait,
  done: enrol.done,
} as const

function frame(step: Step, inner: Child): HTMLElement[] {
  const now = stepOrder.indexOf(step.at)
  const state = (at: number): string => (at < now ? 'done' : at === now ? 'now' : '')
  const list = h(
    'ol',
    { class: 'steps', 'aria-label': enrol.steps },
    ...stepOrder.map((name, at) =>
      h(
        'li',
        { class: state(at), 'data-at': at + 1, 'aria-current': at === now && 'step' },
        titles[name],
      ),
    ),
  )
  const place = h(
    'div',
    { class: 'only-narrow' },
    h('p', { class: 'step-of' }, enrol.stepOf(now + 1, stepOrder.length)),
    h(
      'div',
      { class: 'ribbon', 'aria-hidden': 'true' },
      ...stepOrder.map((_, at) => h('i', { class: state(at) })),
    ),
  )
  return [
    h('p', { class: 'small no-print' }, enrol.title, ' · ', enrol.lead),
    h(
      'div',
      { class: 'enrol' },
      list,
      h('div', { class: 'stack' }, place, heading(titles[step.at]), inner),
    ),
  ]
}

/** Facts as a clerk reads them: names one after the other, hashes small, moments in the reader's zone. */
import { h, type Child } from '../../one_file/dom.ts'
import { facts, moment } from '../../one_file/parts.ts'
import { sign } from '../words/sign.ts'
import type { Fact, Listed, Value } from './describe.ts'

export function factList(rows: readonly Fact[]): HTMLElement {
  return facts(rows.map(({ name, value }) => [name, shown(value)] as const))
}

function shown(value: Value): Child {
  switch (value.kind) {
    case 'text':
      return value.text
    case 'strong':
      return h('span', { class: 'strong' }, value.text)
    case 'hash':
      return h('span', { class: 'hash' }, value.text)
    case 'moment':
      return moment(new Date(value.at))
    case 'names':
      return nameList(value.names)
  }
}

/** All of them, however many: what is signed is not cut short. It scrolls where there are more than a few lines. */
function nameList(names: readonly Listed[]): Child {
  const isLong = names.length > 8
  return [
    isLong && h('p', { class: 'small' }, sign.recipients(names.length)),
    h(
      'ul',
      {
        class: 'names',
        ...(isLong && { tabindex: 0, 'aria-label': sign.recipients(names.length) }),
      },
      ...names.map(({ name, code }) =>
        h(
          'li',
          {},
          name,
          code !== undefined && code !== name && h('span', { class: 'code' }, code),
        ),
      ),
    ),
  ]
}

/** The moment of validation: now, unless the person chooses another one. */
import { h } from '../one_file/dom.ts'
import { button, slot } from '../one_file/parts.ts'
import type { Desk } from './desk.ts'
import { refill } from './place.ts'
import { fieldValue, zoned, zoneOf } from './times.ts'
import { moment as words } from './words/common.ts'

export function momentCard(desk: Desk): HTMLElement {
  const place = h('div', { class: 'stack' })
  const wrong = slot()
  const field = h('input', {
    type: 'datetime-local',
    id: 'moment',
    class: 'input',
    step: 1,
    value: fieldValue(desk.state().at),
  })
  field.addEventListener('change', () => {
    const at = new Date(field.value)
    const isWhole = !Number.isNaN(at.getTime())
    wrong.say(!isWhole && h('p', { class: 'hint bad' }, words.invalid))
    if (isWhole) desk.choose(at)
  })
  const show = (): void => {
    const { at, chosen } = desk.state()
    if (document.activeElement !== field) field.value = fieldValue(chosen ?? at)
    refill(
      place,
      h(
        'p',
        { class: 'small' },
        chosen === undefined ? words.isNow : words.asOf,
        ' ',
        zoned(chosen ?? at),
      ),
      chosen !== undefined &&
        button(words.now, () => {
          desk.choose(undefined)
        }),
    )
  }
  desk.watch(show)
  show()
  return h(
    'section',
    { class: 'panel stack' },
    h('h2', {}, words.title),
    h('label', { class: 'small', for: 'moment' }, words.field, ` ${zoneOf(new Date())}`),
    field,
    wrong,
    place,
  )
}

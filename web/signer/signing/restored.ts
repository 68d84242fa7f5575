/**
 * Where a shorter journal is refused: the way on after a restore from a backup. A person types the digits of the officers' order that they
 * were told by another way than the box; the statement with that name says from where the journal goes on.
 */
import * as z from 'zod'
import { acceptRestore, ExchangeError, minToldDigits } from '../../../exchange/unit/index.ts'
import type { App } from '../app.ts'
import { h } from '../../one_file/dom.ts'
import { dropField } from '../../one_file/files.ts'
import { askingForm, note, paragraph, slot } from '../../one_file/parts.ts'
import { rememberSigning } from '../memory.ts'
import { restored as said } from '../words/sign.ts'

const listShape = z.looseObject({ items: z.array(z.looseObject({ order: z.string() })) })

/** Asks for the digits; online the statement is fetched, from disk it is dropped. */
export function restoredPart(app: App, box: string): HTMLElement {
  const answer = slot()
  const input = h('input', {
    ...{ type: 'text', name: 'told', autocomplete: 'off', spellcheck: 'false', size: 24 },
    'aria-label': said.digits,
  })
  const told = (): string => input.value.replaceAll(/[\s-]/g, '').toLowerCase()
  const take = async (statement: Uint8Array | undefined): Promise<void> => {
    if (statement === undefined) {
      answer.say(note('bad', paragraph(said.none)))
      return
    }
    try {
      const { order } = await rememberSigning(app.store, box, (memory) =>
        Promise.resolve(acceptRestore(memory, { statement, told: told(), box })),
      )
      const lost = order.lost === null ? '0' : order.lost.toLocaleString('en')
      answer.say(note('good', paragraph(said.taken(order.size.toLocaleString('en'), lost))))
    } catch (error) {
      if (!(error instanceof ExchangeError)) throw error
      answer.say(note('bad', paragraph(said.none)))
    }
  }
  const ask = async (): Promise<void> => {
    if (told().length < minToldDigits) answer.say(note('bad', paragraph(said.short)))
    else await take(await fetched(app, told()))
  }
  return h(
    'details',
    { class: 'stack' },
    h('summary', {}, said.title),
    paragraph(said.how),
    askingForm(
      () => void ask(),
      h('label', { class: 'stack' }, said.digits, input),
      app.api
        ? h('button', { type: 'submit', class: 'btn' }, said.accept)
        : dropField(
            { accept: '.json', title: said.drop, how: said.dropHow },
            ({ bytes }) => void take(bytes),
          ),
    ),
    answer,
  )
}

/** The statement of the order whose name begins so; undefined where the box has none. */
async function fetched({ api }: App, told: string): Promise<Uint8Array | undefined> {
  const list = await api?.get('/api/v1/restores', listShape)
  const found =
    list?.state === 'done' && list.value.items.find(({ order }) => order.startsWith(told))
  if (!found) return undefined
  const statement = await api?.bytes(`/api/v1/restores/${found.order}`)
  return statement?.state === 'done' ? statement.value : undefined
}

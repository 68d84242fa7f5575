/**
 * Step 6: what has to leave this browser before it may be closed for good: the log-in certificates, the sheet with the unit
 * secret, the unit file; then the import, and the first log-in that proves it.
 */
import { h } from '../../one_file/dom.ts'
import { button, note, paragraph, slot } from '../../one_file/parts.ts'
import { saveSignerButton } from '../save_signer.ts'
import { printSheets } from '../printing.ts'
import { rememberedSecret } from '../remembered.ts'
import { common } from '../words/common.ts'
import { enrol } from '../words/enrol.ts'
import { unlock } from '../words/unlock.ts'
import {
  askPassphrase,
  importRow,
  isTaken,
  p12Item,
  rowOf,
  unitFileItem,
  type Item,
  type Opened,
} from './checklist.ts'
import { dropPending, writePending } from './pending.ts'
import { secretSheet } from './secret_sheet.ts'
import type { Step, StepContext } from './state.ts'
import { openLogins } from './take.ts'

type DoneStep = Extract<Step, { at: 'done' }>

export function doneStep(step: DoneStep, context: StepContext): HTMLElement {
  const place = h('div', { class: 'stack' })
  const open = async (passphrase: string): Promise<void> => {
    const secret = secretOf(step, context)
    const logins = await openLogins(step.pending, passphrase, secret)
    place.replaceChildren(checklist(step, context, { logins, passphrase, secret }))
  }
  if (step.passphrase === undefined)
    place.append(askPassphrase('passphrase', open, paragraph(enrol.resume)))
  else {
    place.append(h('p', { class: 'small' }, common.working))
    // Only a secret that was forgotten meanwhile can fail here.
    void open(step.passphrase).catch(() => {
      place.replaceChildren(
        note('bad', paragraph(unlock.wrong)),
        askPassphrase('passphrase', open, paragraph(enrol.resume)),
      )
    })
  }
  return place
}

function secretOf({ pending }: DoneStep, { app }: StepContext): Uint8Array {
  const secret = rememberedSecret(app.store, pending.box.id, pending.who)
  if (secret === undefined) throw new Error('the unit secret was forgotten before it was printed')
  return secret
}

function checklist(step: DoneStep, context: StepContext, opened: Opened): HTMLElement {
  const { app } = context
  const { issued } = step
  let { pending } = step
  const taken = (name: string): void => {
    pending = { ...pending, taken: [...new Set([...pending.taken, name])] }
    writePending(app.store, pending)
    mark()
  }
  const items: readonly Item[] = [
    p12Item(pending, { ...opened, issued, taken }),
    {
      name: 'sheet',
      title: enrol.doneSheet,
      how: enrol.doneSheetHow,
      does: button(common.print, () => {
        const { secret } = opened
        printSheets([secretSheet(pending, { secret, at: new Date(), url: location.origin })])
        taken('sheet')
      }),
    },
    unitFileItem(pending, { issued, taken }),
    {
      name: 'signer',
      title: enrol.doneSigner,
      how: enrol.doneSignerHow,
      does: saveSignerButton(context.api, common.save, () => {
        taken('signer')
      }),
    },
  ]
  const rows = items.map((item, at) => ({ item, row: rowOf(item, at) }))
  const last = h('div', { class: 'stack' })
  const mark = (): void => {
    for (const { item, row } of rows) row.classList.toggle('done', isTaken(pending, item))
    const left = items.filter((item) => !isTaken(pending, item)).length
    last.replaceChildren(ending(context, left === 0))
  }
  mark()
  return h(
    'div',
    { class: 'stack' },
    paragraph(enrol.doneLead),
    h('ol', { class: 'take card' }, ...rows.map(({ row }) => row), importRow(rows.length)),
    last,
  )
}

/** The first log-in proves it all; the log-in keys have then no business here any more. */
function ending({ app }: StepContext, isComplete: boolean): HTMLElement {
  const place = slot()
  const forget = button(enrol.doneForget, () => {
    dropPending(app.store)
    forget.disabled = true
    place.say(h('p', { class: 'small' }, enrol.doneForgotten))
  })
  return h(
    'section',
    { class: 'card stack', hidden: !isComplete },
    h('h2', {}, enrol.doneOpen),
    paragraph(enrol.doneOpenHow),
    h('div', { class: 'row' }, h('a', { class: 'btn seal', href: '/' }, enrol.doneOpen), forget),
    h('p', { class: 'small' }, enrol.doneForgetHow),
    place,
  )
}

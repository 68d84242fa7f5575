/** After a renewal: what has to leave the browser, the import, and the first log-in with it. Until then the old certificates work. */
import { h } from '../../one_file/dom.ts'
import {
  askPassphrase,
  importRow,
  isTaken,
  p12Item,
  rowOf,
  unitFileItem,
  type Item,
  type Opened,
} from '../enrolment/checklist.ts'
import type { Issued } from '../enrolment/pending.ts'
import { openLogins, type Login } from '../enrolment/take.ts'
import { button, heading, painted, paragraph, slot } from '../../one_file/parts.ts'
import { rememberedSecret } from '../remembered.ts'
import { common } from '../words/common.ts'
import { enrol } from '../words/enrol.ts'
import { renew } from '../words/renew.ts'
import type { Opening } from './make.ts'
import { dropRenewal, writeRenewal, type PendingRenewal } from './pending.ts'
import type { Renewing } from './screen.ts'

interface Done {
  readonly pending: PendingRenewal
  readonly issued: Issued
  /** Known as long as the page that made the keys is open. */
  readonly opening?: Opening
}

/** Shows the list; a page that was closed meanwhile asks for the passphrase first. */
export function showRenewed(renewing: Renewing, done: Done): void {
  const place = h('div', { class: 'stack' })
  const { app, who } = renewing
  app.shell.show(heading(renew.done), paragraph(renew.doneLead), place)
  const open = async (by: Opening): Promise<void> => {
    const logins = await loginsOf(done.pending, by)
    const opened = { logins, passphrase: by.passphrase, secret: by.unitSecret }
    place.replaceChildren(checklist(renewing, done, opened))
  }
  const openAgain = async (passphrase: string): Promise<void> => {
    const unitSecret = rememberedSecret(app.secrets, who.box.id, who.owner)
    if (unitSecret === undefined) throw new Error('the unit secret was forgotten meanwhile')
    await open({ passphrase, unitSecret })
  }
  const ask = (): void => {
    place.replaceChildren(askPassphrase('renew-passphrase', openAgain))
  }
  if (done.opening === undefined) ask()
  else {
    place.append(h('p', { class: 'small' }, common.working))
    void painted()
      .then(() => (done.opening === undefined ? undefined : open(done.opening)))
      .catch(ask)
  }
}

async function loginsOf({ loginFile }: PendingRenewal, by: Opening): Promise<Login[]> {
  return loginFile === null ? [] : openLogins({ loginFile }, by.passphrase, by.unitSecret)
}

function checklist(renewing: Renewing, done: Done, opened: Opened): HTMLElement {
  const { app, who } = renewing
  const { issued } = done
  let { pending } = done
  const taken = (name: string): void => {
    pending = { ...pending, taken: [...new Set([...pending.taken, name])] }
    writeRenewal(app.store, { box: who.box.id, owner: who.owner, pending })
    mark()
  }
  const hasLogins = opened.logins.length > 0
  const items: readonly Item[] = [
    ...(hasLogins ? [p12Item(pending, { ...opened, issued, taken })] : []),
    unitFileItem(pending, { issued, taken }),
  ]
  const rows = items.map((item, at) => ({ item, row: rowOf(item, at) }))
  const last = h('div', { class: 'stack' })
  const mark = (): void => {
    for (const { item, row } of rows) row.classList.toggle('done', isTaken(pending, item))
    last.hidden = items.some((item) => !isTaken(pending, item))
  }
  last.append(ending(renewing))
  mark()
  return h(
    'div',
    { class: 'stack' },
    h(
      'ol',
      { class: 'take card' },
      ...rows.map(({ row }) => row),
      ...(hasLogins ? [importRow(rows.length)] : []),
    ),
    last,
  )
}

/** The log-in keys have no business here any more once they are in their files. */
function ending({ app, who }: Renewing): HTMLElement {
  const place = slot()
  const forget = button(enrol.doneForget, () => {
    dropRenewal(app.store, who.box.id, who.owner)
    forget.disabled = true
    place.say(h('p', { class: 'small' }, enrol.doneForgotten))
  })
  return h(
    'section',
    { class: 'card stack' },
    h('h2', {}, enrol.doneOpen),
    paragraph(renew.doneOpenHow),
    h('div', { class: 'row' }, h('a', { class: 'btn seal', href: '/' }, enrol.doneOpen), forget),
    h('p', { class: 'small' }, enrol.doneForgetHow),
    place,
  )
}

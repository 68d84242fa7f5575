/** The signer without a task: what waits, the key, files. */
import { lastHead, type Signed } from '../../exchange/unit/index.ts'
import type { Api } from './api.ts'
import type { App } from './app.ts'
import { h, type Child } from '../one_file/dom.ts'
import { knownBox, type Identity } from './identity.ts'
import { lockMinutes } from './keyring.ts'
import { readMemory } from './memory.ts'
import { button, card, facts, heading, note, paragraph, slot } from '../one_file/parts.ts'
import { refusal } from './refusals.ts'
import { saveSignerButton } from './save_signer.ts'
import { rememberMinutes } from './remembered.ts'
import { renewalNotice } from './renewal/notice.ts'
import { isFinal, send, unsent } from './signing/outbox.ts'
import { waitingList, whatWaits } from './signing/waiting.ts'
import { withKey } from './unlock_panel.ts'
import { common } from './words/common.ts'
import { disk, sign } from './words/sign.ts'
import { unlock } from './words/unlock.ts'

export async function showHome(app: App, api: Api, who: Identity): Promise<void> {
  const list = h('div', { class: 'stack' }, h('p', { class: 'quiet' }, common.working))
  app.shell.show(
    heading(sign.waiting),
    h(
      'div',
      { class: 'two' },
      h(
        'div',
        { class: 'stack' },
        notLasting(app),
        renewalNotice(app.store, api, who),
        unsentNote(app, api, who),
        list,
      ),
      h('div', { class: 'stack' }, keyCard(app, who), filesCard(app)),
    ),
  )
  const found = await whatWaits(api, who)
  list.replaceChildren(
    found.state !== 'done'
      ? refusal(found)
      : found.value.length === 0
        ? nothing(who)
        : waitingList(found.value, new Date()),
  )
  if (found.state === 'done' && who.role === 'officer' && found.value.length > 1) {
    list.append(h('p', {}, h('a', { class: 'btn', href: '#compare' }, sign.compareMany)))
  }
}

/** Nobody is logged in: enrol, or work with files. */
export function showVisitor(app: App, said: HTMLElement): void {
  app.shell.show(
    heading(common.signer),
    h(
      'div',
      { class: 'two' },
      h(
        'div',
        { class: 'stack' },
        said,
        h('p', {}, h('a', { class: 'btn main', href: '#enrol' }, common.enrolHere)),
      ),
      filesCard(app),
    ),
  )
}

export function notLasting({ store }: App): HTMLElement | undefined {
  return store.lasts ? undefined : note('warn', paragraph(common.notLasting))
}

function nothing({ role }: Identity): HTMLElement {
  return h(
    'div',
    { class: 'card empty' },
    h('strong', {}, role === 'officer' ? sign.nothingOfficer : sign.nothing),
    role === undefined && h('p', {}, sign.nothingWhy),
  )
}

/** What was signed and not confirmed is sent again at once, and said. */
function unsentNote(app: App, api: Api, { box, holder }: Identity): HTMLElement | undefined {
  const outbox = { store: app.store, box: box.id, holder, api }
  const left = unsent(outbox)
  if (left.length === 0) return undefined
  const place = slot()
  const again = async (signed: readonly Signed[]): Promise<void> => {
    const still: Signed[] = []
    const refused: Child[] = []
    for (const one of signed) {
      const answer = await send(outbox, one)
      if (!isFinal(answer)) still.push(one)
      else if (answer.state === 'refused') refused.push(refusal(answer))
    }
    if (still.length > 0) {
      place.say(
        note(
          'warn',
          paragraph(h('strong', {}, sign.unsent(still.length))),
          paragraph(sign.lostKept),
          button(sign.sendNow, () => void again(still)),
        ),
        ...refused,
      )
    } else place.say(...(refused.length > 0 ? refused : [note('good', paragraph(sign.sentLater))]))
  }
  place.say(note('warn', paragraph(h('strong', {}, sign.unsent(left.length)))))
  void again(left)
  return place
}

function keyCard(app: App, who: Identity): HTMLElement {
  const box = knownBox(app.store, who.box)
  if (box === undefined || !canSign(who)) return h('span')
  const unit = who.role === undefined ? who.owner : undefined
  return h(
    'section',
    { class: 'card stack' },
    withKey(app, { box: box.id, holder: who.holder, unit }, () =>
      h(
        'div',
        { class: 'stack' },
        h('h2', {}, unlock.isOpen),
        witnessed(app, who),
        button(unlock.lockNow, app.keyring.lock),
      ),
    ),
    minutesField(app),
  )
}

/** Auditors and administrators sign nothing here. */
const canSign = ({ role }: Identity): boolean => role === undefined || role === 'officer'

function witnessed(app: App, { box, holder }: Identity): Child {
  const head = lastHead(readMemory(app.store, box.id), holder)
  return head === null
    ? undefined
    : facts([[sign.head, sign.headAt(head.size.toLocaleString('en'))]])
}

export function minutesField({ keyring, store }: App): HTMLElement {
  const input = h('input', {
    class: 'input minutes',
    id: 'minutes',
    type: 'number',
    min: lockMinutes.least,
    max: lockMinutes.most,
    value: keyring.minutes(),
  })
  input.addEventListener('change', () => {
    keyring.setMinutes(input.valueAsNumber)
    input.value = String(keyring.minutes())
    rememberMinutes(store, keyring.minutes())
  })
  return h('div', { class: 'row small' }, h('label', { for: input.id }, unlock.minutes), input)
}

function filesCard({ go, api }: App): HTMLElement {
  return card(
    disk.alsoServed,
    h('p', { class: 'small' }, disk.alsoServedHow),
    h(
      'div',
      { class: 'row' },
      button(disk.request, () => {
        go('#file')
      }),
      api && saveSignerButton(api, disk.forStick),
    ),
  )
}

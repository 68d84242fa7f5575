/** The panel that opens the key where it is needed, and goes on as soon as it is open. */
import { readUnitSecret } from '../../provisioning/kit/index.ts'
import type { App } from './app.ts'
import { fill, h } from '../one_file/dom.ts'
import { dropField } from '../one_file/files.ts'
import type { OpenKeys } from './keyring.ts'
import { button, askingForm, note, painted, paragraph, slot } from '../one_file/parts.ts'
import { refusal } from './refusals.ts'
import { forgetSecret, rememberedSecret, rememberSecret } from './remembered.ts'
import { readUnitFile } from './unit_file.ts'
import { openSource, sourceFromBox, sourceFromFile, type KeySource } from './unlock.ts'
import { common } from './words/common.ts'
import { unlock } from './words/unlock.ts'

/** Whose key is needed. */
export interface Needed {
  readonly box: string
  readonly holder: string
  /** Whose seal may be needed too. */
  readonly unit: string | undefined
}

/** Shows `whenOpen` while a key of the needed holder is open, and the panel that opens it otherwise. */
export function withKey(
  app: App,
  needed: Needed,
  whenOpen: (opened: OpenKeys) => HTMLElement,
): HTMLElement {
  const place = h('div', { class: 'stack' })
  let shown: OpenKeys | 'locked' | undefined
  let wasOnPage = false
  const update = (): void => {
    const state = app.keyring.state()
    const now = state.state === 'open' && isFor(state.opened, needed) ? state.opened : 'locked'
    // A screen that was left watches no more.
    if (wasOnPage && !place.isConnected) unwatch()
    wasOnPage ||= place.isConnected
    if (now === shown) return
    const wasLocked = shown === 'locked'
    shown = now
    place.replaceChildren(now === 'locked' ? unlockPanel(app, needed) : whenOpen(now))
    // Who just opened the key goes on where it was needed.
    if (wasLocked && now !== 'locked') place.querySelector('button')?.focus()
  }
  const unwatch = app.keyring.watch(update)
  update()
  return place
}

function isFor({ box, signers }: OpenKeys, needed: Needed): boolean {
  return box === needed.box && signers.some(({ holder }) => holder === needed.holder)
}

function unlockPanel(app: App, needed: Needed): HTMLElement {
  const place = slot()
  const panel = h('section', { class: 'unlock stack' }, h('h2', {}, unlock.title), place)
  const offer = (source: KeySource): void => {
    place.say(form(app, needed, source))
  }
  const askForFile = (): void => {
    place.say(dropUnitFile(needed, offer))
  }
  const { api } = app
  if (api === undefined) {
    if (app.unitFile?.box.id === needed.box) offer(sourceFromFile(app.unitFile))
    else askForFile()
    return panel
  }
  const load = async (): Promise<void> => {
    place.say(h('p', { class: 'small' }, common.working))
    const found = await sourceFromBox(api, needed)
    if (found.state !== 'done')
      place.say(
        refusal(found),
        button(common.again, () => void load()),
      )
    else if (found.value === undefined) {
      place.say(paragraph(unlock.noFile), dropUnitFile(needed, offer))
    } else offer(found.value)
  }
  void load()
  return panel
}

function dropUnitFile(needed: Needed, offer: (source: KeySource) => void): HTMLElement {
  const trouble = slot()
  const drop = dropField(
    { accept: '.json', title: unlock.dropUnit, how: unlock.dropUnitHow },
    ({ bytes }) => {
      const file = readUnitFile(bytes)
      if (file === undefined) trouble.say(note('bad', paragraph(unlock.notUnitFile)))
      else if (file.box.id !== needed.box) trouble.say(note('bad', paragraph(unlock.otherBox)))
      else offer(sourceFromFile(file))
    },
  )
  return h('div', { class: 'stack' }, drop, trouble)
}

/** Passphrase, and the unit secret where this browser does not know it. */
function form(app: App, needed: Needed, source: KeySource): HTMLElement {
  const { secrets, keyring } = app
  const { id: owner, name } = source.keyFile.owner
  const answer = slot()
  const passphrase = h('input', {
    class: 'input',
    type: 'password',
    id: 'unlock-passphrase',
    autocomplete: 'current-password',
    maxlength: 256,
  })
  const typed = h('input', {
    class: 'input secret',
    id: 'unlock-secret',
    autocomplete: 'off',
    spellcheck: 'false',
    maxlength: 80,
    'aria-describedby': 'unlock-secret-hint',
  })
  const asking = h('div', { class: 'field' })
  const known = (): Uint8Array | undefined => rememberedSecret(secrets, needed.box, owner)
  const askSecret = (): void => {
    const forget = h('button', { type: 'button', class: 'link' }, unlock.secretForget)
    forget.addEventListener('click', () => {
      forgetSecret(secrets, needed.box, owner)
      askSecret()
      typed.focus()
    })
    if (known()) fill(asking, h('p', { class: 'small' }, unlock.secretKnown, ' · ', forget))
    else {
      fill(
        asking,
        h('label', { for: typed.id }, unlock.secret),
        typed,
        h('p', { class: 'hint', id: 'unlock-secret-hint' }, unlock.secretHint),
      )
    }
  }
  askSecret()
  const submit = async (): Promise<void> => {
    const secret = known() ?? secretIn(typed.value)
    if (secret === undefined) {
      answer.say(note('bad', paragraph(unlock.secretMistyped)))
      return
    }
    answer.say(h('p', { class: 'small' }, unlock.opening))
    await painted()
    const by = { passphrase: passphrase.value, unitSecret: secret }
    const opened = await openSource(source, by).catch(() => undefined)
    if (opened === undefined) answer.say(note('bad', paragraph(unlock.wrong)))
    else if (!isFor(opened, needed)) {
      const isOwn = holderOwner(needed.holder) === owner
      const words = isOwn ? unlock.noCertificate : unlock.wrongOwner(name, needed.holder)
      answer.say(note('bad', paragraph(words)))
    } else {
      rememberSecret(secrets, { box: needed.box, owner, secret })
      keyring.open(opened)
    }
  }
  return askingForm(
    () => {
      void submit()
    },
    h('p', { class: 'small' }, unlock.ofUnit(name)),
    h('div', { class: 'field' }, h('label', { for: passphrase.id }, unlock.passphrase), passphrase),
    asking,
    answer,
    h('button', { type: 'submit', class: 'btn main act' }, unlock.open),
    h('p', { class: 'small' }, unlock.lead),
  )
}

const holderOwner = (holder: string): string | undefined => /^\w+:([^/]+)/.exec(holder)?.[1]

function secretIn(text: string): Uint8Array | undefined {
  try {
    return readUnitSecret(text)
  } catch {
    return undefined
  }
}

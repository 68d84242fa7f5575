/** The frame around every screen: the bar with the brand, whose key is open and for how long, the language; and the place for a screen. */
import { fill, followLanguage, h } from '../one_file/dom.ts'
import { brand } from '../one_file/brand.ts'
import { chooseLanguage, language, type Words } from '../one_file/language.ts'
import { countdown, type Keyring } from './keyring.ts'
import type { Store } from './store.ts'
import { common } from './words/common.ts'
import { unlock } from './words/unlock.ts'

export interface Shell {
  /** Puts a screen in place of the last one; its heading gets the focus. */
  show(...screen: readonly Node[]): void
  /** Says in the bar whose signer this is. */
  setWho(who: { readonly name: string; readonly post?: Words; readonly trial?: boolean }): void
}

export function createShell(options: {
  readonly served: boolean
  readonly keyring: Keyring
  readonly store: Store
}): Shell {
  const { served, keyring, store } = options
  const who = h('div', { class: 'who' })
  const desk = h('a', { class: 'small desk', href: '/', hidden: true }, common.desk)
  const main = h('main', { id: 'main' })
  const skip = h('a', { class: 'skip', href: '#main' }, common.skip)
  skip.addEventListener('click', (event) => {
    // The address names what is signed: a jump within the page must not change it.
    event.preventDefault()
    focusOn(main)
  })
  document.body.append(
    skip,
    h(
      'header',
      { class: 'bar' },
      brand(common.signer, common.product),
      desk,
      who,
      served
        ? undefined
        : h('span', { class: 'tag offline', title: common.offlineWhy }, common.offline),
      keyChip(keyring),
      languageButton(store),
    ),
    main,
  )
  followLanguage(document.documentElement)
  return {
    show: (...screen) => {
      fill(main, ...screen)
      focusOn(main)
      scrollTo(0, 0)
    },
    setWho: ({ name, post, trial }) => {
      desk.hidden = !served
      fill(
        who,
        h('strong', {}, name),
        post && [' · ', post],
        trial === true && [' ', h('span', { class: 'tag trial' }, common.trial)],
      )
    },
  }
}

function focusOn(main: HTMLElement): void {
  main.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true })
}

/** Whether keys are open, for how long yet, and the button that locks them. */
function keyChip(keyring: Keyring): HTMLElement {
  const text = h('span', { role: 'timer' })
  const lockNow = h('button', { type: 'button', class: 'btn' }, unlock.lockNow)
  lockNow.addEventListener('click', () => {
    keyring.lock()
  })
  const chip = h('div', { class: 'key', hidden: true }, h('span', { class: 'dot' }), text, lockNow)
  keyring.watch(() => {
    const now = keyring.state()
    const isOpen = now.state === 'open'
    const soon = isOpen && now.secondsLeft <= 60
    chip.hidden = !isOpen
    chip.className = `key ${isOpen ? 'open' : ''} ${soon ? 'soon' : ''}`
    if (isOpen)
      fill(
        text,
        h('span', { class: 'wide' }, unlock.openWord),
        unlock.locksIn(countdown(now.secondsLeft)),
      )
  })
  return chip
}

function languageButton(store: Store): HTMLElement {
  const button = h(
    'button',
    { type: 'button', class: 'btn', 'aria-label': common.switchLanguage },
    common.otherLanguage,
  )
  button.addEventListener('click', () => {
    chooseLanguage(language() === 'zh' ? 'en' : 'zh', (key, value) => {
      store.write(key, value)
    })
  })
  return button
}

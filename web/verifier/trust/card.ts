/** The root in the rail: which one is relied upon, and where its fingerprint is typed. */
import { toHex } from '../../../ca/path/index.ts'
import { readFingerprint } from '../../../provisioning/kit/index.ts'
import { commonName } from '../../../exchange/verify/index.ts'
import { h, type Child } from '../../one_file/dom.ts'
import { hexText } from '../../one_file/fingerprint.ts'
import type { Words } from '../../one_file/language.ts'
import { button, moment, slot } from '../../one_file/parts.ts'
import type { Desk } from '../desk.ts'
import { manyFilesField } from '../drop.ts'
import { markOf, refill } from '../place.ts'
import { shown } from '../shown.ts'
import { root as words } from '../words/common.ts'
import { awaited, withFingerprint, withoutFingerprint, type Root, type Trust } from './state.ts'

export function trustCard(desk: Desk): HTMLElement {
  const place = h('div', { class: 'stack' })
  const drop = manyFilesField(
    {
      id: 'roots',
      title: words.choose,
      how: h('span', { class: 'small' }, 'root.pem · .crt · .cer'),
      kind: 'low',
    },
    (given) => void desk.add(given),
  )
  const another = h(
    'details',
    { open: true },
    h('summary', { class: 'small' }, words.another),
    typedField(desk),
    drop,
  )
  let wasDone = false
  const show = (): void => {
    const { trust } = desk.state()
    refill(place, ...trustState(desk, trust))
    const isDone = trust.roots.length > 0 && trust.roots.every(({ confirmed }) => confirmed)
    if (isDone && !wasDone) another.open = false
    if (!isDone) another.open = true
    wasDone = isDone
  }
  desk.watch(show)
  show()
  return h(
    'section',
    { class: 'panel stack', id: 'trust' },
    h('h2', {}, words.title),
    place,
    another,
  )
}

function trustState(desk: Desk, trust: Trust): Child[] {
  const confirmed = trust.roots.filter((root) => root.confirmed)
  const rest = trust.roots.filter((root) => !root.confirmed)
  return [
    confirmed.length === 0 && h('p', { class: 'small' }, words.none),
    ...confirmed.map((root) => confirmedRoot(desk, root)),
    ...rest.map(({ name }) =>
      h(
        'p',
        { class: 'root' },
        markOf('open'),
        h('bdi', {}, shown(commonName(name))),
        h(
          'span',
          { class: 'small' },
          words.unconfirmed,
          ' ',
          h('a', { href: '#compare' }, words.goCompare),
        ),
      ),
    ),
    awaited(trust).length > 0 &&
      h(
        'p',
        { class: 'small', role: 'status' },
        trust.roots.length === 0 ? words.awaits : words.noneFits,
      ),
  ]
}

function confirmedRoot(desk: Desk, root: Root): HTMLElement {
  const { name, sha256, notBefore, notAfter } = root
  return h(
    'div',
    { class: 'root' },
    markOf('ok'),
    h('bdi', {}, h('strong', {}, shown(commonName(name)))),
    h('span', { class: 'small' }, words.confirmed),
    h(
      'details',
      {},
      h('summary', { class: 'small' }, words.fingerprint),
      h('p', { class: 'hex' }, hexText(sha256)),
      h(
        'p',
        { class: 'small' },
        words.holds,
        ` ${moment(notBefore).slice(0, 10)} – ${moment(notAfter).slice(0, 10)}`,
      ),
      button(words.undo, () => {
        desk.trust(withoutFingerprint(desk.state().trust, sha256))
      }),
    ),
  )
}

/** Typed or pasted: a whole fingerprint is compared at once with all roots at hand, and with those that come later. */
function typedField(desk: Desk): HTMLElement {
  const said = slot()
  const input = h('textarea', {
    id: 'fingerprint',
    rows: 2,
    spellcheck: 'false',
    autocomplete: 'off',
    'aria-describedby': 'fingerprint-said',
  })
  said.id = 'fingerprint-said'
  const say = (kind: '' | 'bad' | 'good', text: Words): void => {
    said.say(h('p', { class: `hint ${kind}`.trim() }, text))
  }
  input.addEventListener('input', () => {
    const typed = readFingerprint(input.value)
    input.setAttribute('aria-invalid', String(typed.state === 'wrong'))
    if (typed.state === 'empty') say('', words.typedHint)
    else if (typed.state === 'begun') say('', words.begun(typed.bytes))
    else if (typed.state === 'wrong') say('bad', words.wrong(shown(typed.at)))
    else {
      const sha256 = toHex(typed.sha256)
      const { trust } = desk.state()
      const fits = trust.roots.some((root) => root.sha256 === sha256)
      if (fits) say('good', words.fits)
      else if (trust.roots.length === 0) say('', words.awaits)
      else say('bad', words.noneFits)
      desk.trust(withFingerprint(trust, sha256))
    }
  })
  say('', words.typedHint)
  return h('div', {}, h('label', { class: 'small', for: 'fingerprint' }, words.typed), input, said)
}

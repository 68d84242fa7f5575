/** The act that everything rests on: comparing the fingerprint of a root that was dropped with the one on paper. */
import { h } from '../../one_file/dom.ts'
import { hexText, wordList } from '../../one_file/fingerprint.ts'
import { button, facts, moment, note, paragraph } from '../../one_file/parts.ts'
import type { Desk } from '../desk.ts'
import { shown } from '../shown.ts'
import { root as words } from '../words/common.ts'
import { namesakeOf, withFingerprint, withoutRoot, type Root } from './state.ts'

/** A card a root that nobody has confirmed yet. */
export function compareCards(desk: Desk): HTMLElement[] {
  return desk
    .state()
    .trust.roots.filter(({ confirmed }) => !confirmed)
    .map((root, at) => compareCard(desk, root, at))
}

function compareCard(desk: Desk, root: Root, at: number): HTMLElement {
  const { sha256, name, notBefore, notAfter } = root
  const { trust } = desk.state()
  const id = `same-${sha256}`
  const tick = h('input', { type: 'checkbox', id })
  tick.addEventListener('change', () => {
    if (tick.checked) desk.trust(withFingerprint(desk.state().trust, sha256))
  })
  const label = at === 0 ? { id: 'compare' } : {}
  return h(
    'section',
    { class: 'card stack compare', ...label, tabindex: -1 },
    h('h2', {}, words.compare),
    namesakeOf(trust, root) !== undefined && note('bad', paragraph(words.namesake)),
    paragraph(words.compareWhy),
    wordList(sha256, { label: words.words, large: true }),
    h('p', { class: 'hex' }, hexText(sha256)),
    facts([
      [words.title, h('bdi', {}, shown(name))],
      [words.holds, `${moment(notBefore).slice(0, 10)} – ${moment(notAfter).slice(0, 10)}`],
    ]),
    h(
      'div',
      { class: 'row apart' },
      h('label', { class: 'tick', for: id }, tick, h('strong', {}, words.same)),
      button(words.discard, () => {
        desk.trust(withoutRoot(desk.state().trust, sha256))
      }),
    ),
  )
}

/** The bar: the brand, that the page is offline, keys, the language. */
import { h, svg } from '../one_file/dom.ts'
import { chooseLanguage, language } from '../one_file/language.ts'
import { common } from './words/common.ts'

export function createBar(): HTMLElement {
  const other = h(
    'button',
    { type: 'button', class: 'btn', 'aria-label': common.switchLanguage },
    common.otherLanguage,
  )
  other.addEventListener('click', () => {
    // Nothing is remembered: from disk all files share one storage.
    chooseLanguage(language() === 'zh' ? 'en' : 'zh', () => undefined)
  })
  return h(
    'header',
    { class: 'bar' },
    h(
      'a',
      { class: 'brand', href: '#' },
      mark(),
      h('span', {}, common.verifier),
      h('small', {}, common.product),
    ),
    h('span', { class: 'tag offline', title: common.offlineWhy }, common.offline),
    h('span', { class: 'who' }),
    h(
      'details',
      { class: 'keys' },
      h('summary', { class: 'btn' }, common.keys),
      h('p', {}, common.keysText),
    ),
    other,
  )
}

function mark(): SVGElement {
  return svg(
    'svg',
    { viewBox: '0 0 32 32', 'aria-hidden': 'true' },
    svg('rect', { x: 2, y: 2, width: 28, height: 28, rx: 5, fill: 'var(--seal)' }),
    svg('path', {
      d: 'M9 8v16M9 13h6M9 19h6M19 8h5v9a3 3 0 0 1-3 3M19 8v17',
      stroke: 'var(--paper)',
      'stroke-width': '2.4',
      fill: 'none',
      'stroke-linecap': 'round',
    }),
  )
}

/** The bar: the brand, that the page is offline, keys, the language. */
import { brand } from '../one_file/brand.ts'
import { h } from '../one_file/dom.ts'
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
    brand(common.verifier, common.product),
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

/** What each revision of a PDF did, in words that a clerk understands. */
import { changeText, commonName, type Report } from '../../../exchange/verify/index.ts'
import { h, type Child } from '../../one_file/dom.ts'
import { button, size } from '../../one_file/parts.ts'
import { shown } from '../shown.ts'
import { report as words } from '../words/report.ts'

export function revisionList(
  { revisions = [], signatures }: Report,
  look: ((revision: number) => void) | undefined,
): HTMLElement {
  return h(
    'ol',
    { class: 'revisions' },
    ...revisions.map(({ index, start, end, changes }) => {
      const closing = signatures.filter(({ revision }) => revision === index)
      return h(
        'li',
        {},
        h(
          'div',
          { class: 'row apart' },
          h(
            'h3',
            {},
            words.revision(index + 1),
            ...closing.map(({ signer }) => [' · ', h('bdi', {}, shown(commonName(signer)))]),
            h('span', { class: 'small' }, ` ${size(end - start)}`),
          ),
          look &&
            button(words.look, () => {
              look(index)
            }),
        ),
        whatItDid(index, changes),
      )
    }),
  )
}

type Changes = NonNullable<Report['revisions']>[number]['changes']

function whatItDid(index: number, changes: Changes): Child {
  if (changes.length === 0) {
    return h('p', { class: 'small' }, index === 0 ? words.original : words.nothing)
  }
  return h(
    'ul',
    { class: 'findings' },
    ...changes.map((change) =>
      h('li', {}, h('span', { class: `tag ${change.effect}` }, words.effects[change.effect]), ' ', {
        zh: changeText(change, 'zh'),
        en: shown(change.message),
      }),
    ),
  )
}

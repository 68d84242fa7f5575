/** What an evidence bundle holds: who has signed for the document and who has not, its files, and its place in the journal. */
import { verdictWords, type HeadsReport, type Report } from '../../../exchange/verify/index.ts'
import { h, type Child } from '../../one_file/dom.ts'
import { card } from '../../one_file/parts.ts'
import { markOf } from '../place.ts'
import { shown } from '../shown.ts'
import { markOfVerdict } from '../verdicts.ts'
import { report as words } from '../words/report.ts'

type Bundle = NonNullable<Report['bundle']>

/** Heads of a journal that were compared, and forks by name. */
export function headsCard({ heads, agreed, journal, forks }: HeadsReport): HTMLElement {
  return card(
    words.heads,
    h('p', { class: 'large' }, words.headsAgreed(agreed, heads)),
    journal !== undefined && h('p', { class: 'small' }, words.journalSize(journal.size)),
    forks.length > 0 &&
      h(
        'ul',
        { class: 'findings' },
        ...forks.flatMap(({ size, roots }) =>
          roots.map(({ root, files }) =>
            h(
              'li',
              {},
              h('span', { class: 'tag error' }, words.fork(size)),
              ' ',
              h('code', {}, root),
              ' ',
              h('bdi', {}, shown(files.join('、'))),
            ),
          ),
        ),
      ),
  )
}

export function bundleCards(bundle: Bundle): HTMLElement[] {
  const { completeness, journal, files } = bundle
  return [
    ...(completeness === undefined
      ? []
      : [card(words.receipts, ...completenessParts(bundle, completeness))]),
    card(
      words.inside,
      h('ul', { class: 'inside' }, ...files.map((one) => memberRow(one))),
      h(
        'p',
        { class: 'small' },
        journal === undefined ? words.noJournal : words.journal(journal.size, journal.entries),
      ),
    ),
  ]
}

function completenessParts(
  { units }: Bundle,
  { recipients, signedFor, missing, returned, proven }: NonNullable<Bundle['completeness']>,
): Child[] {
  const named = (codes: readonly string[]): string =>
    codes.map((code) => shown(units[code] ?? code)).join('、')
  return [
    h('p', { class: 'large' }, words.signedFor(signedFor, recipients)),
    missing.length > 0 && h('p', {}, words.missing, h('bdi', {}, named(missing))),
    returned.length > 0 && h('p', {}, words.returned, h('bdi', {}, named(returned))),
    h('p', { class: 'small' }, proven ? words.provenWhole : words.notProvenWhole),
  ]
}

function memberRow({ file, verdict }: Bundle['files'][number]): HTMLElement {
  return h(
    'li',
    {},
    markOf(markOfVerdict[verdict]),
    h('bdi', {}, shown(file)),
    h('span', { class: 'small' }, verdictWords[verdict]),
  )
}

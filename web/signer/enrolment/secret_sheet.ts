/** The sheet that holds the unit secret: printed here, kept in a safe, seen by no box. */
import { writeUnitSecret } from '../../../provisioning/kit/index.ts'
import { h } from '../../one_file/dom.ts'
import { hexText, wordList } from '../../one_file/fingerprint.ts'
import { facts, moment } from '../../one_file/parts.ts'
import { qrCode } from '../qr.ts'
import { sheet as words } from '../words/enrol.ts'
import { nameOfRequests } from './make.ts'
import type { Pending } from './pending.ts'
import { rootOf } from './take.ts'

export function secretSheet(
  pending: Pending,
  of: { readonly secret: Uint8Array; readonly at: Date; readonly url: string },
): HTMLElement {
  const text = writeUnitSecret(of.secret)
  return h(
    'article',
    { class: 'sheet' },
    h('h2', {}, words.title),
    h('p', { class: 'to' }, pending.name),
    h(
      'div',
      { class: 'secret long' },
      h('div', {}, h('h3', {}, words.secret), h('b', {}, text)),
      qrCode(text, words.secret),
    ),
    h('p', {}, words.keep),
    h('p', {}, words.use),
    facts([
      [words.madeOn, moment(of.at)],
      [words.address, of.url],
      [words.box, h('span', { class: 'hash' }, pending.box.id)],
      [words.request, h('span', { class: 'hash' }, nameOfRequests(pending.requests))],
    ]),
    h('h3', {}, words.rootPrint),
    wordList(rootOf(pending), { label: words.rootPrint }),
    h('p', { class: 'hex' }, hexText(rootOf(pending))),
    h('p', {}, words.signature, ' ', h('span', { class: 'line' })),
  )
}

/** What is said on the signer's first screen while certificates of one's own are about to end. */
import type { Api } from '../api.ts'
import { h } from '../../one_file/dom.ts'
import type { Identity } from '../identity.ts'
import { note, paragraph, slot } from '../../one_file/parts.ts'
import type { Store } from '../store.ts'
import { renew } from '../words/renew.ts'
import { ownCertificates } from './make.ts'
import { readRenewal } from './pending.ts'

/** Empty while there is time. */
export function renewalNotice(store: Store, api: Api, { box, owner }: Identity): HTMLElement {
  const place = slot()
  const go = h('p', {}, h('a', { class: 'btn main', href: '#renew' }, renew.begin))
  if (readRenewal(store, box.id, owner) !== undefined) {
    place.say(note('warn', paragraph(h('strong', {}, renew.title)), go))
    return place
  }
  void ownCertificates(api).then((found) => {
    if (found.state !== 'done') return
    const days = found.value.flatMap(({ due }) => (typeof due === 'number' ? [due] : []))
    const hasEnded = found.value.some(({ due }) => due === 'ended')
    if (days.length > 0) {
      const least = Math.min(...days)
      const words = [paragraph(h('strong', {}, renew.due(least))), paragraph(renew.dueHow), go]
      place.say(note(least === 7 ? 'bad' : 'warn', ...words))
    } else if (hasEnded) {
      place.say(note('bad', paragraph(h('strong', {}, renew.ended)), paragraph(renew.endedHow)))
    }
  })
  return place
}

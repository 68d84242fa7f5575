/** Certificates as rows: whom, what for, until when. Pure. */
import type { CertificateState } from '../../../ca/index.ts'
import { html, type Html } from '../../html.ts'
import type { View } from '../../view.ts'
import type { HolderNames } from '../holders.ts'
import { profileWords, stateOf, stateTag, subjectName } from './words.ts'

export function certificateTable(
  view: View,
  certificates: readonly CertificateState[],
  names: HolderNames,
): Html {
  const { w } = view
  return html`<table class="stack">
    <thead>
      <tr>
        <th>${w('名称', 'Name')}</th>
        <th class="wide-only">${w('用途', 'Use')}</th>
        <th class="wide-only">${w('状态', 'State')}</th>
        <th class="wide-only">${w('有效期至', 'Until')}</th>
      </tr>
    </thead>
    <tbody>
      ${certificates.map((one) => certificateRow(view, one, names))}
    </tbody>
  </table>`
}

function certificateRow(view: View, one: CertificateState, names: HolderNames): Html {
  const { sha256, serial, profile, holder } = one
  const tag = stateTag(view, stateOf(one, view.now))
  const until = untilWords(view, one)
  return html`<tr data-row>
    <td>
      <span class="t"><a href="/certificates/${sha256}">${subjectName(one)}</a></span>
      <div class="m">${names(holder)} · <span class="hash">${serial.slice(0, 16)}…</span></div>
      <div class="only-narrow">${tag}${profileWords(view, profile)} · ${until}</div>
    </td>
    <td class="wide-only">${profileWords(view, profile)}</td>
    <td class="wide-only">${tag}</td>
    <td class="wide-only num">${until}</td>
  </tr>`
}

function untilWords(view: View, { revoked, notAfter }: CertificateState): string {
  if (revoked === undefined) return view.day(notAfter)
  const since = view.day(revoked.revokedAt)
  return revoked.reason === 'certificateHold'
    ? view.w(`${since} 暂停`, `on hold ${since}`)
    : view.w(`${since} 吊销`, `revoked ${since}`)
}

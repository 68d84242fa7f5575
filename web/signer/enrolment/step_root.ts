/** Step 2: the root of the box's certificates, compared with the sheet word by word. Nothing goes on without the tick. */
import { sha256 } from '../../../ca/path/index.ts'
import { h } from '../../one_file/dom.ts'
import { hexText, wordList } from '../../one_file/fingerprint.ts'
import { button, note, paragraph, slot } from '../../one_file/parts.ts'
import { refusal } from '../refusals.ts'
import { common, posts } from '../words/common.ts'
import { enrol } from '../words/enrol.ts'
import type { Purpose, Step, StepContext } from './state.ts'

export function rootStep(
  step: Extract<Step, { at: 'root' }>,
  { api, go }: StepContext,
): HTMLElement {
  const { code, purpose } = step
  const place = slot()
  const load = async (): Promise<void> => {
    place.say(h('p', { class: 'small' }, common.working))
    const got = await api.bytes('/root.crt')
    if (got.state !== 'done') {
      place.say(
        refusal(got),
        button(common.again, () => void load()),
      )
      return
    }
    const root = got.value
    place.say(
      compare(root, {
        back: () => {
          go({ at: 'code', code })
        },
        next: () => {
          go({ at: 'passphrase', code, purpose, root })
        },
      }),
    )
  }
  void load()
  return h('div', { class: 'stack' }, forWhom(purpose), paragraph(enrol.rootLead), place)
}

/** Whom the code is for: seen before anything is made. */
export function forWhom({ name, who, role }: Purpose): HTMLElement {
  const post = role === undefined ? undefined : posts[role]
  return note(
    'good',
    paragraph(
      h('span', { class: 'small' }, enrol.codeFor),
      '　',
      h('strong', {}, name),
      ' ',
      h('span', { class: 'small' }, post ?? who),
    ),
  )
}

function compare(
  root: Uint8Array,
  does: { readonly back: () => void; readonly next: () => void },
): HTMLElement {
  const fingerprint = sha256(root)
  const tick = h('input', { type: 'checkbox', id: 'same' })
  const next = button(common.next, does.next, 'main')
  next.disabled = true
  tick.addEventListener('change', () => {
    next.disabled = !tick.checked
  })
  return h(
    'div',
    { class: 'stack' },
    wordList(fingerprint, { label: enrol.rootWords }),
    h('div', {}, h('h3', {}, enrol.rootHex), h('p', { class: 'hex' }, hexText(fingerprint))),
    h(
      'details',
      { class: 'small' },
      h('summary', {}, enrol.rootImport),
      paragraph(enrol.rootImportHow),
      paragraph(h('a', { href: '/root.crt', download: 'sealbox-root.crt' }, enrol.rootDownload)),
    ),
    h('label', { class: 'tick card', for: 'same' }, tick, h('strong', {}, enrol.rootSame)),
    h('div', { class: 'row' }, button(common.back, does.back), next),
  )
}

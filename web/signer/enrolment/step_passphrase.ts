/** Step 3: the passphrase, twice, with a plain word on how good it is. It stays in this page's memory. */
import { fill, h } from '../../one_file/dom.ts'
import { button, askingForm } from '../../one_file/parts.ts'
import { common } from '../words/common.ts'
import { enrol } from '../words/enrol.ts'
import type { Step, StepContext } from './state.ts'
import { leastCharacters, strengthOf } from './strength.ts'

export function passphraseStep(
  step: Extract<Step, { at: 'passphrase' | 'keys' }>,
  { go }: StepContext,
): HTMLElement {
  const { code, purpose, root } = step
  const first = secretInput('passphrase', 'new-password')
  const second = secretInput('passphrase-again', 'new-password')
  const strength = h('p', { class: 'hint', id: 'passphrase-hint', role: 'status' })
  const same = h('p', { class: 'hint bad', id: 'passphrase-again-hint', role: 'status' })
  const next = h('button', { type: 'submit', class: 'btn main', disabled: true }, common.next)
  const judge = (): void => {
    const found = strengthOf(first.value)
    const differs = second.value !== '' && second.value !== first.value
    fill(strength, first.value === '' ? undefined : strengthWords(first.value))
    strength.className = `hint ${hintOf[found]}`
    fill(same, differs && enrol.passphraseDiffers)
    second.setAttribute('aria-invalid', String(differs))
    next.disabled = found === 'short' || found === 'weak' || first.value !== second.value
  }
  first.addEventListener('input', judge)
  second.addEventListener('input', judge)
  const reveal = h('input', { type: 'checkbox' })
  reveal.addEventListener('change', () => {
    for (const input of [first, second]) input.type = reveal.checked ? 'text' : 'password'
  })
  return askingForm(
    () => {
      if (!next.disabled) go({ at: 'keys', code, purpose, root, passphrase: first.value })
    },
    h('p', {}, enrol.passphraseLead),
    h(
      'div',
      { class: 'field' },
      h('label', { for: first.id }, enrol.passphraseLabel),
      first,
      strength,
    ),
    h(
      'div',
      { class: 'field' },
      h('label', { for: second.id }, enrol.passphraseAgain),
      second,
      same,
    ),
    h('label', { class: 'tick' }, reveal, enrol.passphraseShow),
    h(
      'div',
      { class: 'row' },
      button(common.back, () => {
        go({ at: 'root', code, purpose })
      }),
      next,
    ),
  )
}

/** A field whose text is not shown. */
export function secretInput(id: string, autocomplete: string): HTMLInputElement {
  return h('input', {
    class: 'input',
    type: 'password',
    id,
    autocomplete,
    maxlength: 256,
    'aria-describedby': `${id}-hint`,
  })
}

const hintOf = { short: 'bad', weak: 'bad', fair: 'fair', good: 'good' } as const

function strengthWords(passphrase: string) {
  switch (strengthOf(passphrase)) {
    case 'short':
      return enrol.strengthShort(leastCharacters - Array.from(passphrase).length)
    case 'weak':
      return enrol.strengthWeak
    case 'fair':
      return enrol.strengthFair
    case 'good':
      return enrol.strengthGood
  }
}

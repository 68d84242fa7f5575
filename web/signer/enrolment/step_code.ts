/** Step 1: the code from the sheet. Its check characters are tried at each stroke, the box is asked once they fit. */
import { enrolmentCodeHash } from '../../../provisioning/kit/index.ts'
import { fill, h } from '../../one_file/dom.ts'
import { askingForm, note, paragraph, slot } from '../../one_file/parts.ts'
import { refusal } from '../refusals.ts'
import { common } from '../words/common.ts'
import { enrol } from '../words/enrol.ts'
import { purposeShape, type Step, type StepContext } from './state.ts'

const codeCharacters = 18

/** The code as it is printed: capitals in three groups of six. */
export function groupedCode(typed: string): string {
  const characters = typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '')
  return (characters.slice(0, codeCharacters).match(/.{1,6}/g) ?? []).join('-')
}

export type CodeState = { readonly short: number } | 'wrong' | 'right'

/** Whether what was typed is a whole code whose check fits. */
export function codeState(typed: string): CodeState {
  const missing = codeCharacters - groupedCode(typed).replaceAll('-', '').length
  if (missing > 0) return { short: missing }
  try {
    enrolmentCodeHash(typed)
    return 'right'
  } catch {
    return 'wrong'
  }
}

export function codeStep(
  step: Extract<Step, { at: 'code' }>,
  { api, go }: StepContext,
): HTMLElement {
  const input = h('input', {
    class: 'input code',
    id: 'code',
    autocomplete: 'off',
    autocapitalize: 'characters',
    spellcheck: 'false',
    maxlength: 60,
    value: step.code ?? '',
    'aria-describedby': 'code-hint',
  })
  const hint = h('p', { class: 'hint', id: 'code-hint', role: 'status' }, enrol.codeHint)
  const answer = slot()
  const next = h('button', { type: 'submit', class: 'btn main', disabled: true }, common.next)
  const judge = (): void => {
    const state = codeState(input.value)
    const isShort = typeof state === 'object'
    next.disabled = state !== 'right'
    input.setAttribute('aria-invalid', String(state === 'wrong'))
    hint.className = `hint ${state === 'right' ? 'good' : state === 'wrong' ? 'bad' : ''}`
    if (isShort)
      fill(hint, state.short === codeCharacters ? enrol.codeHint : enrol.codeShort(state.short))
    else fill(hint, state === 'right' ? enrol.codeRight : enrol.codeWrong)
  }
  input.addEventListener('input', () => {
    // Grouped only while typing at the end: a correction in the middle keeps its place.
    if (input.selectionStart === input.value.length) input.value = groupedCode(input.value)
    answer.say()
    judge()
  })
  const submit = async (): Promise<void> => {
    next.disabled = true
    answer.say(h('p', { class: 'small' }, common.working))
    const code = groupedCode(input.value)
    const found = await api.post('/api/v1/requests/acts/look-up', {
      body: { code },
      shape: purposeShape,
    })
    judge()
    if (found.state !== 'done') {
      answer.say(refusal(found))
      return
    }
    const purpose = found.value
    if (purpose.state === 'waiting') answer.say(note('bad', paragraph(enrol.codeWaiting)))
    else go({ at: 'root', code, purpose })
  }
  judge()
  return askingForm(
    () => {
      if (codeState(input.value) === 'right') void submit()
    },
    h('div', { class: 'field' }, h('label', { for: 'code' }, enrol.codeLabel), input, hint),
    answer,
    h('div', { class: 'row' }, next),
  )
}

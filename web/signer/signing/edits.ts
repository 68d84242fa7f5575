/** What may still be written before it is signed: an opinion, a deadline, a reason. The request is asked for again with it. */
import type { SignRequest } from '../../../exchange/unit/index.ts'
import { h } from '../../one_file/dom.ts'
import { sign } from '../words/sign.ts'

export type Field = 'opinion' | 'deadline' | 'reason'

const fieldOf: Readonly<Partial<Record<SignRequest['act'], Field>>> = {
  approve: 'opinion',
  dispatch: 'deadline',
  return: 'reason',
  'refuse-request': 'reason',
  'propose-order': 'reason',
}

/** A statement must have a reason before anybody could write one: this stands in its place in the request that is only shown. */
const placeholder = '……'
const usualOpinion = '同意'
const maxCharacters = 1000

/** The query of a request as it is asked for the first time. */
export function firstQuery(query: URLSearchParams): URLSearchParams {
  const act = query.get('act') as SignRequest['act'] | null
  const needsReason = act !== null && fieldOf[act] === 'reason' && !query.get('reason')?.trim()
  const asked = new URLSearchParams(query)
  if (needsReason) asked.set('reason', placeholder)
  return asked
}

export interface Edit {
  readonly field: Field
  readonly element: HTMLElement
  /** What is asked for with what is written now; undefined while it cannot be signed so. */
  query(from: URLSearchParams): URLSearchParams | undefined
  /** Whether a statement says what is written here. */
  isIn(statement: NonNullable<SignRequest['statement']>): boolean
}

/** The field of an act that has one. */
export function editOf({ act, statement }: SignRequest): Edit | undefined {
  const field = fieldOf[act]
  if (field === undefined || statement === undefined) return undefined
  const said: unknown = (statement as Readonly<Record<string, unknown>>)[field]
  return field === 'deadline' ? deadlineEdit(said) : textEdit(field, said)
}

function textEdit(field: 'opinion' | 'reason', said: unknown): Edit {
  const id = `edit-${field}`
  const area = h('textarea', {
    id,
    rows: 2,
    maxlength: maxCharacters,
    'aria-describedby': `${id}-hint`,
  })
  area.value = typeof said === 'string' && said !== placeholder ? said : ''
  const hint = h('p', { class: 'hint bad', id: `${id}-hint`, role: 'status' })
  const isNeeded = field === 'reason'
  return {
    field,
    element: h(
      'div',
      { class: 'field' },
      h('label', { for: id }, sign[field]),
      area,
      isNeeded && hint,
    ),
    query: (from) => {
      // An approval says something; the usual words, unless others are written.
      if (field === 'opinion' && area.value.trim() === '') area.value = usualOpinion
      const text = area.value.trim()
      hint.replaceChildren(...(isNeeded && text === '' ? [h('span', {}, sign.reasonNeeded)] : []))
      if (isNeeded && text === '') {
        area.focus()
        return undefined
      }
      const asked = new URLSearchParams(from)
      asked.set(field, text)
      return asked
    },
    isIn: (statement) =>
      (statement as Readonly<Record<string, unknown>>)[field] === area.value.trim(),
  }
}

function deadlineEdit(said: unknown): Edit {
  const input = h('input', { class: 'input', type: 'datetime-local', id: 'edit-deadline' })
  if (typeof said === 'string') input.value = localTime(new Date(said))
  const written = (): string | null =>
    input.value === '' ? null : new Date(input.value).toISOString()
  return {
    field: 'deadline',
    element: h(
      'div',
      { class: 'field' },
      h('label', { for: input.id }, sign.deadline),
      input,
      h('p', { class: 'hint' }, sign.deadlineHint),
    ),
    query: (from) => {
      const asked = new URLSearchParams(from)
      const deadline = written()
      if (deadline === null) asked.delete('deadline')
      else asked.set('deadline', deadline)
      return asked
    },
    isIn: (statement) => 'deadline' in statement && statement.deadline === written(),
  }
}

/** As `datetime-local` has it, in the browser's zone. */
function localTime(at: Date): string {
  const shifted = new Date(at.getTime() - at.getTimezoneOffset() * 60_000)
  return shifted.toISOString().slice(0, 16)
}

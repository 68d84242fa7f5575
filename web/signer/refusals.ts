/** What a refused or lost request means, in the reader's language. */
import { h } from '../one_file/dom.ts'
import type { Words } from '../one_file/language.ts'
import { note, paragraph } from '../one_file/parts.ts'
import { messages } from '../messages.ts'
import type { Answered, Problem } from './api.ts'
import { common } from './words/common.ts'

/** What a refused or lost request means, in the reader's language. */
export function wordsOf(answer: Exclude<Answered<unknown>, { state: 'done' }>): Words {
  return answer.state === 'lost' ? common.lost : problemWords(answer.problem)
}

export function problemWords({ code, title, status, details }: Problem): Words {
  if (code === 'STATEMENT_MISMATCH' && details['field'] === 'at') return common.clockOff
  if (code === 'CERTIFICATE_REQUIRED') return common.noCertificate
  const known: Partial<Record<string, Words>> = messages
  const found = known[code]
  if (found !== undefined) return found
  const text = title === '' ? `${code} ${String(status)}` : title
  return { zh: `${common.unexpected.zh}${text}`, en: `${common.unexpected.en} ${text}` }
}

/** A refusal with its reference, by which an administrator finds it in the log. */
export function refusal(answer: Exclude<Answered<unknown>, { state: 'done' }>): HTMLElement {
  const reference = answer.state === 'refused' ? answer.problem.instance : ''
  return note(
    'bad',
    paragraph(wordsOf(answer)),
    answer.state === 'refused' &&
      answer.problem.status >= 500 &&
      h('p', { class: 'small' }, common.reference(reference.replace('urn:uuid:', ''))),
  )
}

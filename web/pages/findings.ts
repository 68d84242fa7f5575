/** Words for what the lint of drafts and the inspection of uploads found. Pure. */
import { uploadWordsOf } from '../../exchange/index.ts'
import type { Language } from '../preferences.ts'
import type { View } from '../view.ts'

interface Found {
  readonly code?: unknown
  readonly message?: unknown
  readonly path?: unknown
  readonly page?: unknown
  readonly about?: unknown
}

/** What a finding says in the reader's language, with the page where it knows one. */
export function findingWords(view: Pick<View, 'language' | 'w'>, finding: unknown): string {
  const { code, message, page, about } = (finding ?? {}) as Found
  const own = uploadWordsOf(String(code))
  const words = own?.[view.language] ?? messageIn(message, view.language, code)
  const text = typeof about === 'string' ? `${about}${view.w('：', ': ')}${words}` : words
  return typeof page === 'number'
    ? `${text}${view.w(`（第 ${String(page)} 页）`, ` (page ${String(page)})`)}`
    : text
}

function messageIn(message: unknown, language: Language, code: unknown): string {
  if (typeof message === 'string') return message
  const words = (message ?? {}) as Partial<Record<Language, string>>
  return words[language] ?? String(code)
}

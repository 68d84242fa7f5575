/** What a person at the console is told of a failure. Pure. */
import type { Dialogue } from './dialogue.ts'

/** One line; the machine's refusals bring words of their own. */
export function failureWords(
  { w, language }: Pick<Dialogue, 'w' | 'language'>,
  error: unknown,
): string {
  const message = error instanceof Error ? error.message : String(error)
  return `${w('没有办成', 'It was not done')}: ${told(error)?.[language] ?? message}`
}

/** Words that an error carries in both languages. */
function told(error: unknown): Readonly<Record<'zh' | 'en', string>> | undefined {
  return error instanceof Error && 'words' in error
    ? (error.words as Readonly<Record<'zh' | 'en', string>>)
    : undefined
}

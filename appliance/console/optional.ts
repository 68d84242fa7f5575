/** A question that may go without an answer: an empty line takes what was answered before, if anything was, and `-` takes it away. */
import type { Check, Dialogue } from './dialogue.ts'

export async function askOptional(
  { w, ask }: Pick<Dialogue, 'w' | 'ask'>,
  question: string,
  {
    had = '',
    check = () => undefined,
  }: { readonly had?: string | undefined; readonly check?: Check } = {},
): Promise<string> {
  if (had === '') return ask(question, { or: '', check })
  const typed = await ask(`${question}${w('；去掉就输入 -', '; - for none')}`, {
    or: had,
    check: (text) => (text === '-' ? undefined : check(text)),
  })
  return typed === '-' ? '' : typed
}

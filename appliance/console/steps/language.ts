/** The language of console and minutes; everybody chooses their own in the pages. */
import type { Dialogue } from '../dialogue.ts'
import type { SetUp } from '../set_up.ts'

export async function askLanguage(dialogue: Dialogue): Promise<Pick<SetUp, 'language'>> {
  const language = await dialogue.choose(
    '语言 Language',
    [
      { key: 'zh', words: '中文' },
      { key: 'en', words: 'English' },
    ],
    dialogue.language,
  )
  return { language }
}

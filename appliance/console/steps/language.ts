/** The language of console and minutes; everybody chooses their own in the pages. */
import type { Dialogue } from '../dialogue.ts'
import type { SetUp } from '../set_up.ts'

export async function askLanguage(dialogue: Dialogue): Promise<Pick<SetUp, 'language'>> {
  const { w, choose } = dialogue
  const language = await choose(
    w('语言 Language', 'Language'),
    [
      // The screen draws no Chinese, and speaks English whatever is chosen.
      { key: 'zh', words: w('中文', 'Chinese (on the serial line and in the minutes)') },
      { key: 'en', words: 'English' },
    ],
    dialogue.language,
  )
  return { language }
}

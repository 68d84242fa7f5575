/** Trial or production: in the first journal entry, and never changed. */
import type { Dialogue } from '../dialogue.ts'
import type { SetUp } from '../set_up.ts'

export async function askMode(dialogue: Dialogue): Promise<Pick<SetUp, 'mode'>> {
  const { w } = dialogue
  const mode = await dialogue.choose(
    w('建立哪一种？以后不能改', 'Which kind? It cannot be changed later'),
    [
      {
        key: 'trial',
        words: w(
          '试用：一切自动，每页每印都写“试用 TRIAL”',
          'trial: all by itself; TRIAL stands on every page and seal',
        ),
      },
      {
        key: 'production',
        words: w(
          '正式：举行密钥仪式，根密钥分份交给保管人',
          'production: a key ceremony; the root key leaves in shares',
        ),
      },
    ],
  )
  return { mode }
}

/** Trial or production: in the first journal entry, and never changed. Or a box that was, from its backup. */
import type { Choice, Dialogue } from '../dialogue.ts'
import type { Place } from '../place.ts'
import type { SetUp } from '../set_up.ts'
import { upgradeFromStick } from './upgrade.ts'

type Kind = NonNullable<SetUp['mode']> | 'upgrade'

/** Gives nothing after an upgrade: the kind is asked again. */
export async function askMode(
  dialogue: Dialogue,
  { machine }: Pick<Place, 'machine'>,
): Promise<Pick<SetUp, 'mode'>> {
  const { w } = dialogue
  const choices: Choice<Kind>[] = [
    {
      key: 'trial',
      words: w(
        '试用：一切自动，每页每印都写“试用 TRIAL”',
        'trial: made at once, without a ceremony; TRIAL stands on every page and seal',
      ),
    },
    {
      key: 'production',
      words: w(
        '正式：举行密钥仪式，根密钥分份交给保管人',
        'production: a key ceremony; the root key leaves in shares',
      ),
    },
    {
      key: 'backup',
      words: w(
        '由备份恢复：原来的机器没有了，用它的备份',
        'from a backup: the box that was is gone, its backups are here',
      ),
    },
  ]
  if (machine !== undefined) {
    choices.push({
      key: 'upgrade',
      words: w('先从 U 盘升级本机', 'first upgrade this machine from a stick'),
    })
  }
  const mode = await dialogue.choose(
    w('建立哪一种？以后不能改', 'Which kind? It cannot be changed later'),
    choices,
  )
  if (mode !== 'upgrade') return { mode }
  if (machine !== undefined) await upgradeFromStick(dialogue, machine)
  return {}
}

/** What may be done at the console of a box that is set up: what its case's buttons and cables would do, and nothing of its content. */
import type { Dialogue } from './dialogue.ts'
import { failureWords } from './failure.ts'
import type { Place } from './place.ts'
import { readSetUp, writeSetUp, type SetUp } from './set_up.ts'
import { askBackupRecipient } from './steps/backup_recipient.ts'
import { askDisk } from './steps/disk.ts'
import { askLanguage } from './steps/language.ts'
import { askNetwork } from './steps/network.ts'

type MenuItem = 'back' | 'language' | 'network' | 'restart' | 'power-off' | 'disk' | 'backup-key'

/** Shows the menu once and does what is chosen. */
export async function runMenu(dialogue: Dialogue, place: Place): Promise<void> {
  const { w, say } = dialogue
  const { machine } = place
  const chosen = await dialogue.choose<MenuItem>(
    w('菜单', 'Menu'),
    [
      { key: 'back', words: w('返回', 'back') },
      { key: 'language', words: w('语言 Language', 'language') },
      ...(machine === undefined
        ? []
        : ([
            { key: 'network', words: w('网络', 'network') },
            { key: 'restart', words: w('重新启动机器', 'restart the machine') },
            { key: 'power-off', words: w('关机', 'turn the machine off') },
            { key: 'disk', words: w('数据盘', 'data disk') },
            { key: 'backup-key', words: w('备份密钥', 'key of the backups') },
          ] as const)),
    ],
    'back',
  )
  try {
    if (chosen === 'language') await change(place, await askLanguage(dialogue))
    if (chosen === 'network')
      await change(place, await askNetwork(dialogue, place, readSetUp(place.setUp)))
    if (chosen === 'disk' && machine) await askDisk(dialogue, machine)
    if (chosen === 'backup-key' && machine) await askBackupRecipient(dialogue, machine)
    if (chosen === 'restart' && (await isSure(dialogue))) {
      say(w('正在重新启动，请稍候……', 'Restarting, please wait …'))
      await machine?.restart()
    }
    if (chosen === 'power-off' && (await isSure(dialogue))) {
      say(w('正在关机，请稍候……', 'Turning off, please wait …'))
      await machine?.powerOff()
    }
  } catch (error) {
    if (dialogue.isOver()) throw error
    say(failureWords(dialogue, error))
  }
}

async function change(place: Place, part: Partial<SetUp>): Promise<void> {
  await writeSetUp(place.setUp, { ...readSetUp(place.setUp), ...part })
}

async function isSure({ w, choose }: Dialogue): Promise<boolean> {
  const answer = await choose(
    w('确定吗', 'Are you sure?'),
    [
      { key: 'no', words: w('否', 'no') },
      { key: 'yes', words: w('是', 'yes') },
    ],
    'no',
  )
  return answer === 'yes'
}

/** Keys of the data disk, at the console of a box that is an image: PIN, passphrase, factory reset. Root's act `disk` does it (ADR 35). */
import type { DiskJob } from '../../disk/job.ts'
import { eraseWords } from '../../disk/job.ts'
import { diskRefusal } from '../../disk/words.ts'
import type { Choice, Dialogue } from '../dialogue.ts'
import type { Machine } from '../place.ts'

type DiskItem = 'back' | 'set-pin' | 'no-pin' | 'passphrase' | 'erase'

/** Shows how the disk's keys are, and changes what is chosen. */
export async function askDisk(dialogue: Dialogue, machine: Machine): Promise<void> {
  const { w, say } = dialogue
  say(w('请稍候……', 'One moment …'))
  const before = await machine.disk({ do: 'state' })
  if (!before.done || before.keys === null) {
    say(refusalWords(dialogue, before.done ? '' : before.code))
    return
  }
  const { isSealed, hasPin, hasPassphrase, hasRecovery } = before.keys
  say(
    isSealed
      ? w('数据盘由 TPM 打开。', 'The TPM opens the data disk.')
      : w('数据盘由口令打开。', 'A passphrase opens the data disk.'),
    hasRecovery
      ? w('保管人的份额也能打开它。', 'So do the custodians’ shares.')
      : w('没有恢复口令（手册第 6 章）。', 'There is no recovery passphrase (manual, chapter 6).'),
  )
  const items: Choice<DiskItem>[] = [{ key: 'back', words: w('返回', 'back') }]
  if (isSealed) items.push({ key: 'set-pin', words: w('设置 PIN', 'set a PIN') })
  if (hasPin) items.push({ key: 'no-pin', words: w('取消 PIN', 'do without the PIN') })
  if (hasPassphrase)
    items.push({ key: 'passphrase', words: w('更换口令', 'change the passphrase') })
  items.push({
    key: 'erase',
    words: w('恢复出厂（删除一切）', 'factory reset (erases everything)'),
  })
  const chosen = await dialogue.choose<DiskItem>(w('数据盘', 'Data disk'), items, 'back')
  if (chosen === 'back') return
  const job = await jobOf(dialogue, chosen)
  if (job === undefined) return
  const outcome = await machine.disk(job)
  say(outcome.done ? w('完成。', 'Done.') : refusalWords(dialogue, outcome.code))
  if (outcome.done && chosen === 'erase') await machine.restart()
}

async function jobOf(
  dialogue: Dialogue,
  chosen: Exclude<DiskItem, 'back'>,
): Promise<DiskJob | undefined> {
  const { w, ask, askSecret, askKnownSecret, say } = dialogue
  if (chosen === 'set-pin') return { do: 'set-pin', pin: await askSecret(w('新的 PIN', 'New PIN')) }
  if (chosen === 'no-pin') return { do: 'set-pin', pin: null }
  if (chosen === 'passphrase') {
    const old = await askKnownSecret(w('原来的口令', 'Old passphrase'))
    return { do: 'change-passphrase', old, next: await askSecret(w('新口令', 'New passphrase')) }
  }
  const typed = await ask(
    w(
      `所有公文、密钥和日志都将永远读不出。确定就输入 ${eraseWords}`,
      `All documents, keys and the journal will be unreadable for ever. If you mean it, type ${eraseWords}`,
    ),
    { or: '-' },
  )
  if (typed === eraseWords) return { do: 'factory-reset', confirm: eraseWords }
  say(w('没有删除任何东西。', 'Nothing was erased.'))
  return undefined
}

function refusalWords({ w }: Dialogue, code: string): string {
  const { zh, en } = diskRefusal(code)
  return w(zh, en)
}

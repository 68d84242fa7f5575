/** Another key of the backups, at the console of a box that is an image: the issuing keys follow it once somebody compared it here (ADR 34). */
import type { Dialogue } from '../dialogue.ts'
import type { Machine } from '../place.ts'

/** Shows for whom the issuing keys are encrypted, and has them follow the other one that a backup was made for. */
export async function askBackupRecipient(
  dialogue: Dialogue,
  machine: Pick<Machine, 'backupRecipient' | 'acceptBackupRecipient'>,
): Promise<void> {
  const { w, say, choose } = dialogue
  const { kept, refused } = await machine.backupRecipient()
  const none = w('（还没有）', '(none yet)')
  say(
    w('签发密钥随备份加密给：', 'With a backup the issuing keys are encrypted to:'),
    `  ${kept === null ? none : inGroups(kept)}`,
  )
  if (refused === null) {
    say(w('没有备份要求换成别的密钥。', 'No backup asked for another one.'))
    return
  }
  say(
    w('有备份要求换成：', 'A backup asked for this one instead:'),
    `  ${inGroups(refused)}`,
    w(
      '请与保管人份额文件里的 recipient（试用机：密钥文件里的 public key）逐字核对。没有人换过备份密钥，或有一个字不同，就不要接受：可能有人控制了本机的服务（手册第 6 章）。',
      'Compare it letter by letter with “recipient” in a custodian’s share (of a trial box with “public key” in the key file). If nobody made another key of backups, or one letter differs, do not accept it: the service may be in other hands (manual, chapter 6).',
    ),
  )
  const answer = await choose(
    w('接受吗', 'Accept it?'),
    [
      { key: 'no', words: w('不接受', 'no') },
      { key: 'yes', words: w('已经核对，接受', 'compared it, accept') },
    ],
    'no',
  )
  if (answer === 'no') return
  await machine.acceptBackupRecipient(refused)
  say(w('完成。请再做一次备份。', 'Done. Make the backup again.'))
}

/** Fours, as people compare. */
const inGroups = (recipient: string): string => recipient.replace(/.{4}(?=.)/g, '$& ')

/** Opens a production box at its start: the passphrase is typed and left for its processes, which say whether it opens their keys. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Dialogue } from './dialogue.ts'
import type { Place } from './place.ts'
import { leavePassphrase, withdrawPassphrase } from './unlock.ts'

/** Stretching a passphrase takes seconds on a slow machine, and a service that starts anew meanwhile some more. */
const patienceMs = 60_000
const lookEveryMs = 300

/** Asks once. Gives whether the keys open. */
export async function unlock(
  dialogue: Dialogue,
  { unlock: folders, state }: Pick<Place, 'unlock' | 'state'>,
): Promise<boolean> {
  const { w, say } = dialogue
  const passphrase = await dialogue.askKnownSecret(w('本机口令', 'Passphrase of the box'))
  const stamp = await leavePassphrase(folders, passphrase)
  say(w('正在打开密钥……', 'Opening the keys…'))
  for (let waited = 0; waited < patienceMs; waited += lookEveryMs) {
    await pause(lookEveryMs)
    const now = await state()
    if (now?.refused === stamp) {
      await withdrawPassphrase(folders)
      say(w('口令不对。', 'That is not the passphrase.'))
      return false
    }
    if (now?.phase === 'serving') {
      say(w('密钥已打开。', 'The keys are open.'))
      return true
    }
  }
  say(w('还没有打开，请看状态。', 'They are not open yet; see the status.'))
  return false
}

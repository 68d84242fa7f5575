/** Opens a production box at its start: the passphrase is typed, tried against a key of the box, and left for its processes. */
import { setTimeout as pause } from 'node:timers/promises'
import { CaError, createKeyFolder } from '../../ca/index.ts'
import { pathsOf } from '../data_folder.ts'
import type { Dialogue } from './dialogue.ts'
import type { Place } from './place.ts'
import { leavePassphrase } from './unlock.ts'

/** After a wrong one: the stretching of passphrases is what keeps guessers out, this keeps a stuck key from filling the journal. */
const afterWrongMs = 2000

/** Asks once. Gives whether the keys open. */
export async function unlock(
  dialogue: Dialogue,
  { data, unlock: folders, random }: Pick<Place, 'data' | 'unlock' | 'random'>,
): Promise<boolean> {
  const { w, say } = dialogue
  const passphrase = await dialogue.askKnownSecret(w('本机口令', 'Passphrase of the box'))
  const keys = createKeyFolder({
    ...{ directory: pathsOf(data).keys, passphrase, secretStrength: 'passphrase', random },
  })
  try {
    await keys.openKey('journal')
  } catch (error) {
    if (!(error instanceof CaError) || error.code !== 'CA_KEY_FILE_LOCKED') throw error
    await pause(afterWrongMs)
    say(w('口令不对。', 'That is not the passphrase.'))
    return false
  }
  await leavePassphrase(folders, passphrase)
  say(w('密钥已打开，正在启动。', 'The keys are open; the box starts.'))
  return true
}

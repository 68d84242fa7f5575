/** What opens the backups, from its keepers: custodians' shares with a passphrase each, or the key file of a trial box. */
import { CaError, readBackupShare, type BackupShare } from '../../../ca/index.ts'
import { ageKeyPair, readIdentityFile } from '../../backup/age/index.ts'
import { openBackupShares } from '../../backup/key_ceremony.ts'
import { recoveryOfIdentity } from '../../disk/recovery_passphrase.ts'
import { isShareName, type Opener } from '../../machine/openers.ts'
import type { Dialogue } from '../dialogue.ts'
import { failureWords } from '../failure.ts'
import type { Place } from '../place.ts'
import { restoreWords } from './restore_words.ts'
import { withSource } from './take_backups.ts'

export interface BackupKey {
  readonly identities: readonly Uint8Array[]
  /** Whom the box encrypts its next backups to, too: `age1…`. */
  readonly recipient: string
  /** Of custodians' shares: what these open the data disk with. */
  readonly recovery: string | undefined
}

interface Given {
  readonly share: BackupShare
  readonly text: string
  passphrase: string
}

/** Asks until as many shares are there as the ceremony said, or a key file. */
export async function askBackupKey(dialogue: Dialogue, place: Place): Promise<BackupKey> {
  const { w, say } = dialogue
  const given: Given[] = []
  for (;;) {
    const found = await withSource(dialogue, place, {
      words:
        given.length === 0
          ? w(
              '打开备份的份额：一名保管人的 U 盘（试用机：存有密钥文件的 U 盘）',
              'What opens the backups: the stick of a custodian (of a trial box: the one with its key file)',
            )
          : w('下一名保管人的 U 盘', 'The stick of another custodian'),
      work: async (source) => chosenFrom(dialogue, await source.openers(), given),
    })
    if ('identity' in found) return keyOf(found.identity)
    const { custodian, number, of } = found.share
    say(
      w(
        `份额 ${String(number)}/${String(of)}：${custodian}`,
        `Share ${String(number)}/${String(of)}: ${custodian}`,
      ),
    )
    given.push({ ...found, passphrase: await askPassphrase(dialogue, custodian) })
    if (given.length < found.share.needed) continue
    const secret = await opened(dialogue, given)
    return { ...keyOf(secret), recovery: recoveryOfIdentity(secret) }
  }
}

function keyOf(identity: Uint8Array): BackupKey {
  const { recipient } = ageKeyPair(identity)
  return { identities: [identity], recipient, recovery: undefined }
}

/** A key file's identity, or a share that was not given yet; throws where there is neither. */
async function chosenFrom(
  dialogue: Dialogue,
  openers: readonly Opener[],
  given: readonly Given[],
): Promise<{ readonly identity: Uint8Array } | Omit<Given, 'passphrase'>> {
  const { w } = dialogue
  try {
    const [first] = given
    const { readable, spoilt } = sharesAmong(openers)
    const shares = readable
      .filter(({ share }) => first === undefined || share.recipient === first.share.recipient)
      .filter(({ share }) => given.every((one) => one.share.number !== share.number))
    const file = openers.find(({ name }) => !isShareName(name))
    if (shares.length === 0 && file !== undefined) {
      const [identity] = readIdentityFile(file.text)
      if (identity !== undefined) return { identity }
    }
    const [only] = shares
    if (only === undefined) throw spoilt[0]?.error ?? nothingHere()
    for (const { name } of spoilt)
      dialogue.say(w(`读不出，略过：${name}`, `Not readable, left out: ${name}`))
    if (shares.length === 1) return only
    const key = await dialogue.choose(
      w('哪一份', 'Which of them?'),
      shares.map(({ share }, at) => ({ key: String(at), words: shareWords(dialogue, share) })),
    )
    return shares[Number(key)] ?? only
  } catch (error) {
    throw restoreWords(error)
  }
}

interface SharesAmong {
  readonly readable: Omit<Given, 'passphrase'>[]
  readonly spoilt: { readonly name: string; readonly error: CaError }[]
}

/** A custodian keeps copies: one that was cut or altered hides no other. */
function sharesAmong(openers: readonly Opener[]): SharesAmong {
  const among: SharesAmong = { readable: [], spoilt: [] }
  for (const { name, text } of openers.filter((one) => isShareName(one.name))) {
    try {
      among.readable.push({ text, share: readBackupShare(text) })
    } catch (error) {
      if (!(error instanceof CaError)) throw error
      const { code, message, details } = error
      const named = new CaError(code, message, { details: { ...details, files: [name] } })
      among.spoilt.push({ name, error: named })
    }
  }
  return among
}

function nothingHere(): Error {
  const words = {
    zh: '这里没有备份密钥的份额，或者这一份已经给过了',
    en: 'no share of a key of backups lies here, or it was given already',
  }
  return Object.assign(new Error('no share'), { words })
}

function shareWords({ w }: Dialogue, { number, of, custodian, ceremony }: BackupShare): string {
  const which = `${String(number)}/${String(of)} ${custodian}`
  return `${which} (${w('仪式', 'ceremony')} ${ceremony.slice(0, 8)})`
}

const askPassphrase = (dialogue: Dialogue, custodian: string): Promise<string> =>
  dialogue.askKnownSecret(
    dialogue.w(`请 ${custodian} 输入份额的口令`, `Passphrase of the share of ${custodian}`),
  )

/** Joins them; the custodian whose passphrase is wrong is asked again. */
async function opened(dialogue: Dialogue, given: readonly Given[]): Promise<Uint8Array> {
  for (;;) {
    try {
      const { secret } = await openBackupShares(given)
      return secret
    } catch (error) {
      const wrong = given.find(({ share }) => isLockedShare(error, share))
      if (wrong === undefined) throw error
      dialogue.say(failureWords(dialogue, restoreWords(error)))
      wrong.passphrase = await askPassphrase(dialogue, wrong.share.custodian)
    }
  }
}

const isLockedShare = (error: unknown, { number }: BackupShare): boolean =>
  error instanceof CaError && error.code === 'CA_SHARE_LOCKED' && error.details['number'] === number

/** What opens the keys of a production box, from where a person or systemd gives it; of a trial box nothing is asked. */
import type { BoxFile } from '../box/data_folder.ts'
import { systemdSecrets, type BoxSecrets } from '../box/keys.ts'
import { secretFrom } from './options.ts'

/** Options of every command that opens the keys. */
export const secretOptions = {
  'passphrase-file': { type: 'string' },
  'pin-file': { type: 'string' },
} as const

export interface SecretValues {
  readonly 'passphrase-file'?: string | undefined
  readonly 'pin-file'?: string | undefined
}

/** A file named on the command line, else systemd's credential, else what is typed. Throws `FILE_MISSING`. */
export async function boxSecrets(
  { mode, token }: Pick<BoxFile, 'mode' | 'token'>,
  values: SecretValues,
): Promise<BoxSecrets> {
  if (mode === 'trial') return {}
  const handed = systemdSecrets(process.env['CREDENTIALS_DIRECTORY'])
  const passphraseFile = values['passphrase-file']
  const passphrase =
    passphraseFile === undefined && handed.passphrase !== undefined
      ? handed.passphrase
      : await secretFrom(passphraseFile, '本机密钥口令 passphrase of the box')
  if (token === undefined) return { passphrase }
  const pinFile = values['pin-file']
  const pin =
    pinFile === undefined && handed.pin !== undefined
      ? handed.pin
      : await secretFrom(pinFile, `密码设备 PIN of token ${token.label}`)
  return { passphrase, pin }
}

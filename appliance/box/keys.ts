/**
 * Opens the box's own keys: of a trial box by the secret that lies beside them, of a production box by a passphrase that a person
 * types, a file or systemd's credential gives, and for keys on a token by its PIN.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  createKeyFolder,
  createKeyStores,
  createTokenKeys,
  openToken,
  systemRandom,
  type KeyFolder,
} from '../../ca/index.ts'
import { pathsOf, type BoxFile } from './data_folder.ts'
import { ApplianceError } from '../errors.ts'
import { isIssuingKey, openKeysProcess } from '../keys_process/client.ts'

/** What opens the keys of a production box. */
export interface BoxSecrets {
  readonly passphrase?: string | undefined
  readonly pin?: string | undefined
}

export interface BoxKeys {
  readonly keys: KeyFolder
  readonly close: () => Promise<void>
}

/**
 * Opens them. Throws `PASSPHRASE_MISSING`, `PIN_MISSING`, `CA_KEY_FILE_LOCKED` (a wrong passphrase, told at once), and what `openToken`
 * throws.
 */
export async function openBoxKeys(options: {
  readonly directory: string
  readonly file: Pick<BoxFile, 'id' | 'mode' | 'token'>
  readonly secrets?: BoxSecrets | undefined
  /** Of the process of the issuing keys; the image's by default. */
  readonly keysSocket?: string | undefined
}): Promise<BoxKeys> {
  const { directory, file, secrets = {} } = options
  const paths = pathsOf(directory)
  const files = createKeyFolder({
    directory: paths.keys,
    passphrase:
      file.mode === 'trial'
        ? readFileSync(paths.unattended, 'utf8').trim()
        : given(secrets.passphrase, 'PASSPHRASE_MISSING'),
    secretStrength: file.mode === 'trial' ? 'random' : 'passphrase',
    random: systemRandom,
  })
  // Before anything else is opened: nobody should wait for a replay to learn that it was mistyped.
  if (file.mode === 'production') await files.openKey('journal')
  if (!file.token) {
    return {
      keys: besideKeysProcess(files, paths.keys, options.keysSocket),
      close: () => Promise.resolve(),
    }
  }
  const { module, label } = file.token
  const token = await openToken({ module, label, pin: given(secrets.pin, 'PIN_MISSING') })
  const onToken = createTokenKeys(token, `${file.id}-`)
  return {
    keys: createKeyStores((name) => (isTokenKey(name) ? onToken : files)),
    close: () => token.close(),
  }
}

/** In the image the issuing authority's keys are not in the folder but in a process of their own (ADR 34); elsewhere there is none. */
function besideKeysProcess(files: KeyFolder, folder: string, socket?: string): KeyFolder {
  const process = openKeysProcess(socket)
  if (process === undefined) return files
  return createKeyStores((name) =>
    isIssuingKey(name) && !existsSync(join(folder, `${name}.key`)) ? process.keys : files,
  )
}

/** Whether the keys in a restored folder open by what opened this box: what a drill asks. */
export function keysOpenBy(
  { secrets }: { readonly secrets?: BoxSecrets | undefined },
  { id, mode }: Pick<BoxFile, 'id' | 'mode'>,
): (directory: string) => Promise<boolean> {
  return async (directory) => {
    try {
      // Files alone: a token is not in any backup.
      const { keys } = await openBoxKeys({ directory, file: { id, mode }, secrets })
      await keys.openKey('journal')
      return true
    } catch {
      return false
    }
  }
}

/**
 * Whether a key lives on the token where there is one. TLS takes the key itself, and few tokens make Ed25519 keys (ADR 22); a root key
 * is in files only on a trial box, which has no token.
 */
export function isTokenKey(name: string): boolean {
  return /^(issuing|timestamping|ocsp)(-\d+)?$/.test(name)
}

const credentialNames = { passphrase: 'sealbox-passphrase', pin: 'sealbox-pin' } as const

/** Secrets that systemd hands over (systemd.exec, LoadCredential): those that are there. */
export function systemdSecrets(directory: string | undefined): BoxSecrets {
  const read = (name: string): string | undefined => {
    const path = directory === undefined ? undefined : join(directory, name)
    return path !== undefined && existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined
  }
  return { passphrase: read(credentialNames.passphrase), pin: read(credentialNames.pin) }
}

function given(secret: string | undefined, code: 'PASSPHRASE_MISSING' | 'PIN_MISSING'): string {
  if (secret !== undefined && secret !== '') return secret
  const what = code === 'PIN_MISSING' ? 'the PIN of its token' : 'the passphrase of its keys'
  throw new ApplianceError(code, `this is a production box: it needs ${what}`)
}

/**
 * What the process gives to a backup: its sealed files, encrypted by itself to the custodians' recipient. A box process that was taken over
 * knows the passphrase, so the sealed files alone would give it the key. Adopting a box names the recipient (`machine/adopt_box.ts`), else the
 * first one is kept; another one takes a person at the console. Shell.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CaError, systemRandom, writeWhole } from '../../ca/issuing_key.ts'
import { createAgeWriter, readRecipient } from '../backup/age/index.ts'
import type { IssuingKeys } from './keys.ts'
import { recipientFiles } from './recipient.ts'

export const sealedKeysFormat = 'sealbox-keys/1'

/** The age file. Throws `CA_KEYS_RECIPIENT_CHANGED`, `BACKUP_KEY_MALFORMED`. */
export async function sealedKeysFor(
  recipient: string,
  { keys, state }: { readonly keys: IssuingKeys; readonly state: string },
): Promise<Uint8Array> {
  const to = readRecipient(recipient)
  const path = join(state, recipientFiles.kept)
  if (!existsSync(path)) await writeWhole(path, `${recipient}\n`, 0o600)
  if (readFileSync(path, 'utf8').trim() !== recipient) {
    // For who is to compare it at the console.
    await writeWhole(join(state, recipientFiles.refused), `${recipient}\n`, 0o600)
    throw new CaError('CA_KEYS_RECIPIENT_CHANGED', 'backups were for another recipient so far')
  }
  const text = JSON.stringify({ format: sealedKeysFormat, files: await keys.sealed() })
  const pieces: Uint8Array[] = []
  const writer = await createAgeWriter({
    recipients: [to],
    random: systemRandom,
    out: (parts) => {
      // The writer uses its buffers again.
      pieces.push(...parts.map((part) => part.slice()))
      return Promise.resolve()
    },
  })
  await writer.write(Buffer.from(text))
  await writer.finish()
  return new Uint8Array(Buffer.concat(pieces))
}

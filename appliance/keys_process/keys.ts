/**
 * The issuing authorities' keys of one process: opens each when first asked, holds it to the first certificate it is shown, and signs what
 * `requireSignable` lets through and the record has written down. I/O for key files alone.
 */
import { existsSync, readFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  CaError,
  createKeyFolder,
  requireSignable,
  sha256Hex,
  systemRandom,
  writeWhole,
  type KeyFolder,
  type Signer,
} from '../../ca/issuing_key.ts'
import { issuingKeyName } from './protocol.ts'
import type { SignatureRecord } from './signature_record.ts'

export interface IssuingKeys {
  has(name: string): Promise<boolean>
  /** SubjectPublicKeyInfo (DER) and suite. Throws `CA_KEY_FILE_MISSING`, `CA_KEY_FILE_LOCKED`, `CA_KEY_FILE_MALFORMED`. */
  describe(name: string): Promise<Pick<Signer, 'algorithm'> & { readonly publicKey: Uint8Array }>
  /** Fixes the key's certificate (DER), once for all. Throws as `describe`, and `CA_KEY_FILE_MALFORMED` for another one. */
  certify(name: string, certificate: Uint8Array): Promise<void>
  /** Signs a TBSCertificate or TBSCertList. Throws `CA_PROFILE_VIOLATED`, `CA_KEY_RECORD_DAMAGED`, and as `describe`. */
  sign(name: string, tbs: Uint8Array): Promise<Uint8Array>
  /** The sealed files, as they lie there. */
  sealed(): Promise<{ readonly name: string; readonly text: string }[]>
}

export interface IssuingKeysOptions {
  /** Folder of this process: `issuing.key`, of a trial box `unattended.secret`. */
  readonly state: string
  /** Of a production box: where the passphrase lies for as long as the machine runs. */
  readonly passphraseFile: string | undefined
  readonly record: SignatureRecord
}

export function openIssuingKeys(options: IssuingKeysOptions): IssuingKeys {
  const { state, record } = options
  const signers = new Map<string, Signer>()
  // One after the other: many at once would start a thread, which this process may not.
  let last: Promise<unknown> = Promise.resolve()
  let folder: KeyFolder | undefined

  /** Asks the folder; a passphrase is believed only once it has opened something, since a mistyped one is followed by another. */
  const opened = async <T>(ask: (keys: KeyFolder) => Promise<T>): Promise<T> => {
    const asked = folder ?? folderOf(options)
    const answer = await ask(asked)
    folder = asked
    return answer
  }

  const signerOf = async (name: string): Promise<Signer> => {
    const known = signers.get(name)
    if (known) return known
    const path = certificatePath(state, name)
    if (!existsSync(path)) {
      throw new CaError('CA_KEY_FILE_MALFORMED', `${name} was not shown its certificate yet`)
    }
    const certificate = new Uint8Array(await readFile(path))
    const signer = await opened((keys) => keys.open(name, certificate))
    signers.set(name, signer)
    return signer
  }

  return {
    has: (name) => Promise.resolve(existsSync(join(state, `${required(name)}.key`))),
    async describe(name) {
      const { algorithm, publicKey } = await opened((keys) => keys.openKey(required(name)))
      return { algorithm, publicKey }
    },
    async certify(name, certificate) {
      // Held against the key, so that nobody fixes one that does not fit.
      const signer = await opened((keys) => keys.open(required(name), certificate))
      const path = certificatePath(state, name)
      if (!existsSync(path)) await writeWhole(path, certificate, 0o600)
      const { certificate: fixed } = signers.get(name) ?? { certificate: await readFile(path) }
      if (sha256Hex(fixed) !== sha256Hex(certificate)) {
        throw new CaError('CA_KEY_FILE_MALFORMED', `${name} has another certificate`)
      }
      if (!signers.has(name)) signers.set(name, signer)
    },
    async sign(name, tbs) {
      const signer = await signerOf(required(name))
      const { certificate: issuer, algorithm } = signer
      const what = requireSignable({ tbs, issuer, algorithm })
      await record.add({ key: name, what, tbs: sha256Hex(tbs) })
      // Crash before here: written down and never signed, which harms nobody. After it: signed and written down.
      const signed = last.then(() => signer.sign(tbs))
      last = signed.catch(() => undefined)
      return signed
    },
    async sealed() {
      const names = (await readdir(state)).filter((name) => /^issuing(-\d+)?\.key$/.test(name))
      const read = (name: string): string => readFileSync(join(state, name), 'utf8')
      return names.sort().map((name) => ({ name, text: read(name) }))
    },
  }
}

const certificatePath = (state: string, name: string): string => join(state, `${name}.crt`)

function required(name: string): string {
  if (issuingKeyName.test(name)) return name
  throw new CaError('CA_KEY_FILE_MISSING', 'this process holds issuing keys alone')
}

/** Throws `CA_KEY_FILE_LOCKED` while nobody has given the passphrase. */
function folderOf({ state, passphraseFile }: IssuingKeysOptions): KeyFolder {
  const unattended = join(state, 'unattended.secret')
  const isTrial = existsSync(unattended)
  const path = isTrial ? unattended : passphraseFile
  if (path === undefined || !existsSync(path)) {
    throw new CaError('CA_KEY_FILE_LOCKED', 'nobody has given the passphrase yet')
  }
  return createKeyFolder({
    directory: state,
    passphrase: readFileSync(path, 'utf8').trim(),
    secretStrength: isTrial ? 'random' : 'passphrase',
    random: systemRandom,
  })
}

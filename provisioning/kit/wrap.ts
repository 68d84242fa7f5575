/**
 * Wrapping a unit's signing keys into its key file, and opening it. The wrapping key is HKDF-SHA256 (RFC 5869) of
 * argon2id(passphrase) (RFC 9106) and the 128-bit unit secret: whoever has the file alone, a stolen backup say, has 128 bits
 * to guess whatever the passphrase. Each key is sealed by AES-256-GCM. Derived once a file. WebCrypto, so that a page does the
 * same; argon2id, which WebCrypto lacks, is a port. The same format is `key_file.ts`, which holds no cryptography.
 */
import { concat, equal, fromBase64, readCertificate, toBase64, utf8 } from '../../ca/path/index.ts'
import type { Random } from '../../ca/random.ts'
import { ProvisioningError } from '../errors.ts'
import { additionalData, argon2Costs, checkKeyFile, keyFileSizes } from './key_file.ts'
import type { Argon2Cost, KeyFile, KeyUse, PublicFacts } from './key_file.ts'
import { publicKeyOf } from './keys.ts'
import { unitSecretBytes } from './unit_secret.ts'

/** A passphrase is a sentence, not a file. */
export const maxPassphraseBytes = 1024
const wrapInfo = utf8('sealbox key file 1: wrap')
const checkInfo = utf8('sealbox key file 1: check')
const stretchedBytes = 32

/** argon2id, version 0x13 (RFC 9106): node:crypto's on the command line, hash-wasm's in a page. */
export type Argon2id = (
  parameters: Argon2Cost & {
    /** Never empty. */
    readonly message: Uint8Array
    readonly salt: Uint8Array
    readonly tagBytes: number
  },
) => Promise<Uint8Array>

/** A key with the public facts about it; `seat` with `seat-signing` only, `certificate` (DER) once it is issued. */
export interface UnitSigningKey {
  readonly use: KeyUse
  readonly seat?: string
  readonly certificate?: Uint8Array
  /** DER PrivateKeyInfo (RFC 5208) of a P-256 key. */
  readonly pkcs8: Uint8Array
}

/** As a key file gave it. */
export interface OpenedKey extends UnitSigningKey {
  /** DER SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array
}

/** What opens a key file, and the means to. */
export interface Unlocking {
  readonly passphrase: string
  /** 16 bytes. */
  readonly unitSecret: Uint8Array
  readonly argon2id: Argon2id
}

/**
 * Wraps keys into a new key file with a fresh salt. Throws `KEY_FILE_KEY_REFUSED` if a key is none of P-256 or a certificate is
 * not of its key, `KEY_FILE_MALFORMED` if the facts do not make a file. To add certificates, open the file and wrap the keys again.
 */
export async function wrapKeys(
  options: Unlocking & {
    readonly owner: KeyFile['owner']
    readonly keys: readonly UnitSigningKey[]
    readonly cost?: Argon2Cost
    readonly random: Random
  },
): Promise<KeyFile> {
  const { owner, keys, cost = argon2Costs.standard, random } = options
  const salt = toBase64(random(keyFileSizes.salt))
  const facts: PublicFacts = {
    type: 'sealbox-key-file',
    version: 1,
    owner,
    kdf: { name: 'argon2id', salt, ...cost },
    keys: await Promise.all(keys.map(publicFactsOf)),
  }
  const derived = await derive(facts.kdf, options)
  const wrapped = await Promise.all(
    keys.map(async ({ pkcs8 }, index) => {
      const iv = random(keyFileSizes.iv)
      const sealed = await crypto.subtle.encrypt(
        gcm(iv, additionalData(facts, index)),
        derived.key,
        view(pkcs8),
      )
      return { iv: toBase64(iv), wrapped: toBase64(new Uint8Array(sealed)) }
    }),
  )
  return checkKeyFile({
    ...facts,
    check: toBase64(derived.check),
    keys: facts.keys.map((key, index) => ({ ...key, ...wrapped[index] })),
  })
}

/**
 * Opens a key file: all keys or none. Throws `KEY_FILE_LOCKED` for a wrong passphrase or unit secret (which of the two is not
 * told), `KEY_FILE_TAMPERED` if anything in the file was changed.
 */
export async function openKeyFile(file: KeyFile, unlocking: Unlocking): Promise<OpenedKey[]> {
  const facts = checkKeyFile(file)
  const derived = await derive(facts.kdf, unlocking)
  if (!equalInOneTime(derived.check, fromBase64(facts.check))) throw locked()
  return Promise.all(
    facts.keys.map(async (key, index) => {
      const pkcs8 = await open(derived.key, additionalData(facts, index), key)
      const publicKey = await readPublicKey(pkcs8)
      if (!equal(publicKey, fromBase64(key.publicKey))) throw tampered()
      return {
        use: key.use,
        ...('seat' in key ? { seat: key.seat } : {}),
        ...(key.certificate === undefined ? {} : { certificate: fromBase64(key.certificate) }),
        pkcs8,
        publicKey,
      }
    }),
  )
}

async function publicFactsOf(key: UnitSigningKey): Promise<PublicFacts['keys'][number]> {
  const { use, seat, certificate, pkcs8 } = key
  const publicKey = await publicKeyOf(pkcs8).catch(() => {
    throw refused('a key is not of P-256')
  })
  if (certificate && !equal(certifiedKey(certificate), publicKey)) throw foreignCertificate()
  return {
    use,
    ...(seat === undefined ? {} : { seat }),
    ...(certificate === undefined ? {} : { certificate: toBase64(certificate) }),
    publicKey: toBase64(publicKey),
  }
}

/** The wrapping key and the value by which a wrong passphrase is told from a changed file (16 bytes). */
async function derive(
  kdf: KeyFile['kdf'],
  { passphrase, unitSecret, argon2id }: Unlocking,
): Promise<{ key: CryptoKey; check: Uint8Array }> {
  const message = utf8(passphrase.normalize('NFC'))
  if (unitSecret.length !== unitSecretBytes) throw locked()
  if (message.length === 0 || message.length > maxPassphraseBytes) throw locked()
  const salt = fromBase64(kdf.salt)
  const { memoryKiB, passes, parallelism } = kdf
  const cost = { memoryKiB, passes, parallelism }
  const stretched = await argon2id({ message, salt, ...cost, tagBytes: stretchedBytes })
  const secret = await crypto.subtle.importKey(
    'raw',
    view(concat(stretched, unitSecret)),
    'HKDF',
    false,
    ['deriveKey', 'deriveBits'],
  )
  const hkdf = (info: Uint8Array) => ({
    name: 'HKDF',
    hash: 'SHA-256',
    salt: view(salt),
    info: view(info),
  })
  const aes = { name: 'AES-GCM', length: 256 }
  const [key, check] = await Promise.all([
    crypto.subtle.deriveKey(hkdf(wrapInfo), secret, aes, false, ['encrypt', 'decrypt']),
    crypto.subtle.deriveBits(hkdf(checkInfo), secret, keyFileSizes.check * 8),
  ])
  return { key, check: new Uint8Array(check) }
}

const gcm = (iv: Uint8Array, facts: Uint8Array) => ({
  name: 'AES-GCM',
  iv: view(iv),
  additionalData: view(facts),
  tagLength: keyFileSizes.tag * 8,
})

async function open(
  key: CryptoKey,
  facts: Uint8Array,
  sealed: { readonly iv: string; readonly wrapped: string },
): Promise<Uint8Array> {
  const bytes = view(fromBase64(sealed.wrapped))
  try {
    const parameters = gcm(fromBase64(sealed.iv), facts)
    return new Uint8Array(await crypto.subtle.decrypt(parameters, key, bytes))
  } catch {
    throw tampered()
  }
}

/** The causes are dropped: what a library says of a key is no business of a log. */
async function readPublicKey(pkcs8: Uint8Array): Promise<Uint8Array> {
  try {
    return await publicKeyOf(pkcs8)
  } catch {
    throw tampered()
  }
}

function certifiedKey(certificate: Uint8Array): Uint8Array {
  try {
    return readCertificate(certificate).publicKey
  } catch {
    throw foreignCertificate()
  }
}

/** Looks at every byte, so that the time it takes tells nothing of where two values part. */
function equalInOneTime(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length
  for (const [at, byte] of a.entries()) difference |= byte ^ (b[at] ?? 0)
  return difference === 0
}

function view(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer> // never a SharedArrayBuffer here
}

const locked = () =>
  new ProvisioningError('KEY_FILE_LOCKED', 'the passphrase or the unit secret is wrong')
const tampered = () =>
  new ProvisioningError(
    'KEY_FILE_TAMPERED',
    'the key file was changed or damaged since it was made',
  )
const refused = (message: string) => new ProvisioningError('KEY_FILE_KEY_REFUSED', message)
const foreignCertificate = () => refused('a certificate is not of the key it is given with')

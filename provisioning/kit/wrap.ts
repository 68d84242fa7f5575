/**
 * Wrapping a unit's signing keys into its key file, and opening it. The wrapping key is HKDF-SHA256 (RFC 5869) of
 * argon2id(passphrase) (RFC 9106) and the 128-bit unit secret: whoever has the file alone, a stolen backup say, has 128 bits
 * to guess whatever the passphrase. Each key is sealed by AES-256-GCM. Derived once a file. Uses node:crypto; the same format
 * is `key_file.ts`, which holds no cryptography.
 */
import {
  X509Certificate,
  argon2,
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  timingSafeEqual,
} from 'node:crypto'
import type { Argon2Parameters, KeyObject } from 'node:crypto'
import { concat, equal, fromBase64, toBase64, utf8 } from '../../ca/index.ts'
import type { Random } from '../../ca/random.ts'
import { ProvisioningError } from '../errors.ts'
import { additionalData, argon2Costs, checkKeyFile, keyFileSizes } from './key_file.ts'
import type { Argon2Cost, KeyFile, KeyUse, PublicFacts } from './key_file.ts'
import { unitSecretBytes } from './unit_secret.ts'

/** A passphrase is a sentence, not a file. */
export const maxPassphraseBytes = 1024
const wrapInfo = utf8('sealbox key file 1: wrap')
const checkInfo = utf8('sealbox key file 1: check')
const tagBytes = keyFileSizes.tag
const cipher = 'aes-256-gcm'

/** A key with the public facts about it; `seat` with `seat-signing` only, `certificate` (DER) once it is issued. */
export interface UnitSigningKey {
  use: KeyUse
  seat?: string
  certificate?: Uint8Array
  privateKey: KeyObject
}

/**
 * Wraps keys into a new key file with a fresh salt. Throws `KEY_FILE_KEY_REFUSED` if a certificate is not of its key,
 * `KEY_FILE_MALFORMED` if the facts do not make a file. To add certificates, open the file and wrap the keys again.
 */
export async function wrapKeys(options: {
  owner: KeyFile['owner']
  keys: readonly UnitSigningKey[]
  passphrase: string
  /** 16 bytes. */
  unitSecret: Uint8Array
  cost?: Argon2Cost
  random: Random
}): Promise<KeyFile> {
  const { owner, keys, passphrase, unitSecret, cost = argon2Costs.standard, random } = options
  const salt = toBase64(random(keyFileSizes.salt))
  const facts: PublicFacts = {
    type: 'sealbox-key-file',
    version: 1,
    owner,
    kdf: { name: 'argon2id', salt, ...cost },
    keys: keys.map(publicFactsOf),
  }
  const derived = await derive(facts.kdf, passphrase, unitSecret)
  const wrapped = keys.map(({ privateKey }, index) => {
    const iv = random(keyFileSizes.iv)
    const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' })
    return {
      iv: toBase64(iv),
      wrapped: toBase64(seal(derived.key, pkcs8, { iv, facts: additionalData(facts, index) })),
    }
  })
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
export async function openKeyFile(
  file: KeyFile,
  passphrase: string,
  unitSecret: Uint8Array,
): Promise<UnitSigningKey[]> {
  const facts = checkKeyFile(file)
  const derived = await derive(facts.kdf, passphrase, unitSecret)
  if (!timingSafeEqual(derived.check, fromBase64(facts.check))) throw locked()
  return facts.keys.map((key, index) => {
    const pkcs8 = open(derived.key, additionalData(facts, index), key)
    const privateKey = readPrivateKey(pkcs8)
    if (!equal(spkiOf(privateKey), fromBase64(key.publicKey))) throw tampered()
    return {
      use: key.use,
      ...('seat' in key ? { seat: key.seat } : {}),
      ...(key.certificate === undefined ? {} : { certificate: fromBase64(key.certificate) }),
      privateKey,
    }
  })
}

function publicFactsOf(key: UnitSigningKey): PublicFacts['keys'][number] {
  const { use, seat, certificate, privateKey } = key
  const spki = spkiOf(privateKey)
  if (certificate && !equal(certifiedKey(certificate), spki)) throw foreignCertificate()
  return {
    use,
    ...(seat === undefined ? {} : { seat }),
    ...(certificate === undefined ? {} : { certificate: toBase64(certificate) }),
    publicKey: toBase64(spki),
  }
}

/** The wrapping key (32 bytes) and the value by which a wrong passphrase is told from a changed file (16 bytes). */
async function derive(
  kdf: KeyFile['kdf'],
  passphrase: string,
  unitSecret: Uint8Array,
): Promise<{ key: Uint8Array; check: Uint8Array }> {
  const message = utf8(passphrase.normalize('NFC'))
  if (unitSecret.length !== unitSecretBytes || message.length > maxPassphraseBytes) throw locked()
  const salt = fromBase64(kdf.salt)
  const stretched = await argon2id({
    message,
    nonce: salt,
    memory: kdf.memoryKiB,
    passes: kdf.passes,
    parallelism: kdf.parallelism,
    tagLength: 32,
  })
  const secret = concat(stretched, unitSecret)
  return {
    key: new Uint8Array(hkdfSync('sha256', secret, salt, wrapInfo, 32)),
    check: new Uint8Array(hkdfSync('sha256', secret, salt, checkInfo, keyFileSizes.check)),
  }
}

function argon2id(parameters: Argon2Parameters): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    argon2('argon2id', parameters, (error, derived) => {
      if (error) reject(error)
      else resolve(derived)
    })
  })
}

function seal(
  key: Uint8Array,
  plain: Uint8Array,
  { iv, facts }: { readonly iv: Uint8Array; readonly facts: Uint8Array },
): Uint8Array {
  const sealing = createCipheriv(cipher, key, iv, { authTagLength: tagBytes }).setAAD(facts)
  return concat(sealing.update(plain), sealing.final(), sealing.getAuthTag())
}

function open(
  key: Uint8Array,
  facts: Uint8Array,
  sealed: { iv: string; wrapped: string },
): Uint8Array {
  const bytes = fromBase64(sealed.wrapped)
  const opening = createDecipheriv(cipher, key, fromBase64(sealed.iv), { authTagLength: tagBytes })
    .setAAD(facts)
    .setAuthTag(bytes.subarray(-tagBytes))
  try {
    return concat(opening.update(bytes.subarray(0, -tagBytes)), opening.final())
  } catch {
    throw tampered()
  }
}

/** The causes are dropped: what OpenSSL says of a key is no business of a log. */
function readPrivateKey(pkcs8: Uint8Array): KeyObject {
  try {
    return createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' })
  } catch {
    throw tampered()
  }
}

function certifiedKey(certificate: Uint8Array): Uint8Array {
  try {
    const { publicKey } = new X509Certificate(certificate)
    return publicKey.export({ format: 'der', type: 'spki' })
  } catch {
    throw foreignCertificate()
  }
}

const spkiOf = (privateKey: KeyObject): Uint8Array =>
  createPublicKey(privateKey).export({ format: 'der', type: 'spki' })

const locked = () =>
  new ProvisioningError('KEY_FILE_LOCKED', 'the passphrase or the unit secret is wrong')
const tampered = () =>
  new ProvisioningError(
    'KEY_FILE_TAMPERED',
    'the key file was changed or damaged since it was made',
  )
const foreignCertificate = () =>
  new ProvisioningError('KEY_FILE_KEY_REFUSED', 'a certificate is not of the key it is given with')

/**
 * Seals a private key under a passphrase: PKCS#8 EncryptedPrivateKeyInfo (RFC 5958 3) in PEM, with PBES2 (RFC 8018 6.2),
 * scrypt (RFC 7914 7) and AES-256-CBC, so that `openssl pkcs8` opens it too. It knows no folder and no file names.
 */
import { createCipheriv, createDecipheriv, scrypt } from 'node:crypto'
import { CaError } from '../errors.ts'
import { toPem } from '../pem.ts'
import { fromBase64 } from '../bytes.ts'
import * as der from '../der/write.ts'
import {
  expectTag,
  readDer,
  readInteger,
  readObjectIdentifier,
  sequenceOf,
  type Node,
} from '../der/read.ts'
import { oids } from '../oids.ts'
import type { Random } from '../random.ts'

/** What the secret is: 256 random bits need no stretching, a person's passphrase does. */
export type SecretStrength = 'random' | 'passphrase'

/** Parameters of scrypt (RFC 7914 2). */
export interface ScryptCost {
  readonly N: number
  readonly r: number
  readonly p: number
}

/**
 * Cost by strength of the secret, from a table measured on one core of the reference machine (Node 24, r = 8):
 *
 * | N    | p  | memory  | ms   | opens with `openssl pkcs8`     |
 * |------|----|---------|------|--------------------------------|
 * | 2^10 | 1  | 1 MiB   | 1    | yes                            |
 * | 2^14 | 1  | 16 MiB  | 30   | yes                            |
 * | 2^14 | 5  | 16 MiB  | 140  | yes                            |
 * | 2^14 | 16 | 16 MiB  | 450  | yes                            |
 * | 2^14 | 64 | 16 MiB  | 1760 | yes                            |
 * | 2^15 | 1  | 32 MiB  | 65   | no: beyond its limit of 32 MiB |
 * | 2^17 | 1  | 128 MiB | 290  | no                             |
 *
 * So a passphrase is stretched by p and not by a larger N. p = 16 takes twice the time of the usual N = 2^17, p = 1; a box that opens
 * its five keys at once starts a second later. 256 random bits need no stretching at all.
 */
export const scryptCosts = {
  random: { N: 2 ** 10, r: 8, p: 1 },
  passphrase: { N: 2 ** 14, r: 8, p: 16 },
} as const satisfies Record<SecretStrength, ScryptCost>

/** A sealed RSA-4096 key takes 4 KiB; more than this is no key file. */
export const maxKeyFileBytes = 16_384

// A hostile file must not make the box work for minutes: what we write ourselves, with room for a stronger row.
const maxScryptWork = 2 ** 20 * 8 * 8
const maxScryptMemory = 2 ** 28
const label = 'ENCRYPTED PRIVATE KEY'

/** PEM of `privateKey` (PKCS#8 DER) sealed under `passphrase`. */
export async function sealKeyFile(options: {
  readonly privateKey: Uint8Array
  readonly passphrase: string
  readonly strength: SecretStrength
  readonly random: Random
}): Promise<string> {
  const { privateKey, passphrase, strength, random } = options
  const cost = scryptCosts[strength]
  const salt = random(16)
  const iv = random(16)
  const cipher = createCipheriv('aes-256-cbc', await deriveKey(passphrase, salt, cost), iv)
  const sealed = Buffer.concat([cipher.update(privateKey), cipher.final()])
  const scryptParameters = der.sequence(
    der.octetString(salt),
    der.integer(cost.N),
    der.integer(cost.r),
    der.integer(cost.p),
  )
  const pbes2Parameters = der.sequence(
    der.sequence(der.objectIdentifier(oids.scrypt), scryptParameters),
    der.sequence(der.objectIdentifier(oids.aes256Cbc), der.octetString(iv)),
  )
  return toPem(
    label,
    der.sequence(
      der.sequence(der.objectIdentifier(oids.pbes2), pbes2Parameters),
      der.octetString(sealed),
    ),
  )
}

/** PKCS#8 DER out of a sealed file. Throws `CA_KEY_FILE_LOCKED` (wrong passphrase), `CA_KEY_FILE_MALFORMED`. */
export async function openKeyFile(text: string, passphrase: string): Promise<Uint8Array> {
  const { salt, cost, iv, sealed } = parse(text)
  const key = await deriveKey(passphrase, salt, cost)
  try {
    const decipher = createDecipheriv('aes-256-cbc', key, iv)
    const opened = Buffer.concat([decipher.update(sealed), decipher.final()])
    // CBC padding comes out right by chance once in 256 wrong keys: the contents must be a PKCS#8 structure as well.
    readInteger(sequenceOf(readDer(opened), 'PrivateKeyInfo')[0], 'version')
    return new Uint8Array(opened)
  } catch {
    throw new CaError('CA_KEY_FILE_LOCKED', 'the passphrase does not open this key file')
  }
}

function parse(text: string): {
  salt: Uint8Array
  cost: ScryptCost
  iv: Uint8Array
  sealed: Uint8Array
} {
  try {
    if (text.length > maxKeyFileBytes) throw new RangeError('too large for a key file')
    const [algorithm, contents] = sequenceOf(readDer(unpem(text)), 'EncryptedPrivateKeyInfo')
    const pbes2 = parametersOf(algorithm, oids.pbes2)
    const [derivation, encryption] = sequenceOf(pbes2, 'PBES2-params')
    const [salt, ...numbers] = sequenceOf(parametersOf(derivation, oids.scrypt), 'scrypt-params')
    const [N = 0, r = 0, p = 0] = numbers.map((node) => Number(readInteger(node, 'scrypt cost')))
    if (!Number.isInteger(Math.log2(N)) || N < 2 || r < 1 || p < 1 || N * r * p > maxScryptWork) {
      throw new RangeError('scrypt cost out of bounds')
    }
    const iv = expectTag(parametersOf(encryption, oids.aes256Cbc), 0x04, 'IV').contents
    if (iv.length !== 16) throw new RangeError('IV of a wrong length')
    return {
      salt: expectTag(salt, 0x04, 'salt').contents,
      cost: { N, r, p },
      iv,
      sealed: expectTag(contents, 0x04, 'encrypted key').contents,
    }
  } catch (cause) {
    throw new CaError('CA_KEY_FILE_MALFORMED', 'this is no key file sealed by this box', { cause })
  }
}

function parametersOf(algorithm: Node | undefined, expected: string): Node | undefined {
  const [identifier, parameters] = sequenceOf(algorithm, 'AlgorithmIdentifier')
  if (readObjectIdentifier(identifier, 'algorithm') !== expected) {
    throw new TypeError('an algorithm that is not used here')
  }
  return parameters
}

/** 32 octets out of a passphrase, on a thread of their own. */
export function deriveKey(passphrase: string, salt: Uint8Array, cost: ScryptCost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, key: Buffer): void => {
      if (error) reject(error)
      else resolve(key)
    }
    scrypt(passphrase, salt, 32, { ...cost, maxmem: maxScryptMemory }, done)
  })
}

function unpem(text: string): Uint8Array {
  const found =
    /^-----BEGIN ENCRYPTED PRIVATE KEY-----\s([^-]+)-----END ENCRYPTED PRIVATE KEY-----\s*$/
  const body = found.exec(text.trim())?.[1]
  if (body === undefined) throw new TypeError('no PEM of an encrypted private key')
  return fromBase64(body.replace(/\s/g, ''))
}

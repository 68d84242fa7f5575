/**
 * The root key between ceremonies: sealed in a key file under 256 random bits, which are split into shares, n of which m bring them back
 * (`shamir.ts`, which checks nothing of what came out: here it is checked).
 */
import { equal, sha256Hex, toBase64 } from '../bytes.ts'
import { CaError } from '../errors.ts'
import { readCertificate } from '../path/certificate.ts'
import type { Random } from '../random.ts'
import { createMemoryKeys, type SigningKey } from './key_folder.ts'
import { readShare, sealShare, writeShare, rootShareFormat } from './root_share.ts'
import { openKeyFile, sealKeyFile } from './sealed_key_file.ts'
import { joinShares, splitSecret } from './shamir.ts'

export interface Custodian {
  readonly name: string
  readonly passphrase: string
}

export interface SplitRoot {
  /** PEM of the sealed key. It opens with `openssl pkcs8` and the joined secret in base64. */
  readonly keyFile: string
  /** A share file for each custodian, in their order. */
  readonly shares: readonly string[]
}

const secretBytes = 32

/** Seals a root key and splits what opens it: `needed` (2 or more) of the custodians can open it. */
export async function splitRootKey(options: {
  /** PKCS#8 DER. */
  readonly privateKey: Uint8Array
  /** DER certificate of the key. */
  readonly root: Uint8Array
  /** 32 hexadecimal digits. */
  readonly ceremony: string
  readonly districtName: string
  readonly custodians: readonly Custodian[]
  readonly needed: number
  readonly random: Random
}): Promise<SplitRoot> {
  const { privateKey, custodians, needed, random, ceremony, districtName } = options
  const secret = random(secretBytes)
  const parts = await splitSecret(secret, { needed, of: custodians.length })
  const keyFile = await sealKeyFile({
    ...{ privateKey, random, strength: 'random' },
    passphrase: toBase64(secret),
  })
  const shares: string[] = []
  for (const [at, share] of parts.entries()) {
    const { name = '', passphrase = '' } = custodians[at] ?? {}
    const header = {
      format: rootShareFormat,
      ...{ ceremony, districtName, needed },
      root: sha256Hex(options.root),
      number: at + 1,
      of: custodians.length,
      custodian: name,
    } as const
    shares.push(writeShare(await sealShare(header, { share, passphrase, random })))
  }
  for (const bytes of [secret, ...parts]) bytes.fill(0)
  return { keyFile, shares }
}

/** A share file's text with the passphrase of its custodian. */
export interface OfferedShare {
  readonly text: string
  readonly passphrase: string
}

/** What the shares said of themselves. */
export interface OpenedRoot {
  readonly key: SigningKey
  readonly ceremony: string
  readonly needed: number
  readonly of: number
  /** Who opened it: number and name as on the shares. */
  readonly opened: readonly { readonly number: number; readonly custodian: string }[]
}

/**
 * Opens the root key by shares. Throws `CA_SHARE_MALFORMED`, `CA_SHARE_ALTERED`, `CA_SHARE_LOCKED`, `CA_SHARE_REPEATED` (a share twice),
 * `CA_SHARE_FOREIGN` (of another ceremony, or of another root), `CA_SHARES_TOO_FEW`, `CA_ROOT_KEY_FOREIGN` (the key file belongs to other
 * shares, or to another certificate), `CA_KEY_FILE_MALFORMED`.
 */
export async function openRootKey(options: {
  readonly keyFile: string
  /** DER of the certificate whose key is to be opened. */
  readonly root: Uint8Array
  readonly shares: readonly OfferedShare[]
}): Promise<OpenedRoot> {
  const { keyFile, root } = options
  const offered = options.shares.map(({ text, passphrase }) => ({
    share: readShare(text),
    passphrase,
  }))
  const rootName = sha256Hex(root)
  const { secret, first } = await joinShares(offered, (share) => share.root === rootName)
  const text = toBase64(secret)
  secret.fill(0)
  const key = await keyOf(keyFile, text)
  if (!equal(key.publicKey, readCertificate(root).publicKey)) throw foreignKey()
  const opened = offered.map(({ share: { number, custodian } }) => ({ number, custodian }))
  const { ceremony, needed, of } = first
  return { key, ceremony, needed, of, opened }
}

async function keyOf(keyFile: string, secret: string): Promise<SigningKey> {
  try {
    return await createMemoryKeys({ root: await openKeyFile(keyFile, secret) }).openKey('root')
  } catch (error) {
    if (error instanceof CaError && error.code === 'CA_KEY_FILE_LOCKED') throw foreignKey()
    throw error
  }
}

function foreignKey(): CaError {
  return new CaError('CA_ROOT_KEY_FOREIGN', 'this root key file does not belong to these shares')
}

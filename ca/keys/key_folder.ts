/**
 * Key stores behind one port, `KeyFolder`: the folder of the box's own keys, one sealed file `<name>.key` (0600) a key; keys in
 * memory alone; a store that sends names to one of two others. Keys of units never come here. It decides nothing about what a
 * key is for. The store over a token is `pkcs11/token_keys.ts`.
 */
import { createPrivateKey, createPublicKey, generateKeyPair, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { mkdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { sha256Hex } from '../bytes.ts'
import { CaError } from '../errors.ts'
import type { ProvenPublicKey } from '../certificates/public_key.ts'
import { toPem } from '../pem.ts'
import type { Random } from '../random.ts'
import { digestOctets, signatureSuites, type SignatureAlgorithm, type Signer } from '../signer.ts'
import { pssKey, suiteOfKey } from '../verify_signature.ts'
import { writeWhole } from '../whole_file.ts'
import { createSigningThread } from './signing_thread.ts'
import { openKeyFile, sealKeyFile, type SecretStrength } from './sealed_key_file.ts'

/** A key that signs, before or besides its certificate. */
export interface SigningKey {
  readonly algorithm: SignatureAlgorithm
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: ProvenPublicKey
  sign(bytes: Uint8Array): Promise<Uint8Array>
}

/** A store of keys by name; what signs is a file opened, or a token. */
export interface KeyFolder {
  /** Makes and stores a key; gives its SubjectPublicKeyInfo (DER). Throws `CA_KEY_FILE_EXISTS`. */
  generate(name: string, algorithm: SignatureAlgorithm): Promise<ProvenPublicKey>
  has(name: string): Promise<boolean>
  /** The key without a certificate. Throws `CA_KEY_FILE_MISSING`, `CA_KEY_FILE_LOCKED`, `CA_KEY_FILE_MALFORMED`. */
  openKey(name: string): Promise<SigningKey>
  /** The key with its DER certificate; throws as `openKey`, and `CA_KEY_FILE_MALFORMED` if they do not belong together. */
  open(name: string, certificate: Uint8Array): Promise<Signer>
  /** PKCS#8 PEM in clear, for the TLS server alone, which takes no `Signer`. Throws `CA_KEY_NOT_EXPORTABLE` of a token's. */
  exportPem(name: string): Promise<string>
}

const keyName = /^[a-z][a-z0-9-]{0,63}$/
const rsaModulusBits = 3072

/** Opens the folder, which is made (0700) when the first key is. */
export function createKeyFolder(options: {
  readonly directory: string
  readonly passphrase: string
  readonly secretStrength: SecretStrength
  readonly random: Random
}): KeyFolder {
  const { directory, passphrase, secretStrength, random } = options

  const pathOf = (name: string): string => {
    if (!keyName.test(name)) throw new TypeError(`not a name of a key: ${name}`)
    return join(directory, `${name}.key`)
  }

  const has = async (name: string): Promise<boolean> =>
    stat(pathOf(name)).then(
      () => true,
      (error: unknown) => {
        if (isMissing(error)) return false
        throw error
      },
    )

  // Opened once: a person's passphrase takes half a second to stretch, and the keys are in this process from then on anyway.
  const opened = new Map<string, KeyObject>()

  const load = async (name: string): Promise<KeyObject> => {
    const kept = opened.get(name)
    if (kept) return kept
    const key = await read(name)
    opened.set(name, key)
    return key
  }

  const read = async (name: string): Promise<KeyObject> => {
    const text = await readFile(pathOf(name), 'utf8').catch((cause: unknown) => {
      if (!isMissing(cause)) throw cause
      throw new CaError('CA_KEY_FILE_MISSING', `there is no key named ${name}`, { cause })
    })
    const pkcs8 = await openKeyFile(text, passphrase)
    return privateKeyOf(pkcs8)
  }

  const openKey = async (name: string): Promise<SigningKey> => signingKey(await load(name))

  return {
    has,
    openKey,
    async generate(name, algorithm) {
      if (await has(name)) {
        throw new CaError('CA_KEY_FILE_EXISTS', `there is a key named ${name} already`)
      }
      const privateKey = await generateKey(algorithm)
      const text = await sealKeyFile({
        privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }),
        passphrase,
        strength: secretStrength,
        random,
      })
      await mkdir(directory, { recursive: true, mode: 0o700 })
      await writeWhole(pathOf(name), text, 0o600)
      opened.set(name, privateKey)
      return signingKey(privateKey).publicKey
    },
    async open(name, certificate) {
      const key = await load(name)
      return signerOf(key, certificate)
    },
    async exportPem(name) {
      return (await load(name)).export({ format: 'pem', type: 'pkcs8' }) as string
    },
  }
}

/** Keys that are nowhere but in this process: of a rehearsal, and the root's until it is sealed. */
export interface MemoryKeys extends KeyFolder {
  /** PKCS#8 DER, to be sealed. Throws `CA_KEY_FILE_MISSING`. */
  exportPkcs8(name: string): Uint8Array
}

/** Keys in memory alone, beginning with the ones `held`, PKCS#8 DER by name. */
export function createMemoryKeys(held: Readonly<Record<string, Uint8Array>> = {}): MemoryKeys {
  const kept = new Map(
    Object.entries(held).map(([name, der]) => [name, privateKeyOf(der)] as const),
  )
  const named = (name: string): KeyObject => {
    const key = kept.get(name)
    if (key) return key
    throw new CaError('CA_KEY_FILE_MISSING', `there is no key named ${name}`)
  }
  const openKey = async (name: string): Promise<SigningKey> =>
    Promise.resolve(signingKey(named(name)))
  return {
    openKey,
    has: (name) => Promise.resolve(kept.has(name)),
    async generate(name, algorithm) {
      if (kept.has(name)) {
        throw new CaError('CA_KEY_FILE_EXISTS', `there is a key named ${name} already`)
      }
      const key = await generateKey(algorithm)
      kept.set(name, key)
      return signingKey(key).publicKey
    },
    open: async (name, certificate) => signerWith(await openKey(name), certificate),
    exportPem: async (name) =>
      Promise.resolve(named(name).export({ format: 'pem', type: 'pkcs8' }) as string),
    exportPkcs8: (name) => new Uint8Array(named(name).export({ format: 'der', type: 'pkcs8' })),
  }
}

/** One store out of several: `storeOf` says whose a name is. */
export function createKeyStores(storeOf: (name: string) => KeyFolder): KeyFolder {
  return {
    generate: (name, algorithm) => storeOf(name).generate(name, algorithm),
    has: (name) => storeOf(name).has(name),
    openKey: (name) => storeOf(name).openKey(name),
    open: (name, certificate) => storeOf(name).open(name, certificate),
    exportPem: (name) => storeOf(name).exportPem(name),
  }
}

/** A signer over a private key held in this process; throws `CA_KEY_FILE_MALFORMED` if the certificate is of another key. */
export function signerOf(
  privateKey: KeyObject,
  certificate: Uint8Array,
  algorithm?: SignatureAlgorithm,
): Signer {
  return signerWith(signingKey(privateKey, algorithm), certificate)
}

/** A key with its certificate; throws `CA_KEY_FILE_MALFORMED` if the certificate is of another key. */
export function signerWith(key: SigningKey, certificate: Uint8Array): Signer {
  const certified = createPublicKey({
    key: toPem('CERTIFICATE', certificate),
    format: 'pem',
  })
  const own = createPublicKey({ key: Buffer.from(key.publicKey), format: 'der', type: 'spki' })
  if (!certified.equals(own)) {
    throw new CaError('CA_KEY_FILE_MALFORMED', 'the key does not belong to the certificate', {
      details: { certificateSha256: sha256Hex(certificate) },
    })
  }
  return { certificate, algorithm: key.algorithm, sign: (bytes) => key.sign(bytes) }
}

function signingKey(
  privateKey: KeyObject,
  algorithm: SignatureAlgorithm = algorithmOf(privateKey),
): SigningKey {
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  // The caller holds the private key, which is possession enough.
  const publicKey = new Uint8Array(spki) as ProvenPublicKey
  const suite = signatureSuites[algorithm]
  const digest = algorithm === 'ed25519' ? null : suite.digest
  if (algorithm === 'rsa-sha256' || algorithm === 'rsa-pss-sha256') {
    const salt = digestOctets[suite.digest]
    const key = suite.parameters === 'pss' ? pssKey(privateKey, salt) : privateKey
    // 2.5 ms of RSA belong on a worker thread; 40 µs of ECDSA would cost more on the way there.
    return {
      algorithm,
      publicKey,
      sign: async (bytes) => new Uint8Array(await signAside(digest, bytes, key)),
    }
  }
  if (algorithm !== 'ecdsa-p256-sha256') {
    return {
      algorithm,
      publicKey,
      sign: (bytes) => Promise.resolve(new Uint8Array(sign(digest, bytes, privateKey))),
    }
  }
  const signOften = createSigningThread(privateKey)
  return {
    algorithm,
    publicKey,
    sign: async (bytes) =>
      bytes.length > longBytes
        ? new Uint8Array(await signAside(digest, bytes, privateKey))
        : signOften(bytes),
  }
}

/** From here on hashing takes longer than the way to another thread and back: a long CRL. */
const longBytes = 256 * 1024

const signAside = promisify(sign) as unknown as (
  algorithm: string | null,
  data: Uint8Array,
  key: KeyObject | ReturnType<typeof pssKey>,
) => Promise<Buffer>

function privateKeyOf(pkcs8: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' })
}

const keyTypes: ReadonlySet<string> = new Set(['ed25519', 'rsa', 'rsa-pss'])
const curves: ReadonlySet<string> = new Set(['prime256v1', 'secp384r1'])

function algorithmOf(key: KeyObject): SignatureAlgorithm {
  const { asymmetricKeyType: type = '', asymmetricKeyDetails: details } = key
  const isCurve = curves.has(details?.namedCurve ?? '')
  if (type === 'ec' ? isCurve : keyTypes.has(type)) return suiteOfKey(key)
  throw new CaError('CA_KEY_FILE_MALFORMED', 'a kind of key that this box does not sign with')
}

async function generateKey(algorithm: SignatureAlgorithm): Promise<KeyObject> {
  const make = promisify(generateKeyPair)
  switch (algorithm) {
    case 'ecdsa-p256-sha256':
      return (await make('ec', { namedCurve: 'prime256v1' })).privateKey
    case 'ecdsa-p384-sha384':
      return (await make('ec', { namedCurve: 'secp384r1' })).privateKey
    case 'rsa-sha256':
      return (await make('rsa', { modulusLength: rsaModulusBits })).privateKey
    case 'rsa-pss-sha256':
      return (await make('rsa-pss', { modulusLength: rsaModulusBits })).privateKey
    case 'ed25519':
      return (await make('ed25519')).privateKey
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

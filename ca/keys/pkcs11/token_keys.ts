/**
 * Keys that are made on a PKCS#11 token and never leave it: sensitive, not extractable, and held to that each time one is opened.
 * A key is named by its label. P-256 and RSA-3072; Ed25519 and the TLS key stay in files.
 */
import { equal, sha256, utf8 } from '../../bytes.ts'
import { readDer, expectTag } from '../../der/read.ts'
import * as der from '../../der/write.ts'
import { derEcdsaSignature } from '../../ecdsa_signature.ts'
import { CaError } from '../../errors.ts'
import { oids } from '../../oids.ts'
import type { ProvenPublicKey } from '../../certificates/public_key.ts'
import type { SignatureAlgorithm } from '../../signer.ts'
import { signerWith, type KeyFolder, type SigningKey } from '../key_folder.ts'
import { wordAt, type AttributeType, type Attributes } from './attributes.ts'
import type { ObjectHandle, Token } from './token.ts'

/** Classes and key types (`pkcs11t.h`). */
const publicKeyClass = 2
const privateKeyClass = 3
const rsaType = 0

type TokenAlgorithm = Exclude<SignatureAlgorithm, 'ed25519'>

const p256 = der.objectIdentifier(oids.prime256v1)
const rsaModulusBits = 3072

/** Mechanisms by suite (PKCS#11 mechanisms 2.1, 2.3), and what says of a key that it is of the suite. */
const suites = {
  'ecdsa-p256-sha256': {
    generate: 0x1040,
    sign: 0x1041,
    parameters: { ecParams: p256 },
  },
  'rsa-sha256': {
    generate: 0x0,
    sign: 0x40,
    parameters: { modulusBits: rsaModulusBits, publicExponent: Uint8Array.of(1, 0, 1) },
  },
} as const satisfies Record<
  TokenAlgorithm,
  { generate: number; sign: number; parameters: Attributes }
>

/** The keys of one box on a token; `prefix` keeps those of another box apart. */
export function createTokenKeys(token: Token, prefix: string): KeyFolder {
  const labelOf = (name: string): string => `${prefix}${name}`
  const find = (name: string, objectClass: number): Promise<ObjectHandle[]> =>
    token.find({ class: objectClass, label: labelOf(name) })
  const has = async (name: string): Promise<boolean> =>
    (await find(name, privateKeyClass)).length > 0

  const only = async (name: string, objectClass: number): Promise<ObjectHandle> => {
    const [found, ...others] = await find(name, objectClass)
    if (found === undefined) {
      throw new CaError(
        'CA_KEY_FILE_MISSING',
        `there is no key named ${labelOf(name)} on the token`,
      )
    }
    if (others.length > 0) {
      throw new CaError('CA_TOKEN_FAILED', `several keys on the token are named ${labelOf(name)}`)
    }
    return found
  }

  const openKey = async (name: string): Promise<SigningKey> => {
    const privateKey = await only(name, privateKeyClass)
    await requireKept(token, privateKey)
    return signingKeyOf(token, privateKey, await only(name, publicKeyClass))
  }

  return {
    has,
    openKey,
    async generate(name, algorithm) {
      if (algorithm === 'ed25519') {
        throw new CaError('CA_KEY_FILE_MALFORMED', 'no Ed25519 keys are made on tokens')
      }
      if (await has(name)) {
        throw new CaError('CA_KEY_FILE_EXISTS', `there is a key named ${labelOf(name)} already`)
      }
      const { generate, parameters } = suites[algorithm]
      const common = { token: true, label: labelOf(name), id: utf8(labelOf(name)) }
      await token.generatePair(generate, {
        publicKey: { ...common, verify: true, ...parameters },
        privateKey: { ...common, ...kept, sign: true, decrypt: false, unwrap: false },
      })
      return (await openKey(name)).publicKey
    },
    async open(name, certificate) {
      return signerWith(await openKey(name), certificate)
    },
    exportPem: (name) =>
      Promise.reject(
        new CaError('CA_KEY_NOT_EXPORTABLE', `${labelOf(name)} is on a token, which gives no key`),
      ),
  }
}

/** What a private key on the token must be, from its making on. */
const kept = { private: true, sensitive: true, extractable: false } as const satisfies Attributes

/** Throws `CA_TOKEN_KEY_LOOSE` unless the token says of the key that it never left and cannot: also of one made by others. */
async function requireKept(token: Token, key: ObjectHandle): Promise<void> {
  const truth = async (type: AttributeType): Promise<boolean> =>
    (await token.read(key, type))?.[0] === 1
  const isKept =
    (await truth('sensitive')) &&
    (await truth('alwaysSensitive')) &&
    !(await truth('extractable')) &&
    (await truth('neverExtractable'))
  if (isKept) return
  throw new CaError('CA_TOKEN_KEY_LOOSE', 'a key on the token is not sensitive, or extractable')
}

async function signingKeyOf(
  token: Token,
  privateKey: ObjectHandle,
  publicKey: ObjectHandle,
): Promise<SigningKey> {
  const isRsa = wordAt(await value(token, publicKey, 'keyType')) === rsaType
  const algorithm: TokenAlgorithm = isRsa ? 'rsa-sha256' : 'ecdsa-p256-sha256'
  const spki = isRsa ? await rsaKey(token, publicKey) : await ecKey(token, publicKey)
  const mechanism = suites[algorithm].sign
  return {
    algorithm,
    // The token holds the private key, which is possession enough.
    publicKey: spki as ProvenPublicKey,
    sign: async (bytes) =>
      isRsa
        ? token.sign(mechanism, privateKey, bytes)
        : // CKM_ECDSA takes the digest and gives r and s side by side.
          derEcdsaSignature(await token.sign(mechanism, privateKey, sha256(bytes))),
  }
}

async function ecKey(token: Token, publicKey: ObjectHandle): Promise<Uint8Array> {
  const parameters = await value(token, publicKey, 'ecParams')
  if (!equal(parameters, p256)) {
    throw new CaError('CA_KEY_FILE_MALFORMED', 'a kind of key that this box does not sign with')
  }
  // CKA_EC_POINT is the point inside an OCTET STRING (PKCS#11 mechanisms 2.3.3).
  const point = expectTag(readDer(await value(token, publicKey, 'ecPoint')), 0x04, 'EC point')
  const algorithm = der.sequence(der.objectIdentifier(oids.ecPublicKey), p256)
  return der.sequence(algorithm, der.bitString(point.contents))
}

async function rsaKey(token: Token, publicKey: ObjectHandle): Promise<Uint8Array> {
  const modulus = await value(token, publicKey, 'modulus')
  const exponent = await value(token, publicKey, 'publicExponent')
  const algorithm = der.sequence(der.objectIdentifier(oids.rsaEncryption), der.nullValue)
  const key = der.sequence(der.integer(modulus), der.integer(exponent))
  return der.sequence(algorithm, der.bitString(key))
}

async function value(token: Token, object: ObjectHandle, type: AttributeType): Promise<Uint8Array> {
  const found = await token.read(object, type)
  if (found) return found
  throw new CaError('CA_TOKEN_FAILED', `the token does not give ${type} of a public key`)
}

/**
 * Keys that are made on a PKCS#11 token and never leave it: sensitive, not extractable, and held to that each time one is opened.
 * A key is named by its label. P-256, P-384 and RSA-3072; Ed25519 and the TLS key stay in files.
 */
import { hash } from 'node:crypto'
import { concat, equal, utf8 } from '../../bytes.ts'
import { readDer, expectTag } from '../../der/read.ts'
import * as der from '../../der/write.ts'
import { derEcdsaSignature } from '../../ecdsa_signature.ts'
import { CaError } from '../../errors.ts'
import { oids } from '../../oids.ts'
import type { ProvenPublicKey } from '../../certificates/public_key.ts'
import { digestOctets, signatureSuites, type SignatureAlgorithm } from '../../signer.ts'
import { signerWith, type KeyFolder, type SigningKey } from '../key_folder.ts'
import { wordAt, wordOf, type AttributeType, type Attributes } from './attributes.ts'
import type { Mechanism, ObjectHandle, Token } from './token.ts'

/** Classes and key types (`pkcs11t.h`). */
const publicKeyClass = 2
const privateKeyClass = 3
const rsaType = 0

type TokenAlgorithm = Exclude<SignatureAlgorithm, 'ed25519'>

const p256 = der.objectIdentifier(oids.prime256v1)
const p384 = der.objectIdentifier(oids.secp384r1)
const rsaModulusBits = 3072

/** Mechanisms by suite (PKCS#11 mechanisms 2.1, 2.3), and what says of a key that it is of the suite. */
const ecGenerate = 0x1040
const rsaGenerate = 0x0
const rsa3072 = { modulusBits: rsaModulusBits, publicExponent: Uint8Array.of(1, 0, 1) }
const suites = {
  'ecdsa-p256-sha256': { generate: ecGenerate, sign: { type: 0x1041 }, key: { ecParams: p256 } },
  'ecdsa-p384-sha384': { generate: ecGenerate, sign: { type: 0x1041 }, key: { ecParams: p384 } },
  'rsa-sha256': { generate: rsaGenerate, sign: { type: 0x40 }, key: rsa3072 },
  'rsa-pss-sha256': {
    generate: rsaGenerate,
    sign: { type: 0x43, parameter: pssParameter() },
    key: rsa3072,
  },
} as const satisfies Record<TokenAlgorithm, { generate: number; sign: Mechanism; key: Attributes }>

/** CK_RSA_PKCS_PSS_PARAMS: CKM_SHA256, CKG_MGF1_SHA256, 32 octets of salt, three words. */
function pssParameter(): Uint8Array {
  return concat(wordOf(0x250), wordOf(2), wordOf(digestOctets.sha256))
}

export interface TokenKeysOptions {
  /** How RSA keys sign: a token does not say of a key for which padding it was made. PKCS#1 v1.5 unless told. */
  readonly rsaPadding?: 'pkcs1' | 'pss'
}

/** The keys of one box on a token; `prefix` keeps those of another box apart. */
export function createTokenKeys(
  token: Token,
  prefix: string,
  { rsaPadding = 'pkcs1' }: TokenKeysOptions = {},
): KeyFolder {
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
    const publicKey = await only(name, publicKeyClass)
    return signingKeyOf({ token, privateKey, publicKey, rsaPadding })
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
      const { generate, key } = suites[algorithm]
      const common = { token: true, label: labelOf(name), id: utf8(labelOf(name)) }
      await token.generatePair(generate, {
        publicKey: { ...common, verify: true, ...key },
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

async function signingKeyOf(options: {
  readonly token: Token
  readonly privateKey: ObjectHandle
  readonly publicKey: ObjectHandle
  readonly rsaPadding: 'pkcs1' | 'pss'
}): Promise<SigningKey> {
  const { token, privateKey, publicKey } = options
  const isRsa = wordAt(await value(token, publicKey, 'keyType')) === rsaType
  const { algorithm, spki } = isRsa
    ? { algorithm: rsaSuites[options.rsaPadding], spki: await rsaKey(token, publicKey) }
    : await ecKey(token, publicKey)
  const mechanism = suites[algorithm].sign
  const { digest } = signatureSuites[algorithm]
  return {
    algorithm,
    // The token holds the private key, which is possession enough.
    publicKey: spki as ProvenPublicKey,
    sign: async (bytes) =>
      isRsa
        ? token.sign(mechanism, privateKey, bytes)
        : // CKM_ECDSA takes the digest and gives r and s side by side.
          derEcdsaSignature(await token.sign(mechanism, privateKey, hash(digest, bytes, 'buffer'))),
  }
}

const rsaSuites = { pkcs1: 'rsa-sha256', pss: 'rsa-pss-sha256' } as const
const curves = [
  { oid: p256, algorithm: 'ecdsa-p256-sha256' },
  { oid: p384, algorithm: 'ecdsa-p384-sha384' },
] as const

async function ecKey(
  token: Token,
  publicKey: ObjectHandle,
): Promise<{ readonly algorithm: TokenAlgorithm; readonly spki: Uint8Array }> {
  const parameters = await value(token, publicKey, 'ecParams')
  const curve = curves.find(({ oid }) => equal(parameters, oid))
  if (curve === undefined) {
    throw new CaError('CA_KEY_FILE_MALFORMED', 'a kind of key that this box does not sign with')
  }
  // CKA_EC_POINT is the point inside an OCTET STRING (PKCS#11 mechanisms 2.3.3).
  const point = expectTag(readDer(await value(token, publicKey, 'ecPoint')), 0x04, 'EC point')
  const identifier = der.sequence(der.objectIdentifier(oids.ecPublicKey), curve.oid)
  const spki = der.sequence(identifier, der.bitString(point.contents))
  return { algorithm: curve.algorithm, spki }
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

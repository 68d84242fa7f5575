/**
 * The port through which path validation, CMS and OCSP check signatures and hash: WebCrypto by default, so that one verifier
 * runs in browser and server; `node:crypto` may be handed in. Pure but for WebCrypto; makes no signatures.
 * Algorithm identifiers: RFC 3279, RFC 4055, RFC 5754, RFC 5758, RFC 8410.
 */
import { concat, equal } from '../bytes.ts'
import {
  readBitString,
  readDer,
  readInteger,
  readIntegerOctets,
  readObjectIdentifier,
  sequenceOf,
  type Node,
} from '../der/read.ts'
import * as der from '../der/write.ts'
import { CaError } from '../errors.ts'
import { oids } from '../oids.ts'

export type HashName = 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512'

/** How a signature is made; the key's own type and curve stand in its SubjectPublicKeyInfo. */
export type SignatureScheme =
  | { readonly kind: 'rsa-pkcs1'; readonly hash: HashName }
  | { readonly kind: 'ecdsa'; readonly hash: HashName }
  | { readonly kind: 'rsa-pss'; readonly hash: HashName; readonly saltLength: number }
  | { readonly kind: 'ed25519' }

/** One question to the port. */
export interface SignatureCheck {
  readonly scheme: SignatureScheme
  /** DER SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array
  /** What was signed, before hashing. */
  readonly data: Uint8Array
  /** As X.509 and CMS carry it: ECDSA as DER `Ecdsa-Sig-Value`. */
  readonly signature: Uint8Array
  /** Whether RSA of 1024 bits or more is checked, too, to tell what time has made weak from what is forged; never the default. */
  readonly allowWeak?: boolean
}

/** Answers whether a signature verifies; never throws over a bad key or signature. */
export type VerifySignature = (check: SignatureCheck) => boolean | Promise<boolean>

/** A hash in the making. */
export interface Hasher {
  update(bytes: Uint8Array): void
  /** Another one that goes on from here. */
  copy(): Hasher
  digest(): Uint8Array
}

export type Digest = (hash: HashName, bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>

/** Where cryptography comes from; each falls back to WebCrypto. */
export interface CryptoPorts {
  readonly verifySignature?: VerifySignature
  readonly digest?: Digest
  /** Hashes the joined parts without joining them; by default they are joined and given to `digest`. */
  readonly digestParts?: (
    hash: HashName,
    parts: readonly Uint8Array[],
  ) => Uint8Array | Promise<Uint8Array>
  /** Begins a hash that can be gone on from: the same beginnings are hashed once. No default. */
  readonly createHasher?: (hash: HashName) => Hasher
}

/** SubjectPublicKeyInfo beyond this is no key in use: RSA-16384 takes 2,084 octets. */
const maxKeyBytes = 2200
/** Shorter keys verify nothing; the second for evidence of its time. */
const [minRsaBits, minWeakRsaBits] = [2048, 1024]
/** Public exponents: 1 lets anybody sign, and long ones make each check as dear as a signature. */
const [minExponent, maxExponentOctets] = [3n, 8]

const hashes: Readonly<Record<string, HashName>> = {
  [oids.sha1]: 'SHA-1',
  [oids.sha256]: 'SHA-256',
  [oids.sha384]: 'SHA-384',
  [oids.sha512]: 'SHA-512',
}

// Schemes over SHA-1 and older are left out on purpose: a collision forges them. `legacySchemes` are for evidence of its time.
const schemes: Readonly<Record<string, SignatureScheme>> = {
  '1.2.840.10045.4.3.2': { kind: 'ecdsa', hash: 'SHA-256' },
  '1.2.840.10045.4.3.3': { kind: 'ecdsa', hash: 'SHA-384' },
  '1.2.840.10045.4.3.4': { kind: 'ecdsa', hash: 'SHA-512' },
  '1.2.840.113549.1.1.11': { kind: 'rsa-pkcs1', hash: 'SHA-256' },
  '1.2.840.113549.1.1.12': { kind: 'rsa-pkcs1', hash: 'SHA-384' },
  '1.2.840.113549.1.1.13': { kind: 'rsa-pkcs1', hash: 'SHA-512' },
  [oids.ed25519]: { kind: 'ed25519' },
}
const legacySchemes: Readonly<Record<string, SignatureScheme>> = {
  '1.2.840.113549.1.1.5': { kind: 'rsa-pkcs1', hash: 'SHA-1' },
  '1.2.840.10045.4.1': { kind: 'ecdsa', hash: 'SHA-1' },
}
/** id-RSASSA-PSS (RFC 4055 3.1). */
export const rsaPss = '1.2.840.113549.1.1.10'
const mgf1 = '1.2.840.113549.1.1.8'

/** Reads the hash of a digest AlgorithmIdentifier; undefined for one that is not known. */
export function readHash(node: Node | undefined, what: string): HashName | undefined {
  const [oid, parameters, extra] = sequenceOf(node, what)
  const known = hashes[readObjectIdentifier(oid, what)]
  return extra || (parameters && parameters.tag !== 0x05) ? undefined : known
}

/**
 * The scheme of a signature AlgorithmIdentifier, DER; undefined for one that is unknown, too weak, or has parameters it must not have.
 * `digest` is the digest algorithm of a SignerInfo, which names the hash where the identifier is plain `rsaEncryption` (RFC 5652 10.1.2).
 * `allowSha1`: only for evidence that demonstrably existed while SHA-1 stood; never the default.
 */
export function signatureScheme(
  algorithm: Uint8Array,
  digest?: HashName,
  options: { readonly allowSha1?: boolean } = {},
): SignatureScheme | undefined {
  try {
    const [oidNode, parameters, extra] = sequenceOf(readDer(algorithm), 'signature algorithm')
    const oid = readObjectIdentifier(oidNode, 'signature algorithm')
    if (extra) return undefined
    if (oid === rsaPss) return pssScheme(parameters)
    const bare = parameters === undefined
    const isNull = parameters !== undefined && equal(parameters.raw, Uint8Array.of(5, 0))
    if (oid === oids.rsaEncryption) {
      const isStrong = digest !== 'SHA-1' || options.allowSha1 === true
      const usable = (bare || isNull) && digest !== undefined && isStrong
      return usable ? { kind: 'rsa-pkcs1', hash: digest } : undefined
    }
    const scheme = schemes[oid] ?? (options.allowSha1 ? legacySchemes[oid] : undefined)
    // RFC 4055 5: NULL (absent tolerated) for RSA; RFC 5758 3.2 and RFC 8410 3: absent for the others.
    return bare || (isNull && scheme?.kind === 'rsa-pkcs1') ? scheme : undefined
  } catch (error) {
    if (error instanceof CaError) return undefined
    throw error
  }
}

/** RFC 4055 3.1: one hash for content and mask, trailer 1; the SHA-1 defaults are refused. */
function pssScheme(parameters: Node | undefined): SignatureScheme | undefined {
  const parts = sequenceOf(parameters, 'PSS')
  const fields = new Map(parts.map((node) => [node.tag, node]))
  const known = parts.every(({ tag }) => tag >= 0xa0 && tag <= 0xa3)
  if (!known || fields.size !== parts.length) return undefined
  const inner = (tag: number) => {
    const node = fields.get(tag)
    return node && readDer(node.contents)
  }
  const hash = fields.has(0xa0) ? readHash(inner(0xa0), 'PSS hash') : undefined
  const [maskOid, maskHash] = fields.has(0xa1) ? sequenceOf(inner(0xa1), 'PSS mask') : []
  if (!hash || hash === 'SHA-1' || !maskOid || readObjectIdentifier(maskOid, 'mask') !== mgf1) {
    return undefined
  }
  const saltLength = fields.has(0xa2) ? Number(readInteger(inner(0xa2), 'salt length')) : 20
  const trailer = fields.has(0xa3) ? readInteger(inner(0xa3), 'trailer') : 1n
  if (readHash(maskHash, 'mask hash') !== hash || trailer !== 1n) return undefined
  return saltLength < 0 || saltLength > 512 ? undefined : { kind: 'rsa-pss', hash, saltLength }
}

/** Hashes octets, or parts one after the other, with the ports at hand. */
export function digestWith(
  ports: CryptoPorts | undefined,
  hash: HashName,
  content: Uint8Array | readonly Uint8Array[],
): Uint8Array | Promise<Uint8Array> {
  const { digest = webDigest, digestParts } = ports ?? {}
  if (content instanceof Uint8Array) return digest(hash, content)
  return digestParts ? digestParts(hash, content) : digest(hash, concat(...content))
}

/** Hashes with WebCrypto. */
export const webDigest: Digest = async (hash, bytes) =>
  new Uint8Array(await crypto.subtle.digest(hash, view(bytes)))

/** Checks a signature with WebCrypto: RSA of 2048 bits or more, P-256, P-384, P-521, Ed25519. */
export const webVerifySignature: VerifySignature = async (check) => {
  try {
    const plan = planOf(check)
    if (!plan) return false
    const { spki } = plan
    const key = await crypto.subtle.importKey('spki', view(spki), plan.key, false, ['verify'])
    return await crypto.subtle.verify(plan.verify, key, view(plan.signature), view(check.data))
  } catch {
    return false // a key or signature that does not parse does not verify
  }
}

interface KeyPlan {
  /** SubjectPublicKeyInfo as WebCrypto reads it: an RSASSA-PSS key as a plain RSA key. */
  readonly spki: Uint8Array
  readonly key: { name: string; namedCurve?: string; hash?: HashName }
  readonly verify: { name: string; hash?: HashName; saltLength?: number }
  /** Octets of r and of s, for ECDSA. */
  readonly octets?: number
  /** Octets of the modulus, for RSA: no signature is shorter or longer (RFC 8017 8.1.2 and 8.2.2, step 1). */
  readonly modulusOctets?: number
}

interface Plan extends KeyPlan {
  readonly signature: Uint8Array
}

const curves: Readonly<Record<string, { name: string; octets: number }>> = {
  [oids.prime256v1]: { name: 'P-256', octets: 32 },
  '1.3.132.0.34': { name: 'P-384', octets: 48 },
  '1.3.132.0.35': { name: 'P-521', octets: 66 },
}

/**
 * Why a signature of this AlgorithmIdentifier is not verified under this key at all, in words; undefined where it is, or where the key's
 * octets are no key.
 */
export function whatIsUnsupported(
  algorithm: Uint8Array,
  publicKey: Uint8Array,
): string | undefined {
  const scheme = signatureScheme(algorithm)
  if (!scheme) return `signature algorithm ${oidOf(algorithm)}`
  try {
    return keyPlanOf(scheme, publicKey) ? undefined : `the issuer’s key for ${oidOf(algorithm)}`
  } catch (error) {
    if (error instanceof CaError) return undefined
    throw error
  }
}

function oidOf(algorithm: Uint8Array): string {
  try {
    return readObjectIdentifier(sequenceOf(readDer(algorithm), 'algorithm')[0], 'algorithm')
  } catch (error) {
    if (error instanceof CaError) return 'of no form'
    throw error
  }
}

/** Whether key, scheme and signature are of a form that is checked at all; every port asks it, so that all refuse the same. */
export function isCheckable(check: SignatureCheck): boolean {
  try {
    return planOf(check) !== undefined
  } catch {
    return false // what does not parse does not verify
  }
}

function planOf(check: SignatureCheck): Plan | undefined {
  const { scheme, publicKey, signature, allowWeak = false } = check
  const plan = keyPlanOf(scheme, publicKey, allowWeak)
  if (!plan) return undefined
  if (plan.modulusOctets && signature.length !== plan.modulusOctets) return undefined
  return { ...plan, signature: plan.octets ? rawEcdsa(signature, plan.octets) : signature }
}

function keyPlanOf(
  scheme: SignatureScheme,
  publicKey: Uint8Array,
  allowWeak = false,
): KeyPlan | undefined {
  if (publicKey.length > maxKeyBytes) return undefined
  const [algorithm, keyBits] = sequenceOf(readDer(publicKey), 'public key')
  const [keyOidNode, keyParameters] = sequenceOf(algorithm, 'public key algorithm')
  const keyOid = readObjectIdentifier(keyOidNode, 'public key algorithm')
  if (scheme.kind === 'ed25519') {
    if (keyOid !== oids.ed25519 || keyParameters) return undefined
    const name = { name: 'Ed25519' }
    return { spki: publicKey, key: name, verify: name }
  }
  const { hash } = scheme
  if (scheme.kind === 'ecdsa') {
    if (keyOid !== oids.ecPublicKey || keyParameters?.tag !== 0x06) return undefined
    const curve = curves[readObjectIdentifier(keyParameters, 'curve')]
    if (!curve || !isPoint(readBitString(keyBits, 'EC point'), curve.octets)) return undefined
    const key = { name: 'ECDSA', namedCurve: curve.name }
    return { spki: publicKey, key, verify: { name: 'ECDSA', hash }, octets: curve.octets }
  }
  const modulusOctets = keyBits && soundModulusOctets(keyBits, allowWeak)
  if (!modulusOctets) return undefined
  if (scheme.kind === 'rsa-pkcs1') {
    if (keyOid !== oids.rsaEncryption) return undefined
    const name = 'RSASSA-PKCS1-v1_5'
    return { spki: publicKey, key: { name, hash }, verify: { name }, modulusOctets }
  }
  const spki = pssKey({ keyOid, keyParameters, keyBits, publicKey }, scheme)
  const { saltLength } = scheme
  const name = 'RSA-PSS'
  return spki && { spki, key: { name, hash }, verify: { name, saltLength }, modulusOctets }
}

/** ECPoint in a form of RFC 5480 2.2, uncompressed or compressed; OpenSSL takes the hybrid of X9.62 as well, others do not. */
function isPoint(point: Uint8Array, octets: number): boolean {
  const [form] = point
  if (form === 4) return point.length === 1 + 2 * octets
  return (form === 2 || form === 3) && point.length === 1 + octets
}

/** Octets of the modulus of an RSAPublicKey (RFC 8017 A.1.1) whose length and exponent are worth a check; else undefined. */
function soundModulusOctets(keyBits: Node, allowWeak: boolean): number | undefined {
  const [modulus, exponent] = sequenceOf(readDer(readBitString(keyBits, 'RSA key')), 'RSA key')
  const [n, e] = [readIntegerOctets(modulus, 'modulus'), readIntegerOctets(exponent, 'exponent')]
  const isOdd = ((n.at(-1) ?? 0) & (e.at(-1) ?? 0) & 1) === 1
  // A modulus is positive: its first octet has no sign bit, and is 0 before one that would have.
  const bits = n.length * 8 - (Math.clz32(n[0] || (n[1] ?? 0)) - 24) - (n[0] === 0 ? 8 : 0)
  const isLong = (n[0] ?? 0x80) < 0x80 && bits >= (allowWeak ? minWeakRsaBits : minRsaBits)
  if (!isOdd || !isLong || e.length > maxExponentOctets) return undefined
  return readInteger(exponent, 'exponent') >= minExponent ? Math.ceil(bits / 8) : undefined
}

/** The key for RSASSA-PSS: a plain one, or one bound to PSS whose own parameters the signature keeps to (RFC 4055 3.3). */
function pssKey(
  key: {
    readonly keyOid: string
    readonly keyParameters: Node | undefined
    readonly keyBits: Node
    readonly publicKey: Uint8Array
  },
  scheme: { readonly hash: HashName; readonly saltLength: number },
): Uint8Array | undefined {
  if (key.keyOid === oids.rsaEncryption) return key.publicKey
  if (key.keyOid !== rsaPss) return undefined
  if (key.keyParameters) {
    const bound = pssScheme(key.keyParameters)
    if (bound?.kind !== 'rsa-pss' || bound.hash !== scheme.hash) return undefined
    if (scheme.saltLength < bound.saltLength) return undefined
  }
  const plain = der.sequence(der.objectIdentifier(oids.rsaEncryption), der.nullValue)
  return der.sequence(plain, key.keyBits.raw)
}

/** DER `Ecdsa-Sig-Value` (RFC 3279 2.2.3) as r and s of fixed length, as WebCrypto wants it. */
function rawEcdsa(signature: Uint8Array, octets: number): Uint8Array {
  const parts = sequenceOf(readDer(signature), 'ECDSA signature')
  if (parts.length !== 2) throw new TypeError('ECDSA signature')
  const raw = new Uint8Array(octets * 2)
  for (const [at, part] of parts.entries()) {
    const value = readIntegerOctets(part, 'ECDSA signature')
    const digits = value[0] === 0 ? value.subarray(1) : value
    // Positive: no sign bit, and not 0, whose one octet is 0.
    if ((value[0] ?? 0x80) >= 0x80 || digits.length === 0 || digits.length > octets) {
      throw new TypeError('ECDSA signature out of range')
    }
    raw.set(digits, octets * (at + 1) - digits.length)
  }
  return raw
}

function view(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer> // never a SharedArrayBuffer here
}

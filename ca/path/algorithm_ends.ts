/**
 * Until when algorithms and key lengths are believed (EN 319 102-1 5.2.8; ETSI TS 119 312): one table of last days. A signature made by one that
 * has ended holds only where it is proven to have existed by then. Pure.
 */
import {
  readBitString,
  readDer,
  readIntegerOctets,
  readObjectIdentifier,
  sequenceOf,
} from '../der/read.ts'
import { CaError } from '../errors.ts'
import { oids } from '../oids.ts'
import { rsaPss, signatureScheme, type HashName, type SignatureScheme } from './signatures.ts'

const lastSecondOf = (year: number): Date => new Date(Date.UTC(year, 11, 31, 23, 59, 59))

/** Last moments of hashes; those that are not named have no end yet. */
const hashEnds: Partial<Readonly<Record<HashName, Date>>> = {
  // NIST SP 800-131A: no signatures over SHA-1 after 2013.
  'SHA-1': lastSecondOf(2013),
}

/** Last moments of RSA below a length in bits, shortest first; longer ones have no end yet. */
const rsaEnds: readonly { readonly below: number; readonly end: Date }[] = [
  { below: 1024, end: new Date(0) },
  // NIST SP 800-131A: 80 bits of security ended with 2013, 112 bits end with 2030.
  { below: 2048, end: lastSecondOf(2013) },
  { below: 3072, end: lastSecondOf(2030) },
]

/** An end, and what ends in words. */
export interface AlgorithmEnd {
  readonly end: Date
  readonly what: string
}

/** The end of a signature's algorithm under a key (DER SubjectPublicKeyInfo); undefined: none yet. */
export function algorithmEnd(
  scheme: SignatureScheme,
  publicKey: Uint8Array,
): AlgorithmEnd | undefined {
  return earlierEnd(
    scheme.kind === 'ed25519' ? undefined : hashEnd(scheme.hash),
    scheme.kind === 'rsa-pkcs1' || scheme.kind === 'rsa-pss' ? rsaEnd(publicKey) : undefined,
  )
}

/** The end of a hash; undefined: none yet. */
export function hashEnd(hash: HashName): AlgorithmEnd | undefined {
  const end = hashEnds[hash]
  return end && { end, what: hash }
}

/** The end of the signature on a certificate, list or answer by its issuer's key. */
export function signedEnd(
  signed: { readonly signatureAlgorithm: Uint8Array },
  publicKey: Uint8Array,
): AlgorithmEnd | undefined {
  const scheme = signatureScheme(signed.signatureAlgorithm, undefined, { allowSha1: true })
  return scheme && algorithmEnd(scheme, publicKey)
}

/** The earlier of two ends. */
export function earlierEnd(
  a: AlgorithmEnd | undefined,
  b: AlgorithmEnd | undefined,
): AlgorithmEnd | undefined {
  return a && (!b || a.end <= b.end) ? a : b
}

function rsaEnd(publicKey: Uint8Array): AlgorithmEnd | undefined {
  const bits = rsaBits(publicKey)
  const row = rsaEnds.find(({ below }) => bits !== undefined && bits < below)
  return row && { end: row.end, what: `RSA-${String(bits)}` }
}

/** Length of an RSA modulus in bits; undefined for any other key. */
export function rsaBits(publicKey: Uint8Array): number | undefined {
  try {
    const [algorithm, keyBits] = sequenceOf(readDer(publicKey), 'public key')
    const [oid] = sequenceOf(algorithm, 'public key algorithm')
    const name = readObjectIdentifier(oid, 'public key algorithm')
    if (name !== oids.rsaEncryption && name !== rsaPss) return undefined
    const [modulus] = sequenceOf(readDer(readBitString(keyBits, 'RSA key')), 'RSA key')
    const octets = readIntegerOctets(modulus, 'modulus')
    const first = octets.findIndex((octet) => octet !== 0)
    return first < 0 ? 0 : (octets.length - first) * 8 - (Math.clz32(octets[first] ?? 0) - 24)
  } catch (error) {
    if (error instanceof CaError) return undefined
    throw error
  }
}

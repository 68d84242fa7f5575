/**
 * Which public keys this authority certifies: P-256 points on the curve and RSA of at least 3072 bits without known
 * weaknesses. Says nothing of who holds the private key; that is `request.ts`.
 */
import { createPublicKey, type KeyObject } from 'node:crypto'
import { concat, equal } from '../bytes.ts'
import * as der from '../der/write.ts'
import { CaError } from '../errors.ts'
import { oids } from '../oids.ts'

/** SubjectPublicKeyInfo (DER) whose private key its holder has shown to have. */
export type ProvenPublicKey = Uint8Array & { readonly brand: 'ProvenPublicKey' }

const minRsaBits = 3072
const maxRsaBits = 8192
const minRsaExponent = 65_537n

/** The key as `node:crypto` holds it; throws `CA_REQUEST_KEY_REFUSED` with the reason. */
export function acceptedPublicKey(spki: Uint8Array): KeyObject {
  try {
    // OpenSSL refuses a point that is not on its curve, here or at the latest when it writes it again.
    const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
    const objection = objectionTo(key)
    if (objection !== undefined) throw refused(objection)
    // One key must have one encoding, or it could be certified twice (explicit curve parameters, compressed points).
    if (equal(spki, plainEncoding(key))) return key
  } catch (cause) {
    if (cause instanceof CaError) throw cause
    throw refused('the public key cannot be read, or is no point of its curve', cause)
  }
  throw refused('the public key is not in its plain encoding')
}

/** OpenSSL writes a point in the form that it was read in; certified is the uncompressed one (RFC 5480 2.2). */
function plainEncoding(key: KeyObject): Uint8Array {
  if (key.asymmetricKeyType !== 'ec') return key.export({ format: 'der', type: 'spki' })
  const { x = '', y = '' } = key.export({ format: 'jwk' })
  const point = concat(Uint8Array.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url'))
  return der.sequence(
    der.sequence(der.objectIdentifier(oids.ecPublicKey), der.objectIdentifier(oids.prime256v1)),
    der.bitString(point),
  )
}

function objectionTo(key: KeyObject): string | undefined {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details = {} } = key
  if (type === 'ec') {
    return details.namedCurve === 'prime256v1' ? undefined : 'the only curve is P-256'
  }
  if (type !== 'rsa') return 'keys are P-256, or RSA of at least 3072 bits'
  const { modulusLength = 0, publicExponent = 0n } = details
  if (modulusLength < minRsaBits) return `RSA keys have at least ${String(minRsaBits)} bits`
  if (modulusLength > maxRsaBits) return `RSA keys have at most ${String(maxRsaBits)} bits`
  if (publicExponent < minRsaExponent || publicExponent % 2n === 0n) return 'RSA exponent too small'
  const modulus = BigInt(
    `0x${Buffer.from(key.export({ format: 'jwk' }).n ?? '', 'base64url').toString('hex')}`,
  )
  if (modulus % 2n === 0n) return 'the RSA modulus is even'
  return hasRocaFingerprint(modulus)
    ? 'the RSA key was made by a library known to be weak'
    : undefined
}

const rocaPrimes = [
  11n,
  13n,
  17n,
  19n,
  37n,
  53n,
  61n,
  71n,
  73n,
  79n,
  97n,
  103n,
  107n,
  109n,
  127n,
  151n,
  157n,
]

/** CVE-2017-15361: such a modulus is a power of 65537 modulo every small prime; of others 1 in 2^27 is. */
function hasRocaFingerprint(modulus: bigint): boolean {
  return rocaPrimes.every((prime) => powersOf65537(prime).has(modulus % prime))
}

function powersOf65537(prime: bigint): Set<bigint> {
  const powers = new Set<bigint>()
  for (let power = 1n; !powers.has(power); power = (power * 65_537n) % prime) powers.add(power)
  return powers
}

function refused(message: string, cause?: unknown): CaError {
  return new CaError('CA_REQUEST_KEY_REFUSED', message, cause === undefined ? {} : { cause })
}

/**
 * Which public keys this authority certifies: P-256 points on the curve and RSA of at least 3072 bits without known
 * weaknesses. Says nothing of who holds the private key; that is `request.ts`.
 */
import { createPublicKey, type KeyObject } from 'node:crypto'
import { equal } from '../bytes.ts'
import * as der from '../der/write.ts'
import { CaError } from '../errors.ts'
import { oids } from '../oids.ts'
import { curveWeakness, rsaWeakness } from './weak_keys.ts'

/** SubjectPublicKeyInfo (DER) whose private key its holder has shown to have. */
export type ProvenPublicKey = Uint8Array & { readonly brand: 'ProvenPublicKey' }

const minRsaBits = 3072
const maxRsaBits = 8192

/** The key as `node:crypto` holds it; throws `CA_REQUEST_KEY_REFUSED` with the reason, a weakness by its name in `details`. */
export function acceptedPublicKey(spki: Uint8Array): KeyObject {
  const key = readKey(spki)
  const isPlain = isPlainPoint(spki)
  const objection = isPlain ? undefined : objectionTo(key, spki)
  if (objection !== undefined) throw refused(objection)
  const weakness = isPlain ? curveWeakness(xOf(spki)) : rsaWeaknessOf(key)
  if (weakness === undefined) return key
  throw new CaError('CA_REQUEST_KEY_REFUSED', `the public key is known to be weak: ${weakness}`, {
    details: { weakness },
  })
}

/** OpenSSL refuses a point that is not on its curve, and coordinates beyond its field. */
function readKey(spki: Uint8Array): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
  } catch (cause) {
    throw refused('the public key cannot be read, or is no point of its curve', cause)
  }
}

/** All before the coordinates of an uncompressed point of P-256 (RFC 5480 2.1, 2.2). */
const pointHeader = der
  .sequence(
    der.sequence(der.objectIdentifier(oids.ecPublicKey), der.objectIdentifier(oids.prime256v1)),
    der.bitString(Uint8Array.from({ length: 65 }, () => 4)),
  )
  .subarray(0, -64)
const coordinateOctets = 32

/** Whether the key is on P-256, and in its one plain encoding. */
function isPlainPoint(spki: Uint8Array): boolean {
  return (
    spki.length === pointHeader.length + 2 * coordinateOctets &&
    equal(spki.subarray(0, pointHeader.length), pointHeader)
  )
}

function xOf(spki: Uint8Array): Uint8Array {
  return spki.subarray(pointHeader.length, pointHeader.length + coordinateOctets)
}

/** What is wrong with a key that is no plain point of P-256. */
function objectionTo(key: KeyObject, spki: Uint8Array): string | undefined {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details = {} } = key
  // One key must have one encoding, or it could be certified twice (explicit curve parameters, compressed points).
  const otherwiseEncoded = 'the public key is not in its plain encoding'
  if (type === 'ec') {
    return details.namedCurve === 'prime256v1' ? otherwiseEncoded : 'the only curve is P-256'
  }
  if (type !== 'rsa') return 'keys are P-256, or RSA of at least 3072 bits'
  const { modulusLength = 0 } = details
  if (modulusLength < minRsaBits) return `RSA keys have at least ${String(minRsaBits)} bits`
  if (modulusLength > maxRsaBits) return `RSA keys have at most ${String(maxRsaBits)} bits`
  return equal(spki, key.export({ format: 'der', type: 'spki' })) ? undefined : otherwiseEncoded
}

function rsaWeaknessOf(key: KeyObject): string | undefined {
  const { n, e } = key.export({ format: 'jwk' })
  return rsaWeakness(numberOf(n), numberOf(e))
}

function numberOf(base64url = ''): bigint {
  return BigInt(`0x${Buffer.from(base64url, 'base64url').toString('hex')}`)
}

function refused(message: string, cause?: unknown): CaError {
  return new CaError('CA_REQUEST_KEY_REFUSED', message, cause === undefined ? {} : { cause })
}

/**
 * Reads a certification request (PKCS#10, RFC 2986) in DER or PEM: proves that the requester holds the private key, and accepts
 * the public key. Subject, attributes and extensions of the request are not looked at, so none can be copied into a certificate.
 */
import { verify } from 'node:crypto'
import { fromBase64 } from '../bytes.ts'
import {
  readBitString,
  readDer,
  readInteger,
  readObjectIdentifier,
  sequenceOf,
} from '../der/read.ts'
import { CaError } from '../errors.ts'
import { acceptedPublicKey, type ProvenPublicKey } from './public_key.ts'

/** A request with an RSA-8192 key and a page of attributes takes 4 KiB. */
export const maxRequestBytes = 16_384

const digests: ReadonlyMap<string, string> = new Map([
  ['1.2.840.10045.4.3.2', 'sha256'],
  ['1.2.840.10045.4.3.3', 'sha384'],
  ['1.2.840.10045.4.3.4', 'sha512'],
  ['1.2.840.113549.1.1.11', 'sha256'],
  ['1.2.840.113549.1.1.12', 'sha384'],
  ['1.2.840.113549.1.1.13', 'sha512'],
])

/**
 * The proven public key of a request. Throws `CA_REQUEST_MALFORMED`, `CA_REQUEST_KEY_REFUSED` (weak, off its curve, of another
 * kind), `CA_REQUEST_POSSESSION_UNPROVEN` (the signature does not verify under the key inside).
 */
export function readRequest(request: Uint8Array | string): ProvenPublicKey {
  const { information, publicKey, digest, signature } = parse(request)
  const key = acceptedPublicKey(publicKey)
  if (digest === undefined || !verify(digest, information, key, signature)) {
    throw new CaError(
      'CA_REQUEST_POSSESSION_UNPROVEN',
      'the request is not signed, with SHA-256 or stronger, by the key that it asks to certify',
    )
  }
  return new Uint8Array(publicKey) as ProvenPublicKey
}

function parse(request: Uint8Array | string): {
  information: Uint8Array
  publicKey: Uint8Array
  digest: string | undefined
  signature: Uint8Array
} {
  try {
    if (request.length > maxRequestBytes * 1.5) throw new RangeError('too large')
    const bytes = unpem(request)
    if (bytes.length > maxRequestBytes) throw new RangeError('too large')
    const [information, algorithm, signature] = sequenceOf(readDer(bytes), 'CertificationRequest')
    const [version, , publicKey] = sequenceOf(information, 'CertificationRequestInfo')
    if (!information || !publicKey || readInteger(version, 'version') !== 0n) {
      throw new TypeError('not a version 1 request')
    }
    const [identifier] = sequenceOf(algorithm, 'signatureAlgorithm')
    return {
      information: information.raw,
      publicKey: publicKey.raw,
      digest: digests.get(readObjectIdentifier(identifier, 'signatureAlgorithm')),
      signature: readBitString(signature, 'signature'),
    }
  } catch (cause) {
    throw new CaError('CA_REQUEST_MALFORMED', 'this is no certification request', { cause })
  }
}

function unpem(request: Uint8Array | string): Uint8Array {
  if (typeof request !== 'string' && request[0] === 0x30) return request
  const text = typeof request === 'string' ? request : new TextDecoder().decode(request)
  const found = /-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([A-Za-z0-9+/=\s]+)-----END/.exec(text)
  if (found?.[1] === undefined) throw new TypeError('neither DER nor PEM')
  return fromBase64(found[1].replace(/\s/g, ''))
}

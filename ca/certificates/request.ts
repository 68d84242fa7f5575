/**
 * Reads a certification request (PKCS#10, RFC 2986) in DER or PEM: proves that the requester holds the private key, and accepts
 * the public key. Subject, attributes and extensions of the request are not looked at, so none can be copied into a certificate.
 * The only file that imports @peculiar/x509, which wants `reflect-metadata` before it; no other file sees more of it than DER.
 */
import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import { Pkcs10CertificateRequest } from '@peculiar/x509'
import {
  children,
  readDer,
  readInteger,
  readObjectIdentifier,
  sequenceOf,
  type Node,
} from '../der/read.ts'
import { CaError } from '../errors.ts'
import { fromPem } from '../pem.ts'
import { acceptedPublicKey, type ProvenPublicKey } from './public_key.ts'

/** A request with an RSA-8192 key and a page of attributes takes 4 KiB. */
export const maxRequestBytes = 16_384

/** ECDSA and RSASSA-PKCS1-v1_5, each with SHA-256, SHA-384 and SHA-512: the package knows SHA-1 as well. */
const algorithms: ReadonlySet<string> = new Set([
  '1.2.840.10045.4.3.2',
  '1.2.840.10045.4.3.3',
  '1.2.840.10045.4.3.4',
  '1.2.840.113549.1.1.11',
  '1.2.840.113549.1.1.12',
  '1.2.840.113549.1.1.13',
])

/**
 * The proven public key of a request. Throws `CA_REQUEST_MALFORMED`, `CA_REQUEST_KEY_REFUSED` (weak, off its curve, of another
 * kind), `CA_REQUEST_POSSESSION_UNPROVEN` (the signature does not verify under the key inside).
 */
export async function readRequest(request: Uint8Array | string): Promise<ProvenPublicKey> {
  const { parsed, publicKey, algorithm } = parse(request)
  acceptedPublicKey(publicKey)
  if (!algorithms.has(algorithm) || !(await provesPossession(parsed))) {
    throw new CaError(
      'CA_REQUEST_POSSESSION_UNPROVEN',
      'the request is not signed, with SHA-256 or stronger, by the key that it asks to certify',
    )
  }
  return publicKey as ProvenPublicKey
}

function parse(request: Uint8Array | string): {
  parsed: Pkcs10CertificateRequest
  publicKey: Uint8Array
  algorithm: string
} {
  try {
    if (request.length > maxRequestBytes * 1.5) throw new RangeError('too large')
    const bytes = unpem(request)
    if (bytes.length > maxRequestBytes) throw new RangeError('too large')
    const node = readDer(bytes)
    readThrough(node)
    const [information, signatureAlgorithm] = sequenceOf(node, 'CertificationRequest')
    const [version] = sequenceOf(information, 'CertificationRequestInfo')
    if (readInteger(version, 'version') !== 0n) throw new TypeError('not a version 1 request')
    const [algorithm] = sequenceOf(signatureAlgorithm, 'signatureAlgorithm')
    const parsed = new Pkcs10CertificateRequest(bytes.slice())
    return {
      parsed,
      // What is certified is what the package verifies with: one reading of the key, not two.
      publicKey: new Uint8Array(parsed.publicKey.rawData),
      algorithm: readObjectIdentifier(algorithm, 'signatureAlgorithm'),
    }
  } catch (cause) {
    throw new CaError('CA_REQUEST_MALFORMED', 'this is no certification request', { cause })
  }
}

/** The package reads BER; refused is, at every depth, what is not DER. */
function readThrough(node: Node): void {
  if ((node.tag & 0x20) !== 0) for (const part of children(node)) readThrough(part)
}

/** Verifies the signature over the request's own bytes; a signature that cannot even be read proves nothing. */
async function provesPossession(parsed: Pkcs10CertificateRequest): Promise<boolean> {
  try {
    return await parsed.verify(webcrypto as Crypto)
  } catch {
    return false
  }
}

function unpem(request: Uint8Array | string): Uint8Array {
  if (typeof request !== 'string' && request[0] === 0x30) return request
  const text = typeof request === 'string' ? request : new TextDecoder().decode(request)
  const labels = ['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST']
  const [bytes, second] = labels.flatMap((label) => fromPem(label, text))
  if (bytes === undefined || second) throw new TypeError('neither DER nor one request in PEM')
  return bytes
}

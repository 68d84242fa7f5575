/**
 * Reads a certification request (PKCS#10, RFC 2986) in DER or PEM: proves that the requester holds the private key, and accepts
 * the public key. Subject, attributes and extensions of the request are not looked at, so none can be copied into a certificate.
 */
import {
  children,
  readBitString,
  readDer,
  readInteger,
  sequenceOf,
  type Node,
} from '../der/read.ts'
import { createBatchThread } from '../batch_thread.ts'
import { CaError } from '../errors.ts'
import { fromPem } from '../pem.ts'
import { objectionToProof, type Proof } from './proof.ts'
import type { ProvenPublicKey } from './public_key.ts'

/** A request with an RSA-8192 key and a page of attributes takes 4 KiB. */
export const maxRequestBytes = 16_384

/** A roster brings hundreds at once. */
const check = createBatchThread({
  worker: new URL('proof_worker.ts', import.meta.url),
  here: objectionToProof,
})

/**
 * The proven public key of a request. Throws `CA_REQUEST_MALFORMED`, `CA_REQUEST_KEY_REFUSED` (weak, off its curve, of another
 * kind), `CA_REQUEST_POSSESSION_UNPROVEN` (the signature does not verify under the key inside). What is certified is what the proof
 * was verified with: one reading of the key, not two.
 */
export async function readRequest(request: Uint8Array | string): Promise<ProvenPublicKey> {
  const proof = parse(request)
  const objection = await check(proof)
  if (objection === undefined) return new Uint8Array(proof.publicKey) as ProvenPublicKey
  const { code, message, details } = objection
  throw new CaError(code, message, { details })
}

function parse(request: Uint8Array | string): Proof {
  try {
    if (request.length > maxRequestBytes * 1.5) throw new RangeError('too large')
    const bytes = unpem(request)
    if (bytes.length > maxRequestBytes) throw new RangeError('too large')
    const whole = readDer(bytes)
    readThrough(whole)
    const [information, algorithm, signature, ...more] = sequenceOf(whole, 'CertificationRequest')
    const [version, subject, publicKey, attributes, ...rest] = sequenceOf(
      information,
      'information',
    )
    if (!information || !algorithm || !publicKey || more.length + rest.length > 0) {
      throw new TypeError('not the parts of a request')
    }
    // RFC 2986 4.1: the attributes are there also where there are none.
    if (subject?.tag !== 0x30 || attributes?.tag !== 0xa0) throw new TypeError('not a request')
    if (readInteger(version, 'version') !== 0n) throw new TypeError('not a version 1 request')
    return {
      information: information.raw,
      publicKey: publicKey.raw,
      algorithm: algorithm.raw,
      signature: readBitString(signature, 'signature'),
    }
  } catch (cause) {
    throw new CaError('CA_REQUEST_MALFORMED', 'this is no certification request', { cause })
  }
}

/** Refused is, at every depth, what is not DER. */
function readThrough(node: Node): void {
  if ((node.tag & 0x20) !== 0) for (const part of children(node)) readThrough(part)
}

function unpem(request: Uint8Array | string): Uint8Array {
  if (typeof request !== 'string' && request[0] === 0x30) return request
  const text = typeof request === 'string' ? request : new TextDecoder().decode(request)
  const labels = ['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST']
  const [bytes, second] = labels.flatMap((label) => fromPem(label, text))
  if (bytes === undefined || second) throw new TypeError('neither DER nor one request in PEM')
  return bytes
}

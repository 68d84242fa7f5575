/**
 * Pieces of evidence that are read once however often they are met: a file with a hundred seals brings the same authorities and lists a
 * hundred times. Lives as long as one verification; nobody may change the octets meanwhile. Pure.
 */
import { equal } from '../bytes.ts'
import { CaError } from '../errors.ts'
import { readCertificate, type Certificate } from './certificate.ts'
import { readCrl, type Crl } from './crl.ts'
import { readOcspResponse, type OcspResponse } from './ocsp_response.ts'
import type { CryptoPorts } from './signatures.ts'
import { readSignedData, type SignedData } from './signed_data.ts'

export interface Pieces {
  /** The one array that stands for all with these octets: what is the same can be told by identity. */
  readonly same: (bytes: Uint8Array) => Uint8Array
  /** As `readCertificate`, `readCrl`, `readOcspResponse`; throws `DER_MALFORMED`, each time. */
  readonly certificate: (bytes: Uint8Array) => Certificate
  readonly crl: (bytes: Uint8Array) => Crl
  readonly ocsp: (bytes: Uint8Array) => OcspResponse
  /** As `readSignedData` for octets that padding may follow. */
  readonly paddedSignedData: (bytes: Uint8Array) => SignedData
  readonly signedData: (bytes: Uint8Array) => SignedData
  /** Padded, and read tolerantly: to say what is there, not to pass it. */
  readonly tolerantSignedData: (bytes: Uint8Array) => SignedData
}

/** Ports, and the pieces that one verification shares. */
export interface PathPorts extends CryptoPorts {
  readonly pieces?: Pieces
}

/** Different octets of the same length and end: more are left apart, so that look-alikes cost no comparisons. */
const maxAlike = 16

/** Starts with nothing read. */
export function createPieces(): Pieces {
  const alike = new Map<number, Uint8Array[]>()
  const known = new WeakSet<Uint8Array>()
  const same = (bytes: Uint8Array): Uint8Array => {
    if (known.has(bytes)) return bytes
    const key = keyOf(bytes)
    const others = alike.get(key) ?? []
    const found = others.find((other) => equal(other, bytes))
    if (found) return found
    if (others.length >= maxAlike) return bytes
    others.push(bytes)
    alike.set(key, others)
    known.add(bytes)
    return bytes
  }
  const once = <T>(read: (bytes: Uint8Array) => T) => {
    const done = new WeakMap<Uint8Array, { readonly value: T } | CaError>()
    return (bytes: Uint8Array): T => {
      const one = same(bytes)
      const outcome = done.get(one) ?? attempt(() => read(one))
      done.set(one, outcome)
      if (outcome instanceof CaError) throw outcome
      return outcome.value
    }
  }
  return {
    same,
    certificate: once(readCertificate),
    crl: once(readCrl),
    ocsp: once(readOcspResponse),
    paddedSignedData: once((bytes) => readSignedData(bytes, { padded: true })),
    signedData: once((bytes) => readSignedData(bytes)),
    tolerantSignedData: once((bytes) => readSignedData(bytes, { padded: true, tolerant: true })),
  }
}

/** Length and last three octets: what is signed ends in octets that nobody chose. */
function keyOf(bytes: Uint8Array): number {
  const end = bytes.length
  const tail = ((bytes[end - 1] ?? 0) << 16) | ((bytes[end - 2] ?? 0) << 8) | (bytes[end - 3] ?? 0)
  return tail + end * 2 ** 24
}

function attempt<T>(read: () => T): { readonly value: T } | CaError {
  try {
    return { value: read() }
  } catch (error) {
    if (error instanceof CaError) return error
    throw error
  }
}

/** A SignedData with what was read already at hand; throws `DER_MALFORMED`. */
export function signedDataOf(bytes: Uint8Array, padded: boolean, pieces?: Pieces): SignedData {
  if (!pieces) return readSignedData(bytes, { padded })
  return padded ? pieces.paddedSignedData(bytes) : pieces.signedData(bytes)
}

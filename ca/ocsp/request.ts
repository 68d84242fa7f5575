/** Reads OCSP requests (RFC 6960 4.1, nonce RFC 9654), from a POST body or the path of a GET (RFC 6960 A.1). Pure. */
import { fromBase64, toHex } from '../bytes.ts'
import {
  children,
  expectTag,
  malformed,
  readBoolean,
  readDer,
  readIntegerOctets,
  readObjectIdentifier,
  sequenceOf,
  type Node,
} from '../der/read.ts'
import { oids } from '../oids.ts'

/** A request for the chains of a joint document with nonces stays below 4 KiB. */
export const maxOcspRequestBytes = 8192
/** Single requests in one: each costs a look-up in the views. */
export const maxSingleRequests = 32
/** RFC 9654 2.1: responders take nonces of 1 to 128 octets. */
const maxNonceBytes = 128

/** Which certificate is asked for, by any hash. */
export interface CertificateId {
  /** DER CertID as it was asked, to be answered with. */
  readonly raw: Uint8Array
  readonly hashAlgorithm: string
  readonly issuerNameHash: Uint8Array
  readonly issuerKeyHash: Uint8Array
  /** Hexadecimal octets of the number without a sign octet. */
  readonly serial: string
}

export interface OcspRequest {
  readonly certificates: readonly CertificateId[]
  /** DER of the whole nonce extension's value, to be echoed byte for byte. */
  readonly nonce: Uint8Array | undefined
}

/** Reads a request; throws `DER_MALFORMED`, to be answered `malformedRequest`. */
export function readOcspRequest(bytes: Uint8Array): OcspRequest {
  if (bytes.length > maxOcspRequestBytes) throw malformed('OCSP request: too large')
  const [tbs, signature, extra] = sequenceOf(readDer(bytes), 'OCSPRequest')
  if (extra || (signature && signature.tag !== 0xa0)) throw malformed('OCSPRequest')
  const parts = sequenceOf(tbs, 'TBSRequest')
  // DEFAULT v1 is not encoded; requestorName says nothing that is checked here.
  if (parts[0]?.tag === 0xa0) throw malformed('OCSP request: version')
  if (parts[0]?.tag === 0xa1) parts.shift()
  const list = sequenceOf(parts.shift(), 'requestList')
  const extensions = parts.shift()
  if (parts.length > 0) throw malformed('TBSRequest')
  if (list.length === 0 || list.length > maxSingleRequests) throw malformed('requestList: count')
  return {
    certificates: list.map(readSingle),
    nonce: extensions && readNonce(extensions),
  }
}

/** DER out of a GET path's last part: base64, percent-encoded (also in part); throws `DER_MALFORMED`. */
export function decodeOcspPath(part: string): Uint8Array {
  try {
    // A router may have decoded %2B to + already; some clients send a space for it.
    return fromBase64(decodeURIComponent(part).replace(/ /g, '+'))
  } catch {
    throw malformed('OCSP request: not base64')
  }
}

function readSingle(node: Node): CertificateId {
  const [identifier, extensions, extra] = sequenceOf(node, 'Request')
  if (extra) throw malformed('Request')
  if (extensions) readExtensions(extensions)
  const [algorithm, nameHash, keyHash, serial, more] = sequenceOf(identifier, 'CertID')
  if (!identifier || more) throw malformed('CertID')
  const number = readIntegerOctets(serial, 'serialNumber')
  return {
    raw: identifier.raw,
    hashAlgorithm: readObjectIdentifier(sequenceOf(algorithm, 'hashAlgorithm')[0], 'hash'),
    issuerNameHash: expectTag(nameHash, 0x04, 'issuerNameHash').contents,
    issuerKeyHash: expectTag(keyHash, 0x04, 'issuerKeyHash').contents,
    serial: serialHex(number),
  }
}

/** A serial number as this room writes it: no sign octet; a negative one, which is never ours, keeps a mark. */
export function serialHex(number: Uint8Array): string {
  if ((number[0] ?? 0) > 0x7f) return `-${toHex(number)}`
  return toHex(number[0] === 0 && number.length > 1 ? number.subarray(1) : number)
}

function readNonce(node: Node): Uint8Array | undefined {
  const value = readExtensions(node).get(oids.ocspNonce)
  if (!value) return undefined
  const { length } = expectTag(readDer(value), 0x04, 'nonce').contents
  if (length < 1 || length > maxNonceBytes) throw malformed('nonce: 1 to 128 octets')
  return value
}

/** Extensions inside an explicit tag, by identifier; an unknown critical one cannot be honoured. */
function readExtensions(node: Node): ReadonlyMap<string, Uint8Array> {
  const found = new Map<string, Uint8Array>()
  for (const part of sequenceOf(children(node)[0], 'extensions')) {
    const fields = sequenceOf(part, 'extension')
    const id = readObjectIdentifier(fields[0], 'extnID')
    const critical = fields.length === 3 && readBoolean(fields[1], 'critical')
    if (found.has(id) || (critical && id !== oids.ocspNonce)) throw malformed(`extension ${id}`)
    found.set(id, expectTag(fields.at(-1), 0x04, 'extnValue').contents)
  }
  return found
}

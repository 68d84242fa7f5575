/**
 * Reads X.509 version 3 certificates strictly (RFC 5280 4): one encoding, no duplicate extensions, inner and outer algorithm equal.
 * Reads the extensions that path validation acts on; judges nothing. Pure.
 */
import { equal, toHex } from '../bytes.ts'
import {
  children,
  malformed,
  readBitString,
  readBoolean,
  readDer,
  readInteger,
  readIntegerOctets,
  readObjectIdentifier,
  readTime,
  sequenceOf,
  expectTag,
  type Node,
} from '../der/read.ts'
import { readExtensionValues, type ExtensionValues } from './extensions.ts'
import { readName, type Name } from './names.ts'

/** A certificate beyond this is hostile; one with a thousand names stays below. */
export const maxCertificateBytes = 64 * 1024
const maxExtensions = 64

export interface Extension {
  readonly critical: boolean
  /** Contents of the extension's OCTET STRING. */
  readonly value: Uint8Array
}

export interface Certificate extends ExtensionValues {
  readonly raw: Uint8Array
  /** DER TBSCertificate: what is signed. */
  readonly tbs: Uint8Array
  readonly version: number
  /** Two's complement octets in hexadecimal. */
  readonly serialNumber: string
  /** DER AlgorithmIdentifier of the signature. */
  readonly signatureAlgorithm: Uint8Array
  readonly signature: Uint8Array
  readonly issuer: Name
  readonly subject: Name
  readonly notBefore: Date
  readonly notAfter: Date
  /** DER SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array
  /** Contents of subjectPublicKey, of which key identifiers and OCSP are hashes. */
  readonly publicKeyBits: Uint8Array
  readonly extensions: ReadonlyMap<string, Extension>
}

/** Reads one certificate; throws `DER_MALFORMED`. */
export function readCertificate(bytes: Uint8Array): Certificate {
  return readCertificateBy(bytes, undefined)
}

/** The same for who knows the name that should stand in it as its issuer's: where the octets are the same, it is not read again. */
export function readCertificateBy(bytes: Uint8Array, issuerName: Name | undefined): Certificate {
  if (bytes.length > maxCertificateBytes) throw malformed('certificate: too large')
  const whole = sequenceOf(readDer(bytes), 'certificate')
  const [tbs, algorithm, signature] = whole
  if (!tbs || !algorithm || whole.length !== 3) throw malformed('certificate: parts')
  const fields = sequenceOf(tbs, 'TBSCertificate')
  const version = fields[0]?.tag === 0xa0 ? readVersion(fields.shift()) : 1
  const [serial, inner, issuer, validity, subject, publicKey, ...rest] = fields
  if (!inner || !equal(inner.raw, algorithm.raw)) {
    throw malformed('certificate: inner and outer signature algorithm differ') // RFC 5280 4.1.1.2
  }
  const times = sequenceOf(validity, 'validity')
  const keyParts = sequenceOf(publicKey, 'subjectPublicKeyInfo')
  if (times.length !== 2 || keyParts.length !== 2 || !publicKey) throw malformed('certificate')
  const extensions = readTail(rest, version)
  return {
    raw: bytes,
    tbs: tbs.raw,
    version,
    serialNumber: toHex(readIntegerOctets(serial, 'serialNumber')),
    signatureAlgorithm: algorithm.raw,
    signature: readSignatureBits(signature, 'signature'),
    issuer:
      issuer && issuerName && equal(issuer.raw, issuerName.raw)
        ? issuerName
        : readName(issuer, 'issuer'),
    subject: readName(subject, 'subject'),
    notBefore: readTime(times[0], 'notBefore'),
    notAfter: readTime(times[1], 'notAfter'),
    publicKey: publicKey.raw,
    publicKeyBits: readBitString(keyParts[1], 'subjectPublicKey'),
    extensions,
    ...readExtensionValues(extensions),
  }
}

/**
 * Octets of a signature. One that is not of whole octets is no signature of any algorithm known here and reads as empty, which never
 * verifies: so a broken signature is told as such, and not as a broken certificate.
 */
export function readSignatureBits(node: Node | undefined, what: string): Uint8Array {
  const { contents } = expectTag(node, 0x03, what)
  return contents[0] === 0 ? contents.subarray(1) : new Uint8Array()
}

function readVersion(node: Node | undefined): number {
  const [value, extra] = children(expectTag(node, 0xa0, 'version'))
  const version = readInteger(value, 'version')
  if (extra || (version !== 1n && version !== 2n)) throw malformed('certificate: version')
  return Number(version) + 1
}

function readTail(rest: readonly Node[], version: number): ReadonlyMap<string, Extension> {
  let last = 0
  let extensions: ReadonlyMap<string, Extension> = new Map()
  for (const node of rest) {
    if (node.tag <= last) throw malformed('certificate: order of optional fields')
    last = node.tag
    if (node.tag === 0xa3 && version === 3) extensions = readExtensions(children(node)[0])
    else if ((node.tag !== 0x81 && node.tag !== 0x82) || version === 1) {
      throw malformed('certificate: unknown field')
    }
  }
  return extensions
}

/** Reads Extensions (RFC 5280 4.1.2.9); one of a kind only (4.2). */
export function readExtensions(node: Node | undefined): ReadonlyMap<string, Extension> {
  const parts = sequenceOf(node, 'extensions')
  if (parts.length > maxExtensions) throw malformed('extensions: too many')
  const extensions = new Map<string, Extension>()
  for (const part of parts) {
    const fields = sequenceOf(part, 'extension')
    const oid = readObjectIdentifier(fields.shift(), 'extension')
    const critical = fields[0]?.tag === 0x01 && readBoolean(fields.shift(), 'critical')
    const value = expectTag(fields[0], 0x04, 'extension').contents
    if (fields.length !== 1 || extensions.has(oid)) throw malformed(`extension ${oid}`)
    extensions.set(oid, { critical, value })
  }
  return extensions
}

/** Whether subject and issuer are the same name (RFC 5280 6.1: self-issued). */
export function isSelfIssued(certificate: Certificate): boolean {
  const { subject, issuer } = certificate
  return subject.rdns.length === issuer.rdns.length && isSame(subject.rdns, issuer.rdns)
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.every((value, at) => value === b[at])
}

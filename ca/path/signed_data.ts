/**
 * Reads CMS SignedData strictly as DER (RFC 5652 5), with one or more SignerInfos, their signed attributes (11.1, 11.2),
 * signing-certificate and signing-certificate-v2 (RFC 5035), and unsigned attributes. Pure; judges nothing, see `cms_verify.ts`.
 */
import { equal, toHex } from '../bytes.ts'
import {
  children,
  expectTag,
  malformed,
  readDer,
  readFirst,
  readInteger,
  readIntegerOctets,
  readObjectIdentifier,
  sequenceOf,
  setOfParts,
  type Node,
} from '../der/read.ts'
import { derFromBer } from '../der/from_ber.ts'
import { compareBytes, setOf } from '../der/write.ts'
import { oids } from '../oids.ts'
import { readName, type Name } from './names.ts'
import { readHash, type HashName } from './signatures.ts'

/** A CMS beyond this is hostile: with CRLs of a district inside it has some hundred kilobytes. */
export const maxSignedDataBytes = 8 * 1024 * 1024
const maxSignerInfos = 16
const maxCertificates = 256
const maxAttributes = 64

/** What names the signer's certificate (RFC 5652 5.3). */
export type SignerIdentifier =
  | { readonly kind: 'issuer-serial'; readonly issuer: Name; readonly serialNumber: string }
  | { readonly kind: 'key-identifier'; readonly keyIdentifier: string }

/** One certificate named by signing-certificate (RFC 5035 3 and 5). */
export interface EssCertId {
  /** undefined: not known here. */
  readonly hash: HashName | undefined
  readonly digest: Uint8Array
  readonly issuerSerial: { readonly issuer: Name; readonly serialNumber: string } | undefined
}

export interface SignedAttributes {
  /** The SET OF whose octets are signed (RFC 5652 5.4). */
  readonly der: Uint8Array
  /** The same in ascending order, where a tolerant reading found them in another. */
  readonly sorted?: Uint8Array
  /** Object identifiers of all of them. */
  readonly types: readonly string[]
  readonly contentType: string
  readonly messageDigest: Uint8Array
  readonly signingTime: Node | undefined
  /** From signing-certificate-v2, or else signing-certificate; undefined if neither is there. */
  readonly signingCertificates: readonly EssCertId[] | undefined
}

export interface SignerInfo {
  readonly sid: SignerIdentifier
  readonly digestAlgorithm: HashName | undefined
  readonly signedAttributes: SignedAttributes | undefined
  readonly signatureAlgorithm: Uint8Array
  readonly signature: Uint8Array
  /** Values of the unsigned attributes by type, each whole DER. */
  readonly unsignedAttributes: ReadonlyMap<string, readonly Uint8Array[]>
}

export interface SignedData {
  /** Object identifier of the content. */
  readonly contentType: string
  /** Encapsulated content; undefined: detached. */
  readonly content: Uint8Array | undefined
  /** DER certificates inside; any other format of certificate is refused. */
  readonly certificates: readonly Uint8Array[]
  /** DER CRLs inside. */
  readonly crls: readonly Uint8Array[]
  /** DER OCSPResponses inside (RFC 5940 2.1: other revocation information). */
  readonly ocspResponses: readonly Uint8Array[]
  readonly signerInfos: readonly SignerInfo[]
  /** What a tolerant reading let pass, in words. */
  readonly deviations: readonly string[]
}

/** How to take what is not as it must be: strictly it is thrown, tolerantly noted. */
type Note = (message: string) => void

/**
 * Reads a ContentInfo with SignedData; throws `DER_MALFORMED`.
 * With `padded`, zero octets may follow, as in the /Contents of a PDF signature (ISO 32000-2 12.8.3.3.1). With `tolerant`, BER and slips of
 * known programs are read, too, and named: to say what is in a file, not to pass it.
 */
export function readSignedData(
  bytes: Uint8Array,
  options: { readonly padded?: boolean; readonly tolerant?: boolean } = {},
): SignedData {
  if (bytes.length > maxSignedDataBytes) throw malformed('SignedData: too large')
  const deviations: string[] = []
  const note: Note = (message) => {
    if (options.tolerant !== true) throw malformed(message)
    deviations.push(message)
  }
  const { whole, length } = readWhole(bytes, { ...options, note })
  for (let at = length; at < bytes.length; at++) {
    if (bytes[at] !== 0) throw malformed('octets other than padding after the SignedData')
  }
  const [type, wrapped, extra] = sequenceOf(whole, 'ContentInfo')
  if (readObjectIdentifier(type, 'contentType') !== oids.signedData || extra) {
    throw malformed('not a SignedData')
  }
  const fields = sequenceOf(only(expectTag(wrapped, 0xa0, 'content')), 'SignedData')
  const [version, digests, encapsulated] = fields.splice(0, 3)
  const digestAlgorithms = setOfParts(digests, 'digestAlgorithms')
  const certificates = fields[0]?.tag === 0xa0 ? children(fields.shift() ?? whole) : []
  const crls = fields[0]?.tag === 0xa1 ? children(fields.shift() ?? whole) : []
  const signers = setOfParts(fields[0], 'signerInfos')
  if (fields.length !== 1 || certificates.length > maxCertificates || crls.length > 64) {
    throw malformed('SignedData: unknown or too many fields')
  }
  if (signers.length > maxSignerInfos) throw malformed('SignedData: too many signers')
  const content = readEncapsulated(encapsulated)
  const expected = versionOf({ ...content, crls, signers })
  if (readInteger(version, 'SignedData version') !== expected) note('SignedData version')
  const signerInfos = signers.map((signer) => readSignerInfo(signer, note))
  checkDigests(digestAlgorithms, signerInfos, note)
  return {
    ...content,
    certificates: certificates.map((node) => expectTag(node, 0x30, 'certificate').raw),
    crls: crls.filter((node) => node.tag === 0x30).map((node) => node.raw),
    ocspResponses: crls.flatMap(readOtherRevocation),
    signerInfos,
    deviations,
  }
}

/** The element, and how many octets it takes. */
function readWhole(
  bytes: Uint8Array,
  options: { readonly padded?: boolean; readonly tolerant?: boolean; readonly note: Note },
): { readonly whole: Node; readonly length: number } {
  if (options.tolerant !== true) {
    const whole = options.padded ? readFirst(bytes) : readDer(bytes)
    return { whole, length: whole.raw.length }
  }
  const { der, length } = derFromBer(bytes)
  if (!equal(der, bytes.subarray(0, length))) options.note('BER')
  return { whole: readDer(der), length }
}

/** CMSVersion (RFC 5652 5.1), which follows from what is inside. */
function versionOf(parts: {
  readonly contentType: string
  readonly crls: readonly Node[]
  readonly signers: readonly Node[]
}): bigint {
  const { contentType, crls, signers } = parts
  if (crls.some(({ tag }) => tag === 0xa1)) return 5n
  const isOld = signers.every((signer) => children(signer)[0]?.contents[0] === 1)
  return isOld && contentType === oids.data ? 1n : 3n
}

/** RFC 5652 5.1: digestAlgorithms are those of the signers; a stray one is not let pass, as nothing signs it. */
function checkDigests(
  nodes: readonly Node[],
  signerInfos: readonly SignerInfo[],
  note: Note,
): void {
  const named = new Set(nodes.map((node) => readHash(node, 'digestAlgorithms')))
  const used = new Set(signerInfos.map(({ digestAlgorithm }) => digestAlgorithm))
  if (named.symmetricDifference(used).size > 0) note('digestAlgorithms are not the signers’')
}

/** The OCSPResponse in an OtherRevocationInfoFormat (RFC 5652 10.2.1, RFC 5940 2.1); nothing of a CRL, and no other format. */
function readOtherRevocation(node: Node): readonly Uint8Array[] {
  if (node.tag === 0x30) return []
  const [format, info, extra] = children(expectTag(node, 0xa1, 'crls'))
  if (!info || extra || readObjectIdentifier(format, 'otherRevInfoFormat') !== oids.ocspInCms) {
    throw malformed('revocation information of an unknown format')
  }
  return [info.raw]
}

function only(node: Node): Node {
  const [first, extra] = children(node)
  if (!first || extra) throw malformed('expected one element')
  return first
}

function readEncapsulated(node: Node | undefined) {
  const [type, wrapped, extra] = sequenceOf(node, 'encapContentInfo')
  if (extra) throw malformed('encapContentInfo')
  const content =
    wrapped && expectTag(only(expectTag(wrapped, 0xa0, 'eContent')), 0x04, 'eContent').contents
  return { contentType: readObjectIdentifier(type, 'eContentType'), content }
}

function readSignerInfo(node: Node, note: Note): SignerInfo {
  const fields = sequenceOf(node, 'SignerInfo')
  const version = readInteger(fields.shift(), 'SignerInfo version')
  const [sid, digest] = fields.splice(0, 2)
  // RFC 5652 5.3: the version tells how the signer is named.
  if (version !== (sid?.tag === 0x80 ? 3n : 1n)) note('SignerInfo version')
  const signed = fields[0]?.tag === 0xa0 ? fields.shift() : undefined
  const [algorithm, signature] = fields.splice(0, 2)
  const unsigned = fields[0]?.tag === 0xa1 ? fields.shift() : undefined
  if (!algorithm || fields.length > 0) throw malformed('SignerInfo: parts')
  return {
    sid: readSignerIdentifier(sid),
    digestAlgorithm: readHash(digest, 'digestAlgorithm'),
    signedAttributes: signed && readSignedAttributes(signed, note),
    signatureAlgorithm: expectTag(algorithm, 0x30, 'signatureAlgorithm').raw,
    signature: expectTag(signature, 0x04, 'signature').contents,
    unsignedAttributes: new Map(
      [...(unsigned ? readAttributes(unsigned, note) : [])].map(([type, values]) => [
        type,
        values.map((value) => value.raw),
      ]),
    ),
  }
}

function readSignerIdentifier(node: Node | undefined): SignerIdentifier {
  if (node?.tag === 0x80) return { kind: 'key-identifier', keyIdentifier: toHex(node.contents) }
  const [issuer, serial, extra] = sequenceOf(node, 'issuerAndSerialNumber')
  if (extra) throw malformed('issuerAndSerialNumber')
  return {
    kind: 'issuer-serial',
    issuer: readName(issuer, 'issuer'),
    serialNumber: toHex(readIntegerOctets(serial, 'serialNumber')),
  }
}

/** Attributes by type; a type stands once (RFC 5652 11). */
function readAttributes(node: Node, note: Note): ReadonlyMap<string, readonly Node[]> {
  const parts = children(node)
  if (parts.length === 0) note('attributes: count')
  if (parts.length > maxAttributes) throw malformed('attributes: count')
  const attributes = new Map<string, readonly Node[]>()
  for (const part of parts) {
    const [type, values, extra] = sequenceOf(part, 'attribute')
    const oid = readObjectIdentifier(type, 'attribute')
    if (extra || (attributes.has(oid) && singleAttributes.includes(oid))) {
      throw malformed(`attribute ${oid} stands twice`)
    }
    if (attributes.has(oid)) note(`attribute ${oid} stands twice`)
    const before = attributes.get(oid) ?? []
    attributes.set(oid, [...before, ...setOfParts(values, `attribute ${oid}`)])
  }
  return attributes
}

/** What decides, stands once however tolerantly it is read. */
const singleAttributes: readonly string[] = [
  oids.contentType,
  oids.messageDigest,
  oids.signingCertificate,
  oids.signingCertificateV2,
  oids.signatureTimeStampToken,
]

function readSignedAttributes(node: Node, note: Note): SignedAttributes {
  const parts = children(node)
  // X.690 11.6: a SET OF stands in ascending order; what is signed is this encoding.
  const isSorted = parts.every((part, at) => {
    const before = parts[at - 1]
    return !before || compareBytes(before.raw, part.raw) <= 0
  })
  if (!isSorted) note('signed attributes: order')
  const attributes = readAttributes(node, note)
  const single = (type: string): Node | undefined => {
    const values = attributes.get(type)
    if (values && values.length !== 1) throw malformed(`attribute ${type} needs one value`)
    return values?.[0]
  }
  // A copy also of a Node buffer, whose own `slice` is a window on the same octets.
  const der = new Uint8Array(node.raw)
  der[0] = 0x31 // RFC 5652 5.4: the SET OF tag, not the [0], is what is hashed
  const v2 = single(oids.signingCertificateV2)
  const v1 = single(oids.signingCertificate)
  return {
    der,
    ...(!isSorted && { sorted: setOf(...parts.map(({ raw }) => raw)) }),
    types: [...attributes.keys()],
    contentType: readObjectIdentifier(single(oids.contentType), 'content-type'),
    messageDigest: expectTag(single(oids.messageDigest), 0x04, 'message-digest').contents,
    signingTime: single(oids.signingTime),
    signingCertificates: v2 ? readEss(v2, readEssV2) : v1 && readEss(v1, readEssV1),
  }
}

/** SigningCertificate and SigningCertificateV2: certs, then policies that are not read. */
function readEss(node: Node, reader: (part: Node) => EssCertId): readonly EssCertId[] {
  const [certs] = sequenceOf(node, 'signing-certificate')
  const parts = sequenceOf(certs, 'signing-certificate')
  if (parts.length === 0 || parts.length > maxCertificates) throw malformed('signing-certificate')
  return parts.map(reader)
}

function readEssV2(node: Node): EssCertId {
  const fields = sequenceOf(node, 'ESSCertIDv2')
  const hash = fields[0]?.tag === 0x30 ? readHash(fields.shift(), 'hashAlgorithm') : 'SHA-256'
  const [digest, issuerSerial, extra] = fields
  if (extra) throw malformed('ESSCertIDv2')
  return {
    hash,
    digest: expectTag(digest, 0x04, 'certHash').contents,
    issuerSerial: issuerSerial && readIssuerSerial(issuerSerial),
  }
}

function readEssV1(node: Node): EssCertId {
  const [digest, issuerSerial, extra] = sequenceOf(node, 'ESSCertID')
  if (extra) throw malformed('ESSCertID')
  return {
    hash: 'SHA-1',
    digest: expectTag(digest, 0x04, 'certHash').contents,
    issuerSerial: issuerSerial && readIssuerSerial(issuerSerial),
  }
}

function readIssuerSerial(node: Node) {
  const [names, serial, extra] = sequenceOf(node, 'issuerSerial')
  if (extra) throw malformed('issuerSerial')
  const directory = sequenceOf(names, 'issuerSerial').find((part) => part.tag === 0xa4)
  if (!directory) throw malformed('issuerSerial without a directory name')
  return {
    issuer: readName(only(directory), 'issuerSerial'),
    serialNumber: toHex(readIntegerOctets(serial, 'issuerSerial')),
  }
}

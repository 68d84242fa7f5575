/**
 * Reads certificate revocation lists of version 2, full, delta and indirect (RFC 5280 5). Pure; judges nothing.
 */
import { equal, toHex } from '../bytes.ts'
import {
  children,
  expectTag,
  malformed,
  readBitString,
  readBoolean,
  readDer,
  readInteger,
  readIntegerOctets,
  readObjectIdentifier,
  readTime,
  sequenceOf,
  type Node,
} from '../der/read.ts'
import { oids } from '../oids.ts'
import { readExtensions, type Extension } from './certificate.ts'
import {
  byTag,
  readDistributionPointName,
  readReasonFlags,
  type DistributionPointName,
} from './extensions.ts'
import { readGeneralNames, readName, type Name } from './names.ts'

/** A CRL of a million entries has about 40 MB; a district stays far below. */
export const maxCrlBytes = 16 * 1024 * 1024

export interface IssuingDistributionPoint {
  readonly name: DistributionPointName | undefined
  readonly onlyUserCertificates: boolean
  readonly onlyCaCertificates: boolean
  readonly onlyAttributeCertificates: boolean
  /** Bits of ReasonFlags; undefined: all reasons. */
  readonly onlySomeReasons: readonly number[] | undefined
  readonly indirect: boolean
  readonly raw: Uint8Array
}

export interface RevokedEntry {
  /** As in a certificate: octets in hexadecimal. */
  readonly serialNumber: string
  readonly revocationDate: Date
  /** CRLReason (RFC 5280 5.3.1); 0 if not said. */
  readonly reason: number
  /** Who issued the certificate (RFC 5280 5.3.3): carried on from the entry before. */
  readonly issuer: Name
}

export interface Crl {
  readonly raw: Uint8Array
  readonly tbs: Uint8Array
  readonly signatureAlgorithm: Uint8Array
  readonly signature: Uint8Array
  readonly issuer: Name
  readonly thisUpdate: Date
  readonly nextUpdate: Date | undefined
  readonly number: bigint | undefined
  /** BaseCRLNumber of a delta CRL; undefined: a complete CRL. */
  readonly deltaBase: bigint | undefined
  readonly scope: IssuingDistributionPoint | undefined
  readonly authorityKeyIdentifier: string | undefined
  /** A critical extension, of the list or an entry, that is not known: the list must not be used (RFC 5280 5.2, 5.3). */
  readonly unknownCritical: string | undefined
  /** Entries by serial number. */
  readonly entries: ReadonlyMap<string, readonly RevokedEntry[]>
}

const knownExtensions: readonly string[] = [
  oids.authorityKeyIdentifier,
  oids.crlNumber,
  oids.deltaCrlIndicator,
  oids.issuingDistributionPoint,
]
const knownEntryExtensions: readonly string[] = [
  oids.reasonCode,
  oids.invalidityDate,
  oids.certificateIssuer,
]

/** Reads one CRL; throws `DER_MALFORMED`. */
export function readCrl(bytes: Uint8Array): Crl {
  if (bytes.length > maxCrlBytes) throw malformed('CRL: too large')
  const whole = sequenceOf(readDer(bytes), 'CRL')
  const [tbs, algorithm, signature] = whole
  if (!tbs || !algorithm || whole.length !== 3) throw malformed('CRL: parts')
  const fields = sequenceOf(tbs, 'TBSCertList')
  if (readInteger(fields.shift(), 'CRL version') !== 1n) throw malformed('CRL: version')
  const [inner, issuerNode, thisUpdate] = fields.splice(0, 3)
  if (!inner || !equal(inner.raw, algorithm.raw)) throw malformed('CRL: algorithms differ')
  const issuer = readName(issuerNode, 'CRL issuer')
  const hasNext = fields[0]?.tag === 0x17 || fields[0]?.tag === 0x18
  const nextUpdate = hasNext ? readTime(fields.shift(), 'nextUpdate') : undefined
  const entryNodes = fields[0]?.tag === 0x30 ? children(fields.shift() ?? tbs) : []
  const extensionsNode = fields[0]?.tag === 0xa0 ? fields.shift() : undefined
  if (fields.length > 0) throw malformed('CRL: unknown field')
  const extensions = extensionsNode
    ? readExtensions(children(extensionsNode)[0])
    : new Map<string, Extension>()
  const { entries, unknown } = readEntries(entryNodes, issuer)
  return {
    raw: bytes,
    tbs: tbs.raw,
    signatureAlgorithm: algorithm.raw,
    signature: readBitString(signature, 'CRL signature'),
    issuer,
    thisUpdate: readTime(thisUpdate, 'thisUpdate'),
    nextUpdate,
    ...readCrlExtensions(extensions),
    unknownCritical: unknownCritical(extensions, knownExtensions) ?? unknown,
    entries,
  }
}

function readCrlExtensions(extensions: ReadonlyMap<string, Extension>) {
  const node = (oid: string): Node | undefined => {
    const extension = extensions.get(oid)
    return extension && readDer(extension.value)
  }
  const [number, base, scope, aki] = [
    node(oids.crlNumber),
    node(oids.deltaCrlIndicator),
    node(oids.issuingDistributionPoint),
    node(oids.authorityKeyIdentifier),
  ]
  const keyIdentifier = aki && sequenceOf(aki, 'AKI').find((part) => part.tag === 0x80)
  return {
    number: number && readInteger(number, 'cRLNumber'),
    deltaBase: base && readInteger(base, 'baseCRLNumber'),
    scope: scope && readScope(scope),
    authorityKeyIdentifier: keyIdentifier && toHex(keyIdentifier.contents),
  }
}

/** Reads IssuingDistributionPoint (RFC 5280 5.2.5). */
function readScope(node: Node): IssuingDistributionPoint {
  const fields = byTag(node, [0xa0, 0x81, 0x82, 0x83, 0x84, 0x85], 'issuingDistributionPoint')
  const flag = (tag: number): boolean => {
    const field = fields.get(tag)
    return field !== undefined && readBoolean({ ...field, tag: 0x01 }, 'issuingDistributionPoint')
  }
  const [name, reasons] = [fields.get(0xa0), fields.get(0x83)]
  return {
    name: name && readDistributionPointName(name),
    onlyUserCertificates: flag(0x81),
    onlyCaCertificates: flag(0x82),
    onlySomeReasons: reasons && readReasonFlags(reasons),
    indirect: flag(0x84),
    onlyAttributeCertificates: flag(0x85),
    raw: node.raw,
  }
}

function readEntries(nodes: readonly Node[], crlIssuer: Name) {
  const entries = new Map<string, RevokedEntry[]>()
  let issuer = crlIssuer
  let unknown: string | undefined
  for (const node of nodes) {
    const [serial, date, extensionsNode, extra] = sequenceOf(node, 'revoked certificate')
    if (extra) throw malformed('revoked certificate')
    const extensions = extensionsNode ? readExtensions(extensionsNode) : undefined
    unknown ??= extensions && unknownCritical(extensions, knownEntryExtensions)
    issuer = (extensions && readCertificateIssuer(extensions)) ?? issuer
    const serialNumber = toHex(readIntegerOctets(serial, 'serialNumber'))
    const entry = {
      serialNumber,
      revocationDate: readTime(date, 'revocationDate'),
      reason: extensions ? readReason(extensions) : 0,
      issuer,
    }
    const others = entries.get(serialNumber)
    if (others) others.push(entry)
    else entries.set(serialNumber, [entry])
  }
  return { entries, unknown }
}

function readCertificateIssuer(extensions: ReadonlyMap<string, Extension>): Name | undefined {
  const extension = extensions.get(oids.certificateIssuer)
  if (!extension) return undefined
  const names = readGeneralNames(readDer(extension.value), 'certificateIssuer')
  const directory = names.find((name) => name.kind === 'directory')
  if (directory?.kind !== 'directory') throw malformed('certificateIssuer without a name')
  return directory.name
}

function readReason(extensions: ReadonlyMap<string, Extension>): number {
  const extension = extensions.get(oids.reasonCode)
  if (!extension) return 0
  const { contents } = expectTag(readDer(extension.value), 0x0a, 'reasonCode')
  const [reason] = contents
  if (reason === undefined || contents.length !== 1 || reason > 10 || reason === 7) {
    throw malformed('reasonCode')
  }
  return reason
}

function unknownCritical(
  extensions: ReadonlyMap<string, Extension>,
  known: readonly string[],
): string | undefined {
  for (const [oid, { critical }] of extensions) {
    if (critical && !known.includes(oid)) return oid
  }
  return undefined
}

/** Reads the first OBJECT IDENTIFIER of an AlgorithmIdentifier. */
export function algorithmOid(algorithm: Uint8Array): string {
  return readObjectIdentifier(sequenceOf(readDer(algorithm), 'algorithm')[0], 'algorithm')
}

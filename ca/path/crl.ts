/**
 * Reads certificate revocation lists, full, delta and indirect (RFC 5280 5). Pure; judges nothing.
 */
import { equal, toHex } from '../bytes.ts'
import {
  children,
  malformed,
  readBoolean,
  readDer,
  readInteger,
  readObjectIdentifier,
  readTime,
  sequenceOf,
  type Node,
} from '../der/read.ts'
import { oids } from '../oids.ts'
import { readExtensions, readSignatureBits, type Extension } from './certificate.ts'
import { readCrlEntries, unknownCriticalOf, type CrlEntries } from './crl_entries.ts'
import {
  byTag,
  readDistributionPointName,
  readReasonFlags,
  type DistributionPointName,
} from './extensions.ts'
import { readName, type Name } from './names.ts'

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
  /** A critical extension of the list that is not known: it must not be used (RFC 5280 5.2). */
  readonly unknownCritical: string | undefined
  /** Reads the entries, once, and only when asked: of a list nobody entitled has signed they are never read. Throws `DER_MALFORMED`. */
  readEntries(): CrlEntries
}

// Extensions that may be critical and are understood; number and key identifier must not be (RFC 5280 5.2.1, 5.2.3).
const knownExtensions: readonly string[] = [oids.deltaCrlIndicator, oids.issuingDistributionPoint]

/** Reads one CRL; throws `DER_MALFORMED`. */
export function readCrl(bytes: Uint8Array): Crl {
  if (bytes.length > maxCrlBytes) throw malformed('CRL: too large')
  const whole = sequenceOf(readDer(bytes), 'CRL')
  const [tbs, algorithm, signature] = whole
  if (!tbs || !algorithm || whole.length !== 3) throw malformed('CRL: parts')
  const fields = sequenceOf(tbs, 'TBSCertList')
  // Version 1 bears no extensions, and is to be understood all the same (RFC 5280 5).
  const isFirst = fields[0]?.tag !== 0x02
  if (!isFirst && readInteger(fields.shift(), 'CRL version') !== 1n) throw malformed('CRL: version')
  const [inner, issuerNode, thisUpdate] = fields.splice(0, 3)
  if (!inner || !equal(inner.raw, algorithm.raw)) throw malformed('CRL: algorithms differ')
  const issuer = readName(issuerNode, 'CRL issuer')
  const hasNext = fields[0]?.tag === 0x17 || fields[0]?.tag === 0x18
  const nextUpdate = hasNext ? readTime(fields.shift(), 'nextUpdate') : undefined
  const entriesNode = fields[0]?.tag === 0x30 ? fields.shift() : undefined
  const extensionsNode = fields[0]?.tag === 0xa0 ? fields.shift() : undefined
  if (fields.length > 0 || (isFirst && extensionsNode)) throw malformed('CRL: unknown field')
  const extensions = extensionsNode
    ? readExtensions(children(extensionsNode)[0])
    : new Map<string, Extension>()
  let entries: CrlEntries | undefined
  return {
    raw: bytes,
    tbs: tbs.raw,
    signatureAlgorithm: algorithm.raw,
    signature: readSignatureBits(signature, 'CRL signature'),
    issuer,
    thisUpdate: readTime(thisUpdate, 'thisUpdate'),
    nextUpdate,
    ...readCrlExtensions(extensions),
    unknownCritical: unknownCriticalOf(extensions, knownExtensions),
    readEntries: () => (entries ??= readCrlEntries(entriesNode, issuer)),
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

/** Reads the first OBJECT IDENTIFIER of an AlgorithmIdentifier. */
export function algorithmOid(algorithm: Uint8Array): string {
  return readObjectIdentifier(sequenceOf(readDer(algorithm), 'algorithm')[0], 'algorithm')
}

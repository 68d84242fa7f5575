/**
 * Reads the values of the certificate extensions that path validation acts on (RFC 5280 4.2.1). Pure; judges nothing.
 */
import { toHex } from '../bytes.ts'
import {
  children,
  expectTag,
  malformed,
  readBoolean,
  readDer,
  readInteger,
  readNamedBits,
  readObjectIdentifier,
  sequenceOf,
  type Node,
} from '../der/read.ts'
import { oids } from '../oids.ts'
import {
  generalNameKey,
  readGeneralName,
  readGeneralNames,
  readRdn,
  type GeneralName,
  type Name,
} from './names.ts'

/** Bits of keyUsage (RFC 5280 4.2.1.3). */
export const keyUsageBits = {
  digitalSignature: 0,
  contentCommitment: 1,
  keyCertSign: 5,
  cRLSign: 6,
} as const

export interface BasicConstraints {
  readonly isCa: boolean
  readonly pathLength: number | undefined
}

export interface PolicyMapping {
  readonly issuerDomain: string
  readonly subjectDomain: string
}

export interface PolicyConstraints {
  readonly requireExplicitPolicy: number | undefined
  readonly inhibitPolicyMapping: number | undefined
}

export interface NameConstraints {
  readonly permitted: readonly GeneralName[]
  readonly excluded: readonly GeneralName[]
}

/** Name of a distribution point: comparison keys of full names, or the RDN to append to the CRL issuer's name. */
export type DistributionPointName =
  { readonly fullNames: readonly string[] } | { readonly relative: string }

export interface DistributionPoint {
  readonly name: DistributionPointName | undefined
  /** Bits of ReasonFlags; undefined: all reasons. */
  readonly reasons: readonly number[] | undefined
  readonly crlIssuers: readonly Name[] | undefined
}

export interface ExtensionValues {
  readonly basicConstraints: BasicConstraints | undefined
  readonly keyUsage: readonly number[] | undefined
  readonly extendedKeyUsage: readonly string[] | undefined
  /** Hexadecimal. */
  readonly subjectKeyIdentifier: string | undefined
  /** Hexadecimal keyIdentifier. */
  readonly authorityKeyIdentifier: string | undefined
  readonly subjectAltName: readonly GeneralName[]
  readonly certificatePolicies: readonly string[] | undefined
  readonly policyMappings: readonly PolicyMapping[]
  readonly policyConstraints: PolicyConstraints | undefined
  readonly inhibitAnyPolicy: number | undefined
  readonly nameConstraints: NameConstraints | undefined
  readonly crlDistributionPoints: readonly DistributionPoint[] | undefined
}

/** Distribution points in a certificate, and names in one: real ones have one to four; each is held against every CRL. */
const [maxPoints, maxPointNames] = [32, 32]

/** Members of one extension: more is hostile. */
const maxMembers = 1024
/** SkipCerts and pathLen above this mean no limit: a path is never as long. */
const maxSkip = 1_000_000n

/** Reads all known extensions; throws `DER_MALFORMED`. */
export function readExtensionValues(
  extensions: ReadonlyMap<string, { readonly value: Uint8Array }>,
): ExtensionValues {
  const read = <T>(oid: string, reader: (node: Node) => T): T | undefined => {
    const extension = extensions.get(oid)
    return extension && reader(readDer(extension.value))
  }
  checkWellFormed(read)
  return {
    basicConstraints: read(oids.basicConstraints, readBasicConstraints),
    keyUsage: read(oids.keyUsage, (node) => readNamedBits(node, 'keyUsage')),
    extendedKeyUsage: read(oids.extendedKeyUsage, (node) =>
      members(node, 'extKeyUsage').map((part) => readObjectIdentifier(part, 'extKeyUsage')),
    ),
    subjectKeyIdentifier: read(oids.subjectKeyIdentifier, (node) =>
      toHex(expectTag(node, 0x04, 'subjectKeyIdentifier').contents),
    ),
    authorityKeyIdentifier: read(oids.authorityKeyIdentifier, readAuthorityKeyIdentifier),
    subjectAltName: read(oids.subjectAltName, readSubjectAltName) ?? [],
    certificatePolicies: read(oids.certificatePolicies, readPolicies),
    policyMappings: read(oids.policyMappings, readMappings) ?? [],
    policyConstraints: read(oids.policyConstraints, readPolicyConstraints),
    inhibitAnyPolicy: read(oids.inhibitAnyPolicy, (node) => skip(node, 'inhibitAnyPolicy')),
    nameConstraints: read(oids.nameConstraints, readNameConstraints),
    crlDistributionPoints: read(oids.crlDistributionPoints, readDistributionPoints),
  }
}

/** Extensions that nothing here acts on but that must be what they say they are (RFC 5280 4.2.1.15, 4.2.2.1, 4.2.2.2). */
function checkWellFormed(read: <T>(oid: string, reader: (node: Node) => T) => T | undefined): void {
  read(oids.freshestCrl, readDistributionPoints)
  for (const oid of [oids.authorityInfoAccess, oids.subjectInfoAccess]) {
    read(oid, (node) => {
      for (const part of members(node, 'infoAccess')) {
        const [method, location, extra] = sequenceOf(part, 'accessDescription')
        readObjectIdentifier(method, 'accessMethod')
        if (!location || extra) throw malformed('accessDescription')
        readGeneralName(location, 'accessLocation')
      }
    })
  }
  read(oids.issuerAltName, (node) => readGeneralNames(node, 'issuerAltName'))
}

/**
 * SubjectAltName (RFC 5280 4.2.1.6): no empty name, addresses of 4 or 16 octets. One without any name, which old authorities made, is read;
 * path validation refuses it.
 */
function readSubjectAltName(node: Node): GeneralName[] {
  if (node.tag === 0x30 && node.contents.length === 0) return []
  const names = readGeneralNames(node, 'SAN')
  for (const name of names) {
    const isWhole =
      name.kind === 'ip'
        ? name.octets.length === 4 || name.octets.length === 16
        : !('text' in name) || name.text.trim() !== ''
    if (!isWhole) throw malformed(`SAN: ${name.kind}`)
  }
  return names
}

function readDistributionPoints(node: Node): DistributionPoint[] {
  const parts = members(node, 'cRLDistributionPoints')
  if (parts.length > maxPoints) throw malformed('cRLDistributionPoints: too many')
  return parts.map(readDistributionPoint)
}

function members(node: Node, what: string): Node[] {
  const parts = sequenceOf(node, what)
  if (parts.length === 0 || parts.length > maxMembers) throw malformed(`${what}: count`)
  return parts
}

function skip(node: Node, what: string): number {
  const value = readInteger({ ...node, tag: 0x02 }, what)
  if (value < 0n) throw malformed(`${what}: negative`)
  return Number(value > maxSkip ? maxSkip : value)
}

function readBasicConstraints(node: Node): BasicConstraints {
  const parts = sequenceOf(node, 'basicConstraints')
  const isCa = parts[0]?.tag === 0x01 && readBoolean(parts.shift(), 'cA')
  const [length, extra] = parts
  if (extra) throw malformed('basicConstraints')
  const pathLength = length && skip(expectTag(length, 0x02, 'pathLenConstraint'), 'pathLen')
  return { isCa, pathLength }
}

function readAuthorityKeyIdentifier(node: Node): string | undefined {
  const parts = sequenceOf(node, 'authorityKeyIdentifier')
  const keyIdentifier = parts.find((part) => part.tag === 0x80)
  return keyIdentifier && toHex(keyIdentifier.contents)
}

function readPolicies(node: Node): string[] {
  const policies = members(node, 'certificatePolicies').map((part) => {
    const [oid] = sequenceOf(part, 'policyInformation')
    return readObjectIdentifier(oid, 'policyIdentifier')
  })
  // RFC 5280 4.2.1.4: a policy stands once.
  if (new Set(policies).size !== policies.length) throw malformed('a policy stands twice')
  return policies
}

function readMappings(node: Node): PolicyMapping[] {
  return members(node, 'policyMappings').map((part) => {
    const [issuerDomain, subjectDomain, extra] = sequenceOf(part, 'policyMapping')
    if (extra) throw malformed('policyMapping')
    return {
      issuerDomain: readObjectIdentifier(issuerDomain, 'issuerDomainPolicy'),
      subjectDomain: readObjectIdentifier(subjectDomain, 'subjectDomainPolicy'),
    }
  })
}

function readPolicyConstraints(node: Node): PolicyConstraints {
  const fields = byTag(node, [0x80, 0x81], 'policyConstraints')
  const [require, inhibit] = [fields.get(0x80), fields.get(0x81)]
  return {
    requireExplicitPolicy: require && skip(require, 'requireExplicitPolicy'),
    inhibitPolicyMapping: inhibit && skip(inhibit, 'inhibitPolicyMapping'),
  }
}

function readNameConstraints(node: Node): NameConstraints {
  const fields = byTag(node, [0xa0, 0xa1], 'nameConstraints')
  if (fields.size === 0) throw malformed('nameConstraints: empty')
  const subtrees = (tag: number): GeneralName[] => {
    const field = fields.get(tag)
    const parts = field ? children(field) : []
    if (parts.length > maxMembers) throw malformed('nameConstraints: too many')
    return parts.map((part) => {
      const [base, ...range] = sequenceOf(part, 'generalSubtree')
      // RFC 5280 4.2.1.10: minimum is 0 (so not encoded) and maximum absent.
      if (!base || range.length > 0) throw malformed('generalSubtree with minimum or maximum')
      return readGeneralName(base, 'generalSubtree')
    })
  }
  return { permitted: subtrees(0xa0), excluded: subtrees(0xa1) }
}

/** Reads one DistributionPoint (RFC 5280 4.2.1.13). */
function readDistributionPoint(node: Node): DistributionPoint {
  const fields = byTag(node, [0xa0, 0x81, 0xa2], 'distributionPoint')
  const [name, reasons, issuers] = [fields.get(0xa0), fields.get(0x81), fields.get(0xa2)]
  if (!name && !issuers) throw malformed('distributionPoint: neither name nor issuer')
  return {
    name: name && readDistributionPointName(name),
    reasons: reasons && readReasonFlags(reasons),
    crlIssuers:
      issuers &&
      readGeneralNames(issuers, 'cRLIssuer', 0xa2).flatMap((general) =>
        general.kind === 'directory' ? [general.name] : [],
      ),
  }
}

/** Reads ReasonFlags under an implicit tag. */
export function readReasonFlags(node: Node): number[] {
  return readNamedBits({ ...node, tag: 0x03 }, 'reasons')
}

/** Reads the explicit `[0]` around a DistributionPointName. */
export function readDistributionPointName(node: Node): DistributionPointName {
  const [choice, extra] = children(node)
  if (!choice || extra) throw malformed('distributionPointName')
  if (choice.tag === 0xa1) return { relative: readRdn(choice, 'nameRelativeToCRLIssuer').key }
  const names = readGeneralNames(choice, 'fullName', 0xa0)
  if (names.length > maxPointNames) throw malformed('fullName: too many')
  return { fullNames: names.map(generalNameKey) }
}

/** Optional fields of a SEQUENCE by tag, each at most once, in the order of `tags`, nothing else. */
export function byTag(
  node: Node,
  tags: readonly number[],
  what: string,
): ReadonlyMap<number, Node> {
  const fields = new Map<number, Node>()
  let last = -1
  for (const part of sequenceOf(node, what)) {
    const order = tags.indexOf(part.tag)
    if (order <= last) throw malformed(`${what}: field 0x${part.tag.toString(16)}`)
    last = order
    fields.set(part.tag, part)
  }
  return fields
}

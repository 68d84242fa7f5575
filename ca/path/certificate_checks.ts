/**
 * What one certificate must be by itself to stand in a path, whatever stands around it (RFC 5280 4, 6.1.3 a 2, 6.1.4 k to o, 6.1.5 f),
 * one small function a clause. Pure.
 *
 * Where section 4 binds only who makes certificates, and a careless certificate harms nobody, nothing is refused: a PKI may do without key
 * identifiers, policyConstraints and nameConstraints be marked not critical (they bind all the same), serial numbers be negative.
 */
import { oids } from '../oids.ts'
import { isSelfIssued, type Certificate } from './certificate.ts'
import { keyUsageBits } from './extensions.ts'
import type { PathFindingCode } from './findings.ts'

export interface Objection {
  readonly code: PathFindingCode
  readonly message: string
}

/** Extensions whose meaning is known here or to the caller; another critical one refuses (6.1.4 o, 6.1.5 f). */
const understood: readonly string[] = [
  oids.keyUsage,
  oids.subjectAltName,
  oids.basicConstraints,
  oids.nameConstraints,
  oids.crlDistributionPoints,
  oids.certificatePolicies,
  oids.policyMappings,
  oids.policyConstraints,
  oids.inhibitAnyPolicy,
  oids.extendedKeyUsage, // judged by whoever knows the purpose
]

/** Known, and never critical: RFC 5280 4.2.1.1, 4.2.1.2, 4.2.1.15, 4.2.2.1, 4.2.2.2. */
const neverCritical: readonly string[] = [
  oids.authorityKeyIdentifier,
  oids.subjectKeyIdentifier,
  oids.freshestCrl,
  oids.authorityInfoAccess,
  oids.subjectInfoAccess,
]

const maxSerialOctets = 20

/** The first critical extension whose meaning is not known here or to callers, or undefined. */
export function unknownCriticalExtension(certificate: Certificate): string | undefined {
  for (const [oid, { critical }] of certificate.extensions) {
    if (critical && !understood.includes(oid)) return oid
  }
  return undefined
}

/** All that any certificate of a path must hold to. */
export function certificateObjections(certificate: Certificate, at: Date): readonly Objection[] {
  const objections = [
    validityObjection(certificate, at),
    profileObjection(certificate),
    extensionObjection(certificate),
  ]
  return objections.filter((objection) => objection !== undefined)
}

/** What an issuing certificate must hold to besides. */
export function authorityObjections(certificate: Certificate): readonly Objection[] {
  const objections = [authorityObjection(certificate), keyUsageObjection(certificate)]
  return objections.filter((objection) => objection !== undefined)
}

/**
 * What an anchor given as a certificate must hold to (RFC 5937 3): a root that ended, that is no authority, or that bears what is not
 * understood is not gone by, though RFC 5280 6.1 asks nothing of anchors. One of version 1 is an authority by being named an anchor.
 */
export function anchorObjections(anchor: Certificate, at: Date): readonly Objection[] {
  const extension = anchor.extensions.get(oids.basicConstraints)
  const loose: Objection[] =
    extension?.critical === false
      ? [violation('the anchor’s basicConstraints is not critical', '4.2.1.9')]
      : []
  const authority = anchor.version === 3 ? authorityObjections(anchor) : []
  return [...certificateObjections(anchor, at), ...loose, ...authority]
}

/** 6.1.3 (a)(2). */
function validityObjection(certificate: Certificate, at: Date): Objection | undefined {
  const { notBefore, notAfter } = certificate
  if (at < notBefore) {
    const message = `valid only from ${notBefore.toISOString()} (RFC 5280 6.1.3 a 2)`
    return { code: 'NOT_YET_VALID', message }
  }
  if (at > notAfter) {
    return { code: 'EXPIRED', message: `ended ${notAfter.toISOString()} (RFC 5280 6.1.3 a 2)` }
  }
  return undefined
}

const violation = (message: string, section: string): Objection => ({
  code: 'PROFILE_VIOLATED',
  message: `${message} (RFC 5280 ${section})`,
})

/** What section 4 forbids and going by it would be a risk: names that name nobody. */
function profileObjection(certificate: Certificate): Objection | undefined {
  const { serialNumber, issuer, subject, extensions } = certificate
  const isCa = certificate.basicConstraints?.isCa === true
  if (isCa && extensions.has(oids.noRevAvail)) {
    return { code: 'PROFILE_VIOLATED', message: 'an authority with noRevAvail (RFC 9608 4)' }
  }
  if (serialNumber === '00') return violation('the serial number is zero', '4.1.2.2')
  if (serialNumber.length > maxSerialOctets * 2) {
    return violation('the serial number has more than 20 octets', '4.1.2.2')
  }
  if (extensions.has(oids.subjectAltName) && certificate.subjectAltName.length === 0) {
    return violation('subjectAltName without a name', '4.2.1.6')
  }
  if (issuer.rdns.length === 0) return violation('the issuer has no name', '4.1.2.4')
  if (subject.rdns.length === 0) {
    if (isCa) return violation('an authority has no name', '4.1.2.6')
    const isNamed = extensions.get(oids.subjectAltName)?.critical === true
    if (!isNamed) return violation('no subject, and no critical subjectAltName', '4.1.2.6')
  }
  return undefined
}

/** What a target must hold to besides: no power of an authority without being one. */
export function targetObjection(certificate: Certificate): Objection | undefined {
  if (certificate.basicConstraints?.isCa === true) return undefined
  if (certificate.keyUsage?.includes(keyUsageBits.keyCertSign) === true) {
    return violation('keyCertSign without cA', '4.2.1.9')
  }
  return certificate.nameConstraints
    ? violation('nameConstraints in a certificate of no authority', '4.2.1.10')
    : undefined
}

/**
 * Where key identifiers are used they are used throughout (4.2.1.1, 4.2.1.2): what a certificate refers to stands in its issuer's, and an
 * authority that has one says whose it is below. Whether they are equal is for finding paths only: the signature decides.
 */
export function identifierObjection(
  certificate: Certificate,
  issuer: Certificate | undefined,
): Objection | undefined {
  const { authorityKeyIdentifier: refers, subjectKeyIdentifier: own } = certificate
  if (!issuer || issuer.version < 3) return undefined
  const above = issuer.subjectKeyIdentifier
  if (refers !== undefined && above === undefined) {
    return violation('an authority that is referred to has no subjectKeyIdentifier', '4.2.1.2')
  }
  const isCa = certificate.basicConstraints?.isCa === true && !isSelfIssued(certificate)
  if (isCa && refers === undefined && own !== undefined && above !== undefined) {
    return violation('an authority has no authorityKeyIdentifier', '4.2.1.1')
  }
  return undefined
}

/** 6.1.4 (o), 6.1.5 (f). */
function extensionObjection(certificate: Certificate): Objection | undefined {
  const oid = unknownCriticalExtension(certificate)
  if (oid === undefined) return undefined
  if (neverCritical.includes(oid)) {
    return violation(`extension ${oid} must not be critical`, '4.2.1, 4.2.2')
  }
  const message = `critical extension ${oid} is not known (RFC 5280 6.1.4 o, 6.1.5 f)`
  return { code: 'CRITICAL_EXTENSION_UNKNOWN', message }
}

/** 6.1.4 (k). */
function authorityObjection(certificate: Certificate): Objection | undefined {
  if (certificate.basicConstraints?.isCa === true) return undefined
  const message = 'not a certification authority (RFC 5280 6.1.4 k)'
  return { code: 'BASIC_CONSTRAINTS_MISSING', message }
}

/** 6.1.4 (n). */
function keyUsageObjection(certificate: Certificate): Objection | undefined {
  const { keyUsage } = certificate
  if (keyUsage === undefined || keyUsage.includes(keyUsageBits.keyCertSign)) return undefined
  const message = 'keyUsage without keyCertSign (RFC 5280 6.1.4 n)'
  return { code: 'KEY_USAGE_FORBIDS_ISSUING', message }
}

/** 6.1.4 (l), (m): max_path_length after this authority, and the objection if there was no room for it. */
export function nextPathLength(
  certificate: Certificate,
  maxLength: number,
): { readonly value: number; readonly objection: Objection | undefined } {
  const own = certificate.basicConstraints?.pathLength ?? Infinity
  if (isSelfIssued(certificate)) {
    return { value: Math.min(maxLength, own), objection: undefined }
  }
  const message = 'more authorities than pathLenConstraint allows (RFC 5280 6.1.4 l)'
  const objection: Objection | undefined =
    maxLength > 0 ? undefined : { code: 'PATH_LENGTH_EXCEEDED', message }
  return { value: Math.min(Math.max(0, maxLength - 1), own), objection }
}

/**
 * Purposes that are left after one more certificate (RFC 5280 4.2.1.12: a key serves only the purposes its certificate names, and an
 * authority's serves them by issuing); undefined: all. An empty list means that the certificate is good for nothing.
 */
export function narrowPurposes(
  left: readonly string[] | undefined,
  certificate: Certificate,
): readonly string[] | undefined {
  const own = certificate.extendedKeyUsage
  if (own === undefined || own.includes(oids.anyExtendedKeyUsage)) return left
  return left === undefined ? own : own.filter((purpose) => left.includes(purpose))
}

/** The objection to a path on which no purpose is left. */
export const noPurposeLeft: Objection = {
  code: 'PURPOSE_NOT_PERMITTED',
  message: 'no purpose is allowed by all certificates of the path (RFC 5280 4.2.1.12)',
}

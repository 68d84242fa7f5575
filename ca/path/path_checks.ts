/**
 * The clauses of basic path validation (RFC 5280 6.1.3 to 6.1.5) over one candidate path, one small function a clause.
 * Signatures were checked when the path was built (6.1.3 a 1); revocation is asked afterwards. Pure.
 */
import { oids } from '../oids.ts'
import { isSelfIssued, type Certificate } from './certificate.ts'
import { keyUsageBits } from './extensions.ts'
import type { PathFinding, PathFindingCode } from './findings.ts'
import { addConstraints, nameObjection, noConstraints } from './name_constraints.ts'
import { sameName, type Name } from './names.ts'
import type { CandidatePath } from './path_building.ts'
import {
  applyPolicies,
  concludePolicies,
  preparePolicies,
  startPolicies,
  type PolicyInputs,
} from './policies.ts'

interface Objection {
  readonly code: PathFindingCode
  readonly message: string
}

export interface PathVerdict {
  readonly findings: readonly PathFinding[]
  readonly policies: readonly string[]
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

/** Walks a candidate from the anchor to the target and collects every clause that does not hold. */
export function checkPath(
  candidate: CandidatePath,
  options: { readonly at: Date; readonly policies: PolicyInputs },
): PathVerdict {
  const { certificates, anchor } = candidate
  const findings: PathFinding[] = []
  const policies = startPolicies(options.policies, certificates.length)
  let constraints = noConstraints
  let maxLength = certificates.length // 6.1.2 (k)
  let issuerName = anchor.subject
  let concluded: readonly string[] = []
  for (const [step, certificate] of certificates.toReversed().entries()) {
    const certificateIndex = certificates.length - 1 - step
    const isLast = certificateIndex === 0
    const note = (objection: Objection | undefined) => {
      if (objection) findings.push({ ...objection, certificateIndex })
    }
    note(validityObjection(certificate, options.at))
    note(chainingObjection(certificate, issuerName))
    if (isLast || !isSelfIssued(certificate)) note(nameObjection(constraints, certificate))
    note(applyPolicies(policies, certificate, isLast))
    note(extensionObjection(certificate))
    if (isLast) {
      const conclusion = concludePolicies(policies, certificate)
      note(conclusion.objection)
      concluded = conclusion.policies
      break
    }
    note(preparePolicies(policies, certificate))
    constraints = addConstraints(constraints, certificate.nameConstraints)
    note(authorityObjection(certificate))
    const length = nextPathLength(certificate, maxLength)
    note(length.objection)
    maxLength = length.value
    note(keyUsageObjection(certificate))
    issuerName = certificate.subject
  }
  return { findings, policies: concluded }
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

/** 6.1.3 (a)(4). */
function chainingObjection(certificate: Certificate, issuer: Name): Objection | undefined {
  if (sameName(certificate.issuer, issuer)) return undefined
  const message = 'the issuer is not the subject before it (RFC 5280 6.1.3 a 4)'
  return { code: 'NAME_CHAINING_BROKEN', message }
}

/** The first critical extension whose meaning is not known here or to callers, or undefined. */
export function unknownCriticalExtension(certificate: Certificate): string | undefined {
  for (const [oid, { critical }] of certificate.extensions) {
    if (critical && !understood.includes(oid)) return oid
  }
  return undefined
}

/** 6.1.4 (o), 6.1.5 (f). */
function extensionObjection(certificate: Certificate): Objection | undefined {
  const oid = unknownCriticalExtension(certificate)
  if (oid === undefined) return undefined
  const message = `critical extension ${oid} is not known (RFC 5280 6.1.4 o, 6.1.5 f)`
  return { code: 'CRITICAL_EXTENSION_UNKNOWN', message }
}

/** 6.1.4 (k). */
function authorityObjection(certificate: Certificate): Objection | undefined {
  if (certificate.basicConstraints?.isCa === true) return undefined
  const message = 'not a certification authority (RFC 5280 6.1.4 k)'
  return { code: 'BASIC_CONSTRAINTS_MISSING', message }
}

/** 6.1.4 (l), (m). */
function nextPathLength(
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

/** 6.1.4 (n). */
function keyUsageObjection(certificate: Certificate): Objection | undefined {
  const { keyUsage } = certificate
  if (keyUsage === undefined || keyUsage.includes(keyUsageBits.keyCertSign)) return undefined
  const message = 'keyUsage without keyCertSign (RFC 5280 6.1.4 n)'
  return { code: 'KEY_USAGE_FORBIDS_ISSUING', message }
}

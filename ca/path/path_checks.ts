/**
 * Basic path validation (RFC 5280 6.1.2 to 6.1.5) over one candidate path. Signatures were checked when the path was built (6.1.3 a 1);
 * revocation is asked afterwards. Pure.
 */
import { isSelfIssued } from './certificate.ts'
import {
  anchorObjections,
  authorityObjections,
  certificateObjections,
  identifierObjection,
  narrowPurposes,
  nextPathLength,
  noPurposeLeft,
  targetObjection,
  type Objection,
} from './certificate_checks.ts'
import type { PathFinding } from './findings.ts'
import { addConstraints, nameObjection, noConstraints } from './name_constraints.ts'
import { sameName, type Name } from './names.ts'
import type { CandidatePath } from './path_building.ts'
import {
  applyPolicies,
  concludePolicies,
  constrainPolicies,
  preparePolicies,
  startPolicies,
  type PolicyInputs,
} from './policies.ts'
import type { Certificate } from './certificate.ts'
import type { Work } from './work.ts'

export interface PathVerdict {
  readonly findings: readonly PathFinding[]
  readonly policies: readonly string[]
}

/** Walks a candidate from the anchor to the target and collects every clause that does not hold. */
export function checkPath(
  candidate: CandidatePath,
  options: { readonly at: Date; readonly policies: PolicyInputs; readonly work: Work },
): PathVerdict {
  const { certificates, anchor } = candidate
  const { at, work } = options
  const findings: PathFinding[] = []
  const policies = startPolicies(options.policies, certificates.length)
  const start = startFrom(anchor.certificate, certificates.length)
  if (anchor.certificate) {
    // RFC 5937 3: what an anchor's certificate limits is limited from the start.
    constrainPolicies(policies, anchor.certificate)
    const certificateIndex = certificates.length
    // A root vouches for older ones by links (RFC 4210 4.4), whose own time counts for what was before it.
    const top = certificates.at(-1)
    const isLinked = top !== undefined && certificates.length > 1 && isSelfIssued(top)
    const objections = anchorObjections(anchor.certificate, at).filter(
      ({ code }) => !(isLinked && code === 'NOT_YET_VALID'),
    )
    findings.push(...objections.map((objection) => ({ ...objection, certificateIndex })))
  }
  let { constraints, maxLength, purposes } = start
  let issuerName = anchor.subject
  let issuer = anchor.certificate
  let concluded: readonly string[] = []
  for (const [step, certificate] of certificates.toReversed().entries()) {
    const certificateIndex = certificates.length - 1 - step
    const isLast = certificateIndex === 0
    const note = (...objections: readonly (Objection | undefined)[]) => {
      for (const objection of objections) {
        if (objection) findings.push({ ...objection, certificateIndex })
      }
    }
    note(...certificateObjections(certificate, at), chainingObjection(certificate, issuerName))
    note(identifierObjection(certificate, issuer))
    if (isLast || !isSelfIssued(certificate)) {
      note(nameObjection(constraints, certificate, { isLast, work }))
    }
    purposes = narrowPurposes(purposes, certificate)
    if (purposes?.length === 0) {
      note(noPurposeLeft)
      purposes = undefined // said once
    }
    const withoutPolicy = applyPolicies(policies, certificate, isLast)
    if (!findings.some(({ code }) => code === withoutPolicy?.code)) note(withoutPolicy)
    if (isLast) {
      const conclusion = concludePolicies(policies, certificate)
      if (!findings.some(({ code }) => code === conclusion.objection?.code)) {
        note(conclusion.objection)
      }
      note(targetObjection(certificate))
      concluded = conclusion.policies
      break
    }
    note(preparePolicies(policies, certificate))
    constraints = addConstraints(constraints, certificate.nameConstraints)
    const length = nextPathLength(certificate, maxLength)
    note(...authorityObjections(certificate), length.objection)
    maxLength = length.value
    issuerName = certificate.subject
    issuer = certificate
  }
  return { findings, policies: concluded }
}

/** 6.1.2 (b), (c), (k), narrowed by what the anchor's own certificate says. */
function startFrom(anchor: Certificate | undefined, length: number) {
  return {
    constraints: addConstraints(noConstraints, anchor?.nameConstraints),
    maxLength: Math.min(length, anchor?.basicConstraints?.pathLength ?? Infinity),
    purposes: anchor && narrowPurposes(undefined, anchor),
  }
}

/** 6.1.3 (a)(4). */
function chainingObjection(certificate: Certificate, issuer: Name): Objection | undefined {
  if (sameName(certificate.issuer, issuer)) return undefined
  const message = 'the issuer is not the subject before it (RFC 5280 6.1.3 a 4)'
  return { code: 'NAME_CHAINING_BROKEN', message }
}

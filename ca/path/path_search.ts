/**
 * Searches for a path that holds: candidates one after the other, each judged by its clauses and then by revocation, for which the signers of
 * lists need paths of their own (RFC 5280 6.1, 6.3.3 f). Pure but for the signature port; bounded by `pathLimits`.
 */
import { equal } from '../bytes.ts'
import { oids } from '../oids.ts'
import type { SignatureBudget } from './budget.ts'
import { isSelfIssued, type Certificate } from './certificate.ts'
import type { Crl } from './crl.ts'
import type { PathFinding } from './findings.ts'
import { nameKey, sameName } from './names.ts'
import {
  candidatePaths,
  type Anchor,
  type CandidatePath,
  type Pool,
  type SearchTrace,
} from './path_building.ts'
import { checkPath } from './path_checks.ts'
import type { PolicyInputs } from './policies.ts'
import {
  checkRevocation,
  isOwnCrlIssuer,
  maySignCrls,
  type RevocationStatus,
} from './revocation.ts'
import type { Work } from './work.ts'

/**
 * Bounds of what one call costs: certificates, CRLs and octets of them read, candidate paths tried, signatures checked, paths of CRL signers
 * nested, small steps taken. What lies beyond is left out, and the report says so.
 */
export const pathLimits = {
  certificates: 2000,
  certificateBytes: 8 * 1024 * 1024,
  crls: 500,
  crlBytes: 64 * 1024 * 1024,
  paths: 100,
  signatures: 400,
  listSignatures: 400,
  nesting: 3,
  steps: 2_000_000,
}

/** No policy asked for. */
export const anyPolicies: PolicyInputs = {
  initialPolicySet: [oids.anyPolicy],
  requireExplicitPolicy: false,
  inhibitPolicyMapping: false,
  inhibitAnyPolicy: false,
}

/** What one call shares over all paths, those of CRL signers included. */
export interface Run {
  readonly pool: Pool
  readonly crls: readonly Crl[]
  readonly at: Date
  readonly revocation: 'crl' | 'none'
  readonly budget: SignatureBudget
  /** Another for lists, so that look-alike certificates cannot use up what lists need. */
  readonly listBudget: SignatureBudget
  readonly work: Work
  readonly paths: { tried: number }
}

export interface Search {
  readonly run: Run
  readonly target: Certificate
  readonly policies: PolicyInputs
  /** Signers of CRLs whose paths are being searched for, outermost first. */
  readonly above: readonly Certificate[]
  /** What is asked of a path before it is judged. */
  readonly accepts?: (candidate: CandidatePath) => boolean
}

export interface Outcome {
  readonly candidate: CandidatePath | undefined
  /** Empty if the candidate is valid. */
  readonly findings: readonly PathFinding[]
  readonly policies: readonly string[]
}

/** The first candidate that holds, or else the one that broke fewest clauses. */
export async function findPath(search: Search): Promise<Outcome> {
  const { run, target } = search
  const trace: SearchTrace = { signatureFailed: false, unsupported: undefined, limited: false }
  let best: Outcome | undefined
  const { pool, budget, at, work } = run
  for await (const candidate of candidatePaths({ pool, budget, trace, at, work }, target)) {
    if (++run.paths.tried > pathLimits.paths) {
      return best ?? nothing('LIMIT_EXCEEDED', 'too many candidate paths (RFC 4158 7.1)')
    }
    if (search.accepts && !search.accepts(candidate)) continue
    const outcome = await judge(search, candidate)
    if (outcome.findings.length === 0) return outcome
    if (!best || outcome.findings.length < best.findings.length) best = outcome
  }
  return best ?? nothingFound(trace, budget)
}

/** Why there is not even a candidate. */
function nothingFound(trace: SearchTrace, budget: SignatureBudget): Outcome {
  if (budget.exhausted || trace.limited) {
    return nothing('LIMIT_EXCEEDED', 'too many signatures, or too long a path (RFC 4158 7.1)')
  }
  if (trace.unsupported !== undefined) {
    const message = `${trace.unsupported} is not supported (RFC 5280 6.1.3 a 1)`
    return nothing('ALGORITHM_UNSUPPORTED', message)
  }
  return trace.signatureFailed
    ? nothing('SIGNATURE_INVALID', 'no issuer of this name verifies it (RFC 5280 6.1.3 a 1)')
    : nothing('ISSUER_NOT_FOUND', 'no path leads to a trust anchor (RFC 5280 6.1.1)')
}

function nothing(code: PathFinding['code'], message: string): Outcome {
  return { candidate: undefined, findings: [{ code, message }], policies: [] }
}

async function judge(search: Search, candidate: CandidatePath): Promise<Outcome> {
  const { run, policies } = search
  const verdict = checkPath(candidate, { at: run.at, policies, work: run.work })
  const findings = [...verdict.findings]
  if (findings.length === 0 && run.revocation === 'crl') {
    findings.push(...(await revocationFindings(search, candidate)))
  }
  return { candidate, findings, policies: verdict.policies }
}

/** 6.1.3 (a)(3), from the anchor downwards, so that the issuer is settled before its CRL is believed. */
async function revocationFindings(
  search: Search,
  candidate: CandidatePath,
): Promise<readonly PathFinding[]> {
  const { certificates, anchor } = candidate
  const signers = new Map<Certificate, boolean>()
  for (const [step, certificate] of certificates.toReversed().entries()) {
    const certificateIndex = certificates.length - 1 - step
    const above = certificates.slice(certificateIndex + 1)
    const found = await statusOf(search, { certificate, above, anchor, signers })
    if (search.run.work.exhausted) {
      const message = 'too many lists and distribution points (RFC 5280 6.3.3)'
      return [{ code: 'LIMIT_EXCEEDED', message, certificateIndex }]
    }
    if (found.status === 'revoked') {
      const message = `revoked ${found.date.toISOString()}, reason ${String(found.reason)} (RFC 5280 6.1.3 a 3)`
      return [{ code: 'REVOKED', message, certificateIndex }]
    }
    if (found.status === 'undetermined') {
      const code = found.stale ? 'REVOCATION_STALE' : 'REVOCATION_UNDETERMINED'
      return [{ code, message: found.message, certificateIndex }]
    }
  }
  return []
}

/** A certificate in its place in a path. */
interface Place {
  readonly certificate: Certificate
  /** The authorities above it, its issuer first; none: the anchor is its issuer. */
  readonly above: readonly Certificate[]
  readonly anchor: Anchor
  /** Signers of lists whose own path was judged for this path. */
  readonly signers: Map<Certificate, boolean>
}

function statusOf(search: Search, place: Place): Promise<RevocationStatus> {
  const { crls, at, work } = search.run
  return checkRevocation({
    certificate: place.certificate,
    crls,
    at,
    work,
    isAuthentic: (crl) => isAuthentic(search, crl, place),
  })
}

/**
 * 6.3.3 (f), (g): the list verifies under the anchor, the certificate's own issuer, or a signer with a valid path to the same anchor that was
 * certified by an authority on the certificate's own path. Else any authority under the anchor could take another's name and sign its lists.
 */
async function isAuthentic(search: Search, crl: Crl, place: Place): Promise<boolean> {
  const { run } = search
  const { certificate, above, anchor } = place
  if (
    sameName(crl.issuer, anchor.subject) &&
    (await run.listBudget.verify(crl, anchor.publicKey))
  ) {
    return anchor.certificate === undefined || maySignCrls(anchor.certificate)
  }
  const [issuer] = above
  const named = run.pool.bySubject.get(nameKey(crl.issuer)) ?? []
  for (const signer of named) {
    if (!maySignCrls(signer) || !(await run.listBudget.verify(crl, signer.publicKey))) continue
    if (issuer && equal(signer.raw, issuer.raw)) return true
    if (equal(signer.raw, certificate.raw) && isOwnCrlIssuer(certificate, crl)) return true
    const holds = place.signers.get(signer) ?? (await hasOwnPath(search, signer, place))
    place.signers.set(signer, holds)
    if (holds) return true
  }
  return false
}

/** A CRL signer's own path, revocation included; by its own list a signer is vouched for only where `isOwnCrlIssuer` says so. */
async function hasOwnPath(search: Search, signer: Certificate, place: Place): Promise<boolean> {
  const { run, above } = search
  const isAbove = above.some((other) => equal(other.raw, signer.raw))
  if (isAbove || above.length >= pathLimits.nesting) return false
  const pool = { ...run.pool, anchors: [place.anchor] }
  const outcome = await findPath({
    run: { ...run, pool },
    target: signer,
    policies: anyPolicies,
    above: [...above, signer],
    accepts: (candidate) => isCertifiedFrom(candidate, place),
  })
  return outcome.findings.length === 0
}

/** Whether who certified the signer (new keys under its own name left out) stands above the certificate, too: same name, same key. */
function isCertifiedFrom({ certificates, anchor }: CandidatePath, place: Place): boolean {
  const certified = certificates.findIndex((certificate) => !isSelfIssued(certificate))
  const authority = certified < 0 ? anchor : (certificates[certified + 1] ?? anchor)
  return [...place.above, place.anchor].some(
    (other) =>
      sameName(other.subject, authority.subject) && equal(other.publicKey, authority.publicKey),
  )
}

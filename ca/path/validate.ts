/**
 * `validatePath`: certification path validation (RFC 5280 6), with path building, policies, name constraints and CRLs.
 * Pure but for the signature port; reads no clock and fetches nothing. What is not understood is refused, never accepted.
 */
import { equal } from '../bytes.ts'
import { CaError } from '../errors.ts'
import { oids } from '../oids.ts'
import { createSignatureBudget, type SignatureBudget } from './budget.ts'
import { readCertificate, type Certificate } from './certificate.ts'
import { readCrl, type Crl } from './crl.ts'
import type { PathFinding } from './findings.ts'
import { nameKey, readNameDer, sameName } from './names.ts'
import {
  candidatePaths,
  createPool,
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
import type { VerifySignature } from './signatures.ts'
import { createWork, type Work } from './work.ts'

/** A trust anchor: a certificate, DER, or a name and a key, DER Name and SubjectPublicKeyInfo. */
export type AnchorInput =
  Uint8Array | { readonly subject: Uint8Array; readonly publicKey: Uint8Array }

export interface ValidatePathOptions {
  /** DER certificate to be judged. */
  readonly target: Uint8Array
  /** DER certificates that may lie between, in any order; signers of CRLs too. */
  readonly intermediates: readonly Uint8Array[]
  readonly anchors: readonly AnchorInput[]
  /** DER CRLs, in any order. */
  readonly crls: readonly Uint8Array[]
  readonly at: Date
  readonly policies?: {
    /** Default: any policy. */
    readonly initialPolicySet?: readonly string[]
    readonly requireExplicitPolicy?: boolean
    readonly inhibitPolicyMapping?: boolean
    readonly inhibitAnyPolicy?: boolean
  }
  /** `crl` (default): every certificate needs a CRL that speaks of it; `none`: revocation is not asked. */
  readonly revocation?: 'crl' | 'none'
  /** WebCrypto by default. */
  readonly verifySignature?: VerifySignature
}

export interface PathReport {
  readonly valid: boolean
  /** Empty if valid; else why the likeliest candidate is not. */
  readonly findings: readonly PathFinding[]
  /** DER certificates, target first; the anchor last where it was given as a certificate. */
  readonly path: readonly Uint8Array[]
  /** Policies under which the path is valid (RFC 5280 6.1.6). */
  readonly userConstrainedPolicySet: readonly string[]
}

/**
 * Bounds of what one call costs: certificates, CRLs and octets of them read, candidate paths tried, signatures checked, paths of CRL signers
 * nested, small steps taken. What lies beyond is left out, and the report says so.
 */
export const pathLimits = {
  certificates: 500,
  crls: 500,
  bytes: 64 * 1024 * 1024,
  paths: 100,
  signatures: 400,
  nesting: 3,
  steps: 2_000_000,
}

/** Validates a certificate against trust anchors; resolves for any bytes, never throws over them. */
export async function validatePath(options: ValidatePathOptions): Promise<PathReport> {
  const reading: PathFinding[] = []
  const read = createReader(reading)
  const target = read('TARGET_MALFORMED', () => readCertificate(options.target))
  if (!target) return refusal(reading)
  const anchors = options.anchors.flatMap(
    (anchor) => read('ANCHOR_MALFORMED', () => readAnchor(anchor)) ?? [],
  )
  const intermediates = withinLimits(
    options.intermediates,
    pathLimits.certificates,
    reading,
  ).flatMap((bytes) => read('INTERMEDIATE_MALFORMED', () => readCertificate(bytes)) ?? [])
  const revocation = options.revocation ?? 'crl'
  const crls = withinLimits(
    revocation === 'crl' ? options.crls : [],
    pathLimits.crls,
    reading,
  ).flatMap((bytes) => read('CRL_MALFORMED', () => readCrl(bytes)) ?? [])
  const run: Run = {
    pool: createPool(anchors, intermediates),
    crls,
    // Times in certificates and lists are whole seconds, and hold through them (RFC 5280 4.1.2.5).
    at: new Date(Math.floor(options.at.getTime() / 1000) * 1000),
    revocation,
    budget: createSignatureBudget({
      max: pathLimits.signatures,
      verifySignature: options.verifySignature,
    }),
    work: createWork(pathLimits.steps),
    paths: { tried: 0 },
    statuses: new Map(),
    signers: new Map(),
  }
  const outcome = await findPath({ run, target, policies: policyInputs(options), above: [] })
  const { candidate, findings, policies } = outcome
  if (findings.length > 0) return { ...refusal([...findings, ...reading]), path: derOf(candidate) }
  return {
    valid: true,
    findings: [],
    path: derOf(candidate),
    userConstrainedPolicySet: policies,
  }
}

/** What one call shares over all paths, those of CRL signers included. */
interface Run {
  readonly pool: Pool
  readonly crls: readonly Crl[]
  readonly at: Date
  readonly revocation: 'crl' | 'none'
  readonly budget: SignatureBudget
  readonly work: Work
  readonly paths: { tried: number }
  /** What was found of a certificate below an issuer (or directly below the anchor), for the other candidate paths. */
  readonly statuses: Map<Certificate, Map<Certificate | Anchor, RevocationStatus>>
  /** Signers of CRLs whose own path was judged, by anchor. */
  readonly signers: Map<Certificate, Map<Anchor, boolean>>
}

interface Search {
  readonly run: Run
  readonly target: Certificate
  readonly policies: PolicyInputs
  /** Signers of CRLs whose paths are being searched for, outermost first. */
  readonly above: readonly Certificate[]
}

interface Outcome {
  readonly candidate: CandidatePath | undefined
  /** Empty if the candidate is valid. */
  readonly findings: readonly PathFinding[]
  readonly policies: readonly string[]
}

/** The first candidate that holds, or else the one that broke fewest clauses. */
async function findPath(search: Search): Promise<Outcome> {
  const { run, target } = search
  const trace: SearchTrace = { signatureFailed: false, unsupported: undefined, limited: false }
  let best: Outcome | undefined
  const { pool, budget, at, work } = run
  for await (const candidate of candidatePaths({ pool, budget, trace, at, work }, target)) {
    if (++run.paths.tried > pathLimits.paths) {
      return best ?? nothing('LIMIT_EXCEEDED', 'too many candidate paths (RFC 4158 7.1)')
    }
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
  for (const [step, certificate] of certificates.toReversed().entries()) {
    const certificateIndex = certificates.length - 1 - step
    const issuer = certificates[certificateIndex + 1]
    const found = await statusOf(search, { certificate, issuer, anchor })
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
  /** undefined: the anchor. */
  readonly issuer: Certificate | undefined
  readonly anchor: Anchor
}

async function statusOf(search: Search, place: Place): Promise<RevocationStatus> {
  const { run } = search
  const { certificate, issuer, anchor } = place
  const known = run.statuses.get(certificate)?.get(issuer ?? anchor)
  if (known) return known
  const status = await checkRevocation({
    certificate,
    crls: run.crls,
    at: run.at,
    work: run.work,
    isAuthentic: (crl) => isAuthentic(search, crl, place),
  })
  // What a search for a signer's path finds depends on whose path it is for; the outermost alone is kept.
  if (search.above.length === 0) {
    const others =
      run.statuses.get(certificate) ?? new Map<Certificate | Anchor, RevocationStatus>()
    run.statuses.set(certificate, others.set(issuer ?? anchor, status))
  }
  return status
}

/** 6.3.3 (f), (g): the list verifies under the anchor, the certificate's own issuer, or a signer with a valid path to the same anchor. */
async function isAuthentic(search: Search, crl: Crl, place: Place): Promise<boolean> {
  const { run } = search
  const { certificate, issuer, anchor } = place
  if (sameName(crl.issuer, anchor.subject) && (await run.budget.verify(crl, anchor.publicKey))) {
    return anchor.certificate === undefined || maySignCrls(anchor.certificate)
  }
  const named = run.pool.bySubject.get(nameKey(crl.issuer)) ?? []
  for (const signer of named) {
    if (!maySignCrls(signer) || !(await run.budget.verify(crl, signer.publicKey))) continue
    if (issuer && equal(signer.raw, issuer.raw)) return true
    if (equal(signer.raw, certificate.raw) && isOwnCrlIssuer(certificate, crl)) return true
    if (await hasOwnPath(search, signer, anchor)) return true
  }
  return false
}

/** A CRL signer's own path, revocation included; by its own list a signer is vouched for only where `isOwnCrlIssuer` says so. */
async function hasOwnPath(search: Search, signer: Certificate, anchor: Anchor): Promise<boolean> {
  const { run, above } = search
  const known = run.signers.get(signer)?.get(anchor)
  if (known !== undefined) return known
  const isAbove = above.some((other) => equal(other.raw, signer.raw))
  if (isAbove || above.length >= pathLimits.nesting) return false
  const pool = { ...run.pool, anchors: [anchor] }
  const outcome = await findPath({
    run: { ...run, pool },
    target: signer,
    policies: anyPolicies,
    above: [...above, signer],
  })
  const holds = outcome.findings.length === 0
  if (above.length === 0) {
    const others = run.signers.get(signer) ?? new Map<Anchor, boolean>()
    run.signers.set(signer, others.set(anchor, holds))
  }
  return holds
}

const anyPolicies: PolicyInputs = {
  initialPolicySet: [oids.anyPolicy],
  requireExplicitPolicy: false,
  inhibitPolicyMapping: false,
  inhibitAnyPolicy: false,
}

function policyInputs({ policies = {} }: ValidatePathOptions): PolicyInputs {
  return { ...anyPolicies, ...policies }
}

function readAnchor(input: AnchorInput): Anchor {
  if (!(input instanceof Uint8Array)) {
    const { publicKey } = input
    return { subject: readNameDer(input.subject), publicKey, certificate: undefined }
  }
  const certificate = readCertificate(input)
  return { subject: certificate.subject, publicKey: certificate.publicKey, certificate }
}

/** The first `max` of some pieces, within `pathLimits.bytes`; notes it if there are more. */
function withinLimits(
  pieces: readonly Uint8Array[],
  max: number,
  findings: PathFinding[],
): readonly Uint8Array[] {
  let octets = 0
  const kept = pieces.slice(0, max).filter(({ length }) => (octets += length) <= pathLimits.bytes)
  if (kept.length < pieces.length) {
    const message = `of ${String(pieces.length)} pieces only ${String(kept.length)} were looked at`
    findings.push({ code: 'LIMIT_EXCEEDED', message })
  }
  return kept
}

/** Reads what may be malformed; notes a finding instead of throwing. */
function createReader(findings: PathFinding[]) {
  return <T>(code: PathFinding['code'], reader: () => T): T | undefined => {
    try {
      return reader()
    } catch (error) {
      if (!(error instanceof CaError)) throw error
      findings.push({ code, message: error.message })
      return undefined
    }
  }
}

function refusal(findings: readonly PathFinding[]): PathReport {
  return { valid: false, findings, path: [], userConstrainedPolicySet: [] }
}

function derOf(candidate: CandidatePath | undefined): readonly Uint8Array[] {
  if (!candidate) return []
  const anchor = candidate.anchor.certificate
  return [
    ...candidate.certificates.map((certificate) => certificate.raw),
    ...(anchor ? [anchor.raw] : []),
  ]
}

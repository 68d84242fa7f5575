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
} from './path_building.ts'
import { checkPath } from './path_checks.ts'
import type { PolicyInputs } from './policies.ts'
import { checkRevocation, maySignCrls } from './revocation.ts'
import type { VerifySignature } from './signatures.ts'

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

/** Certificates and CRLs read, candidate paths tried, signatures checked, and CRL signers' paths nested in one call: bounds of its cost. */
export const pathLimits = { certificates: 500, crls: 500, paths: 100, signatures: 400, nesting: 3 }

/** Validates a certificate against trust anchors; resolves for any bytes, never throws over them. */
export async function validatePath(options: ValidatePathOptions): Promise<PathReport> {
  const reading: PathFinding[] = []
  const read = createReader(reading)
  const target = read('TARGET_MALFORMED', () => readCertificate(options.target))
  if (!target) return refusal(reading)
  const anchors = options.anchors.flatMap(
    (anchor) => read('ANCHOR_MALFORMED', () => readAnchor(anchor)) ?? [],
  )
  const intermediates = options.intermediates
    .slice(0, pathLimits.certificates)
    .flatMap((bytes) => read('INTERMEDIATE_MALFORMED', () => readCertificate(bytes)) ?? [])
  const crls =
    options.revocation === 'none'
      ? []
      : options.crls
          .slice(0, pathLimits.crls)
          .flatMap((bytes) => read('CRL_MALFORMED', () => readCrl(bytes)) ?? [])
  const run: Run = {
    pool: createPool(anchors, intermediates),
    crls,
    at: options.at,
    revocation: options.revocation ?? 'crl',
    budget: createSignatureBudget({
      max: pathLimits.signatures,
      verifySignature: options.verifySignature,
    }),
    paths: { tried: 0 },
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
  readonly paths: { tried: number }
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
  const trace = { signatureFailed: false }
  let best: Outcome | undefined
  const { pool, budget } = run
  for await (const candidate of candidatePaths({ pool, budget, trace, certificates: [target] })) {
    if (++run.paths.tried > pathLimits.paths) {
      return best ?? nothing('LIMIT_EXCEEDED', 'too many candidate paths')
    }
    const outcome = await judge(search, candidate)
    if (outcome.findings.length === 0) return outcome
    if (!best || outcome.findings.length < best.findings.length) best = outcome
  }
  if (best) return best
  if (budget.exhausted) return nothing('LIMIT_EXCEEDED', 'too many signatures to check')
  return trace.signatureFailed
    ? nothing('SIGNATURE_INVALID', 'no issuer of this name verifies it (RFC 5280 6.1.3 a 1)')
    : nothing('ISSUER_NOT_FOUND', 'no path leads to a trust anchor (RFC 5280 6.1.1)')
}

function nothing(code: PathFinding['code'], message: string): Outcome {
  return { candidate: undefined, findings: [{ code, message }], policies: [] }
}

async function judge(search: Search, candidate: CandidatePath): Promise<Outcome> {
  const { run, policies } = search
  const verdict = checkPath(candidate, { at: run.at, policies })
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
  const { run } = search
  for (const [step, certificate] of candidate.certificates.toReversed().entries()) {
    const certificateIndex = candidate.certificates.length - 1 - step
    const issuer = candidate.certificates[certificateIndex + 1]
    const found = await checkRevocation({
      certificate,
      crls: run.crls,
      at: run.at,
      isAuthentic: (crl) => isAuthentic(search, { crl, anchor: candidate.anchor, issuer }),
    })
    if (found.status === 'revoked') {
      const message = `revoked ${found.date.toISOString()}, reason ${String(found.reason)} (RFC 5280 6.1.3 a 3)`
      return [{ code: 'REVOKED', message, certificateIndex }]
    }
    if (found.status === 'undetermined') {
      return [{ code: 'REVOCATION_UNDETERMINED', message: found.message, certificateIndex }]
    }
  }
  return []
}

/** 6.3.3 (f), (g): the list verifies under the anchor, the certificate's own issuer, or a signer with a valid path to the same anchor. */
async function isAuthentic(
  search: Search,
  question: {
    readonly crl: Crl
    readonly anchor: Anchor
    readonly issuer: Certificate | undefined
  },
): Promise<boolean> {
  const { run } = search
  const { crl, anchor, issuer } = question
  if (sameName(crl.issuer, anchor.subject) && (await run.budget.verify(crl, anchor.publicKey))) {
    return anchor.certificate === undefined || maySignCrls(anchor.certificate)
  }
  const named = run.pool.bySubject.get(nameKey(crl.issuer)) ?? []
  for (const signer of named) {
    if (!maySignCrls(signer) || !(await run.budget.verify(crl, signer.publicKey))) continue
    if (issuer && equal(signer.raw, issuer.raw)) return true
    if (await hasOwnPath(search, signer, anchor)) return true
  }
  return false
}

/** A CRL signer's own path, revocation included; a signer is never vouched for by its own list. */
async function hasOwnPath(search: Search, signer: Certificate, anchor: Anchor): Promise<boolean> {
  const { run, above } = search
  const isAbove = above.some((other) => equal(other.raw, signer.raw))
  if (isAbove || above.length >= pathLimits.nesting) return false
  const pool = { ...run.pool, anchors: [anchor] }
  const outcome = await findPath({
    run: { ...run, pool },
    target: signer,
    policies: anyPolicies,
    above: [...above, signer],
  })
  return outcome.findings.length === 0
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

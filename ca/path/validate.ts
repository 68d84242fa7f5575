/**
 * `validatePath`: certification path validation (RFC 5280 6), with path building, policies, name constraints and CRLs.
 * Pure but for the signature port; reads no clock and fetches nothing. What is not understood is refused, never accepted.
 */
import { CaError } from '../errors.ts'
import { createSignatureBudget } from './budget.ts'
import type { PathFinding } from './findings.ts'
import { readNameDer } from './names.ts'
import { createPool, type Anchor, type CandidatePath } from './path_building.ts'
import { createPieces, type Pieces } from './pieces.ts'
import { anyPolicies, findPath, pathLimits, type Run } from './path_search.ts'
import type { PolicyInputs } from './policies.ts'
import type { VerifySignature } from './signatures.ts'
import { createWork } from './work.ts'

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
  /** What was read already; by default nothing. */
  readonly pieces?: Pieces
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

/** Validates a certificate against trust anchors; resolves for any bytes, never throws over them. */
export async function validatePath(options: ValidatePathOptions): Promise<PathReport> {
  const reading: PathFinding[] = []
  const read = createReader(reading)
  if (Number.isNaN(options.at.getTime())) {
    const message = 'the moment of validation is none (RFC 5280 6.1.1 b)'
    return refusal([{ code: 'NOT_YET_VALID', message }])
  }
  const { pieces = createPieces() } = options
  const target = read('TARGET_MALFORMED', () => pieces.certificate(options.target))
  if (!target) return refusal(reading)
  const anchors = options.anchors.flatMap(
    (anchor) => read('ANCHOR_MALFORMED', () => readAnchor(anchor, pieces)) ?? [],
  )
  const { verifySignature } = options
  const { certificates, certificateBytes, crls: lists, crlBytes } = pathLimits
  const intermediates = withinLimits(
    options.intermediates.map(pieces.same),
    { pieces: certificates, bytes: certificateBytes },
    reading,
  ).flatMap((bytes) => read('INTERMEDIATE_MALFORMED', () => pieces.certificate(bytes)) ?? [])
  const revocation = options.revocation ?? 'crl'
  const crls = withinLimits(
    revocation === 'crl' ? options.crls.map(pieces.same) : [],
    { pieces: lists, bytes: crlBytes },
    reading,
  ).flatMap((bytes) => read('CRL_MALFORMED', () => pieces.crl(bytes)) ?? [])
  const run: Run = {
    pool: createPool(anchors, intermediates),
    crls,
    // Times in certificates and lists are whole seconds, and hold through them (RFC 5280 4.1.2.5).
    at: new Date(Math.floor(options.at.getTime() / 1000) * 1000),
    revocation,
    budget: createSignatureBudget({ max: pathLimits.signatures, verifySignature }),
    listBudget: createSignatureBudget({ max: pathLimits.listSignatures, verifySignature }),
    work: createWork(pathLimits.steps),
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

function policyInputs({ policies = {} }: ValidatePathOptions): PolicyInputs {
  return { ...anyPolicies, ...policies }
}

function readAnchor(input: AnchorInput, pieces: Pieces): Anchor {
  if (!(input instanceof Uint8Array)) {
    const { publicKey } = input
    return { subject: readNameDer(input.subject), publicKey, certificate: undefined }
  }
  const certificate = pieces.certificate(input)
  return { subject: certificate.subject, publicKey: certificate.publicKey, certificate }
}

/**
 * The first of some pieces, within the limits; notes it if there are more. Of many pieces copies do not count: a file with a
 * hundred seals brings the same authorities a hundred times.
 */
function withinLimits(
  pieces: readonly Uint8Array[],
  max: { readonly pieces: number; readonly bytes: number },
  findings: PathFinding[],
): readonly Uint8Array[] {
  const kept = new Set<Uint8Array>()
  let octets = 0
  for (const piece of pieces) {
    if (kept.has(piece)) continue
    octets += kept.size === max.pieces ? Infinity : piece.length
    if (octets > max.bytes) break
    kept.add(piece)
  }
  if (octets > max.bytes) {
    const message = `of ${String(pieces.length)} pieces only ${String(kept.size)} were looked at`
    findings.push({ code: 'LIMIT_EXCEEDED', message })
  }
  return [...kept]
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

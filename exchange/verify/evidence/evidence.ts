/**
 * What is known besides the signature itself, and whether a certificate holds by it: a path to a given root that held at the time by which its
 * signature is proven to have existed, algorithms believed at that time, and revocation data that is proven to be there (EN 319 102-1
 * 5.2.6, 5.6.2). Pure but for the ports; asks no network.
 */
import {
  collectRevocationFacts,
  commonValidity,
  earlierEnd,
  equal,
  readCertificate,
  signedEnd,
  validatePath,
  type AlgorithmEnd,
  type Certificate,
  type PathPorts,
  type PathReport,
  type VouchedFact,
} from '../../../ca/path/index.ts'
import { compromisesUnder, weigh, type Compromise, type TokenFact } from './compromise.ts'
import { createProofs, type ProofsOfExistence } from './existence.ts'
import { finding } from '../findings.ts'
import { judgeRevocations, secondBefore } from './revocations.ts'
import type { Finding } from '../types.ts'
import { earliestOf, failed, indeterminate, passed, type Judgement } from '../verdict.ts'

export interface Evidence {
  /** DER root certificates. */
  readonly trust: readonly Uint8Array[]
  readonly certificates: readonly Uint8Array[]
  readonly crls: readonly Uint8Array[]
  readonly ocspResponses: readonly Uint8Array[]
  /** Moment of validation. */
  readonly at: Date
  /** By when an evidence record proves the whole file to have existed. */
  readonly existedBy?: Date
  readonly ports: PathPorts | undefined
  /** Statements of compromise that are honoured. */
  readonly compromises: readonly Compromise[]
  /** What is proven to have been there by when. */
  readonly existence: ProofsOfExistence
}

/** Evidence of which nothing is proven yet; what is left out is empty. */
export function newEvidence(
  given: Pick<Evidence, 'trust' | 'at' | 'ports'> & Partial<Evidence>,
): Evidence {
  const { at, ports } = given
  return {
    certificates: [],
    crls: [],
    ocspResponses: [],
    compromises: [],
    existence: createProofs(at, ports?.pieces?.same),
    ...given,
  }
}

/** Pieces that a file or a signature brings, all DER. */
export interface BroughtPieces {
  readonly certificates?: readonly Uint8Array[]
  readonly crls?: readonly Uint8Array[]
  readonly ocspResponses?: readonly Uint8Array[]
}

/** Evidence with more certificates, CRLs and OCSP answers; the same object where all of them are known. */
export function withMore(evidence: Evidence, more: BroughtPieces): Evidence {
  const same = evidence.ports?.pieces?.same ?? ((piece: Uint8Array) => piece)
  const added = (own: readonly Uint8Array[], brought: readonly Uint8Array[] = []) => {
    const known = knownOf(own, same)
    const fresh = brought.map(same).filter((piece) => !known.has(piece))
    return fresh.length > 0 ? [...known, ...new Set(fresh)] : own
  }
  const certificates = added(evidence.certificates, more.certificates)
  const crls = added(evidence.crls, more.crls)
  const ocspResponses = added(evidence.ocspResponses, more.ocspResponses)
  const isSame =
    certificates === evidence.certificates &&
    crls === evidence.crls &&
    ocspResponses === evidence.ocspResponses
  return isSame ? evidence : { ...evidence, certificates, crls, ocspResponses }
}

const knownSets = new WeakMap<readonly Uint8Array[], ReadonlySet<Uint8Array>>()

function knownOf(
  pieces: readonly Uint8Array[],
  same: (piece: Uint8Array) => Uint8Array,
): ReadonlySet<Uint8Array> {
  const known = knownSets.get(pieces) ?? new Set(pieces.map(same))
  knownSets.set(pieces, known)
  return known
}

/** Whether a certificate holds. */
export interface ChainVerdict {
  readonly judgement: Judgement
  readonly findings: readonly Finding[]
  /** Target first, root last; empty if there is no path. */
  readonly path: readonly Certificate[]
  /** Whether nothing but a stated compromise stands against it. */
  readonly isCompromised?: boolean
  /** The last second at which the same evidence says the same; absent where the moment of validation does not count. */
  readonly until?: Date | undefined
}

/** The times that a certificate is judged by. */
export interface ChainTimes {
  /** By when what was signed is proven to have existed: the path must have held then. The moment of validation where nothing proves it. */
  readonly validAt: Date
  /** The time that the signature or stamp claims or is proven to be of: revocation data must not be older. */
  readonly usedAt: Date
  /** Of the certificate itself too, data that is merely current at `usedAt` is enough: nothing was signed. */
  readonly currentSuffices?: boolean
  /** Whether `usedAt` is proven, not only the moment of validation. */
  readonly isProven?: boolean
  /** What the certificate stamped. */
  readonly token?: TokenFact | undefined
}

/** Judges a certificate: its path, algorithms, statements of compromise, revocation. */
export async function judgeChain(
  certificate: Certificate,
  evidence: Evidence,
  times: ChainTimes,
): Promise<ChainVerdict> {
  const { validAt } = times
  const { report, path } = await pathTo(certificate, evidence, validAt)
  if (!report.valid) return { ...pathObjection(report.findings), path }
  const end = pathEnd(path)
  if (end && validAt > end.end) return { ...algorithmObjection(end, { validAt, evidence }), path }
  const compromises = compromisesUnder(evidence.compromises, path.at(-1))
  const stated = judgeCompromise(path, compromises, times)
  // Nobody revokes a root: it is trusted because somebody compared its fingerprint.
  const isRoot = evidence.trust.some((root) => equal(root, certificate.raw))
  const revocations = await judgeRevocations(
    isRoot ? [] : path,
    { ...evidence, compromises },
    {
      ...times,
      factsOf: (member, issuer) => factsAbout(member, issuer, evidence),
    },
  )
  const isBad = ({ judgement }: Pick<ChainVerdict, 'judgement'>): boolean =>
    judgement.verdict !== 'TOTAL-PASSED'
  const bad = [stated, revocations].find(isBad)
  const isNow = validAt >= evidence.at
  return {
    judgement: bad?.judgement ?? passed,
    findings: [...stated.findings, ...revocations.findings],
    path,
    isCompromised: isBad(stated) && !isBad(revocations),
    until: earliestOf([
      ...(isNow ? [...path.map(({ notAfter }) => notAfter), end?.end, stated.until] : []),
      revocations.until,
    ]),
  }
}

/** What is stated of the keys of a path: used after that it fails, used at nobody knows when it stays open. */
function judgeCompromise(
  path: readonly Certificate[],
  compromises: readonly Compromise[],
  times: ChainTimes,
): Pick<ChainVerdict, 'judgement' | 'findings' | 'until'> {
  const { harmed, spared } = weigh(path, compromises, {
    existedBy: times.validAt,
    token: times.token,
  })
  const detail = ({ member, from }: (typeof harmed)[number]): string =>
    `${member.subject.text}, ${from.toISOString()}`
  if (harmed.length === 0) {
    return {
      judgement: passed,
      findings: spared.map((one) => finding('KEY_COMPROMISED_LATER', detail(one))),
      until: earliestOf(
        spared.flatMap(({ from, isKnown }) => (isKnown ? [] : [secondBefore(from)])),
      ),
    }
  }
  return {
    judgement: times.isProven === true ? failed('REVOKED') : indeterminate('REVOKED_NO_POE'),
    findings: harmed.map((one) => finding('KEY_COMPROMISED', detail(one))),
  }
}

interface FoundPath {
  readonly report: PathReport
  readonly path: readonly Certificate[]
}

/** What was found by one evidence: a file with a hundred seals asks the same a hundred times. */
interface Kept {
  readonly paths: Map<Uint8Array, FoundPath>
  readonly facts: Map<Uint8Array, { issuer: Uint8Array; found: Promise<readonly VouchedFact[]> }[]>
}

const keptOf = new WeakMap<Evidence, Kept>()

function keptWith(evidence: Evidence): Kept {
  const kept = keptOf.get(evidence) ?? { paths: new Map(), facts: new Map() }
  keptOf.set(evidence, kept)
  return kept
}

/** The path at a moment; one that was found serves all moments in which its certificates are valid. */
async function pathTo(certificate: Certificate, evidence: Evidence, at: Date): Promise<FoundPath> {
  const { paths } = keptWith(evidence)
  const known = paths.get(certificate.raw)
  const validity = known && commonValidity(known.path)
  // Times in certificates hold through their last second (RFC 5280 4.1.2.5).
  if (known && validity && at >= validity.from && at.getTime() < validity.to.getTime() + 1000) {
    return known
  }
  const { trust, certificates, ports } = evidence
  const report = await validatePath({
    target: certificate.raw,
    intermediates: certificates,
    anchors: trust,
    crls: [],
    at,
    revocation: 'none',
    ...(ports?.verifySignature && { verifySignature: ports.verifySignature }),
    ...(ports?.pieces && { pieces: ports.pieces }),
  })
  const found = { report, path: report.path.map(ports?.pieces?.certificate ?? readCertificate) }
  if (report.valid) paths.set(certificate.raw, found)
  return found
}

/** What verified OCSP answers and CRLs say; those that do not verify say nothing. */
function factsAbout(
  certificate: Certificate,
  issuer: Certificate,
  evidence: Evidence,
): Promise<readonly VouchedFact[]> {
  const { facts } = keptWith(evidence)
  const known = facts.get(certificate.raw) ?? []
  const same = known.find((other) => other.issuer === issuer.raw)
  if (same) return same.found
  const { crls, ocspResponses, ports } = evidence
  const found = collectRevocationFacts({ certificate, issuer, crls, ocspResponses, ports })
  facts.set(certificate.raw, [...known, { issuer: issuer.raw, found }])
  return found
}

/** The first end among the algorithms by which the members of a path are signed; the anchor is trusted as it is. */
function pathEnd(path: readonly Certificate[]): AlgorithmEnd | undefined {
  return path.reduce<AlgorithmEnd | undefined>((end, member, at) => {
    const issuer = path[at + 1]
    return issuer ? earlierEnd(end, signedEnd(member, issuer.publicKey)) : end
  }, undefined)
}

/** What an algorithm that had ended by the time that counts means (EN 319 102-1 5.2.8). */
export function algorithmObjection(
  { what, end }: AlgorithmEnd,
  by: { readonly validAt: Date; readonly evidence: Evidence },
): Pick<ChainVerdict, 'judgement' | 'findings'> {
  const isUnproven = by.validAt >= by.evidence.at
  return {
    judgement: indeterminate(
      isUnproven ? 'CRYPTO_CONSTRAINTS_FAILURE_NO_POE' : 'CRYPTO_CONSTRAINTS_FAILURE',
    ),
    findings: [finding('ALGORITHM_ENDED', `${what}, ${end.toISOString()}`)],
  }
}

function pathObjection(findings: readonly { readonly code: string; readonly message: string }[]) {
  const codes = findings.map(({ code }) => code)
  const detail = findings[0]?.message
  if (codes.includes('ISSUER_NOT_FOUND') || codes.includes('SIGNATURE_INVALID')) {
    const judgement = indeterminate('NO_CERTIFICATE_CHAIN_FOUND')
    return { judgement, findings: [finding('CHAIN_NOT_FOUND', detail)] }
  }
  if (codes.includes('ALGORITHM_UNSUPPORTED')) {
    const judgement = indeterminate('CRYPTO_CONSTRAINTS_FAILURE')
    return { judgement, findings: [finding('ALGORITHM_NOT_ACCEPTED', detail)] }
  }
  if (codes.every((code) => code === 'EXPIRED' || code === 'NOT_YET_VALID')) {
    const judgement = indeterminate('OUT_OF_BOUNDS_NO_POE')
    return { judgement, findings: [finding('CERTIFICATE_OUT_OF_TIME', detail)] }
  }
  const judgement = indeterminate('CHAIN_CONSTRAINTS_FAILURE')
  return { judgement, findings: [finding('CHAIN_INVALID', detail)] }
}

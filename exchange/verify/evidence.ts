/**
 * What is known besides the signature itself, and whether a certificate holds by it at a given time: chain to a given root and
 * revocation data kept in the file (EN 319 102-1 5.2.6, 5.6). Pure but for the ports; asks no network.
 */
import {
  collectRevocationFacts,
  equal,
  oids,
  readCertificate,
  sha256Hex,
  validatePath,
  type Certificate,
  type PathPorts,
  type RevocationFact,
} from '../../ca/path/index.ts'
import { compromisesUnder, isKnown, weigh, type Compromise, type TokenFact } from './compromise.ts'
import { finding } from './findings.ts'
import type { Finding } from './types.ts'
import { failed, indeterminate, passed, type Judgement } from './verdict.ts'

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
}

/** Evidence with more certificates, CRLs and OCSP answers. */
export function withMore(
  evidence: Evidence,
  more: {
    readonly certificates?: readonly Uint8Array[]
    readonly crls?: readonly Uint8Array[]
    readonly ocspResponses?: readonly Uint8Array[]
  },
): Evidence {
  return {
    ...evidence,
    certificates: [...evidence.certificates, ...(more.certificates ?? [])],
    crls: [...evidence.crls, ...(more.crls ?? [])],
    ocspResponses: [...evidence.ocspResponses, ...(more.ocspResponses ?? [])],
  }
}

/** Whether a certificate holds. */
export interface ChainVerdict {
  readonly judgement: Judgement
  readonly findings: readonly Finding[]
  /** Target first, root last; empty if there is no path. */
  readonly path: readonly Certificate[]
  /** Whether nothing but a stated compromise stands against it. */
  readonly isCompromised?: boolean
}

/**
 * Judges a certificate: path valid at `validAt`; revocation data not older than `usedAt`, the proven time of the signature or stamp
 * (of authorities: current then, or newer).
 */
export async function judgeChain(
  certificate: Certificate,
  evidence: Evidence,
  times: {
    readonly validAt: Date
    readonly usedAt: Date
    /** Of the certificate itself too, data that is merely current at `usedAt` is enough: nothing was signed. */
    readonly currentSuffices?: boolean
    /** Whether `usedAt` is proven, not only the moment of validation. */
    readonly isProven?: boolean
    /** What the certificate stamped. */
    readonly token?: TokenFact | undefined
  },
): Promise<ChainVerdict> {
  const { trust, certificates, ports } = evidence
  const report = await validatePath({
    target: certificate.raw,
    intermediates: certificates,
    anchors: trust,
    crls: [],
    at: times.validAt,
    revocation: 'none',
    ...(ports?.verifySignature && { verifySignature: ports.verifySignature }),
    ...(ports?.pieces && { pieces: ports.pieces }),
  })
  const path = report.path.map(readCertificate)
  if (!report.valid) return { ...pathObjection(report.findings), path }
  const compromises = compromisesUnder(evidence.compromises, path.at(-1))
  const stated = judgeCompromise(path, compromises, times)
  const statuses: Status[] = []
  // Nobody revokes a root: it is trusted because somebody compared its fingerprint.
  const isRoot = trust.some((root) => equal(root, certificate.raw))
  for (const [at, member] of isRoot ? [] : path.slice(0, -1).entries()) {
    const issuer = path[at + 1]
    if (issuer)
      statuses.push(
        await judgeRevocation(
          { member, issuer, mustBeNewer: at === 0 && times.currentSuffices !== true },
          { ...evidence, compromises },
          times.usedAt,
        ),
      )
  }
  const isBad = ({ judgement }: Status): boolean => judgement.verdict !== 'TOTAL-PASSED'
  const bad = [stated, ...statuses].find(isBad)
  return {
    judgement: bad?.judgement ?? passed,
    findings: [stated, ...statuses].flatMap((status) => status.findings),
    path,
    isCompromised: isBad(stated) && !statuses.some(isBad),
  }
}

/** What is stated of the keys of a path: used after that it fails, used at nobody knows when it stays open. */
function judgeCompromise(
  path: readonly Certificate[],
  compromises: readonly Compromise[],
  times: {
    readonly validAt: Date
    readonly isProven?: boolean
    readonly token?: TokenFact | undefined
  },
): Status {
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
    }
  }
  return {
    judgement: times.isProven === true ? failed('REVOKED') : indeterminate('REVOKED_NO_POE'),
    findings: harmed.map((one) => finding('KEY_COMPROMISED', detail(one))),
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

interface Status {
  readonly judgement: Judgement
  readonly findings: readonly Finding[]
}

interface Fact extends RevocationFact {
  /** Said by a key that was stated to be in other hands by then: that all is well is not believed of it. */
  readonly isDoubtful: boolean
}

/** Revocation of one certificate by the evidence at hand. */
async function judgeRevocation(
  about: {
    readonly member: Certificate
    readonly issuer: Certificate
    readonly mustBeNewer: boolean
  },
  evidence: Evidence,
  usedAt: Date,
): Promise<Status> {
  const { member, issuer, mustBeNewer } = about
  // RFC 9608: nothing is ever published about such a certificate, which may not be an authority's.
  const isAuthority = member.basicConstraints?.isCa === true
  if (member.extensions.has(oids.noRevAvail) && !isAuthority) {
    return { judgement: passed, findings: [] }
  }
  const facts = await collectFacts(member, issuer, evidence)
  const revoked = facts.flatMap(({ revokedAt }) => (revokedAt ? [revokedAt] : []))
  const before = revoked.find((date) => date <= usedAt)
  if (before) {
    const detail = `${member.subject.text}, ${before.toISOString()}`
    return { judgement: failed('REVOKED'), findings: [finding('REVOKED', detail)] }
  }
  const isEnough = (fact: Fact): boolean =>
    !fact.isDoubtful &&
    (fact.thisUpdate >= usedAt ||
      (!mustBeNewer && fact.nextUpdate !== undefined && fact.nextUpdate >= usedAt))
  if (!facts.some(isEnough)) {
    const detail = facts.length > 0 ? `${member.subject.text}: too old` : member.subject.text
    return {
      judgement: indeterminate('TRY_LATER'),
      findings: [finding('REVOCATION_UNKNOWN', detail)],
    }
  }
  const findings = revoked.length > 0 ? [finding('REVOKED_LATER', member.subject.text)] : []
  return { judgement: passed, findings }
}

/** What verified OCSP answers and CRLs say; those that do not verify say nothing. */
async function collectFacts(
  certificate: Certificate,
  issuer: Certificate,
  evidence: Evidence,
): Promise<readonly Fact[]> {
  const { crls, ocspResponses, ports, compromises } = evidence
  const pieces = { crls, ocspResponses, ports }
  const facts = await collectRevocationFacts({ certificate, issuer, ...pieces })
  return facts.map(({ signedBy, ...fact }) => {
    const by = equal(signedBy.raw, issuer.raw) ? [issuer] : [signedBy, issuer]
    return { ...fact, isDoubtful: isSaidInOtherHands(by, compromises, fact.thisUpdate) }
  })
}

/** Whether who said it, or the authority that delegated them, was in other hands; a delegate that is known stays one. */
function isSaidInOtherHands(
  [signer, delegator]: readonly Certificate[],
  compromises: readonly Compromise[],
  at: Date,
): boolean {
  return compromises.some((compromise) => {
    if (at < compromise.from || signer === undefined) return false
    if (compromise.certificate === sha256Hex(signer.raw)) return true
    const isOfDelegator =
      delegator !== undefined && compromise.certificate === sha256Hex(delegator.raw)
    return isOfDelegator && !isKnown(signer, compromise)
  })
}

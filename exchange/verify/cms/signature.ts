/**
 * Judges one detached CMS signature over given bytes, of a PDF seal or a statement alike: authenticity first, which needs no trust
 * (`readCmsSignature`), then trust at its proven time (`judgeSigner`). EN 319 102-1 5.3 to 5.6, thin. Pure but for the ports.
 */
import {
  readOrExplain,
  countStray,
  oids,
  digestWith,
  earlierEnd,
  equal,
  hashEnd,
  readSignedData,
  signedDataOf,
  verifySignerInfo,
  type AlgorithmEnd,
  type Certificate,
  type CmsFindingCode,
  type PathPorts,
  type SignedData,
  type SignerInfo,
} from '../../../ca/path/index.ts'
import { algorithmObjection, judgeChain, withMore, type Evidence } from '../evidence/evidence.ts'
import { finding, type FindingCode } from '../findings.ts'
import { judgeStamp, readStamp, type StampVerdict } from '../evidence/timestamps.ts'
import type { Finding, SubIndication } from '../types.ts'
import { earliestOf, failed, indeterminate, passed, worst, type Judgement } from '../verdict.ts'

/** Authenticity of a CMS signature. */
export interface CmsFacts {
  readonly authentic: boolean
  /** Whether it is a baseline signature besides: bound to its certificate. */
  readonly baseline: boolean
  /** Why not, or why not to be accepted; passed if authentic. */
  readonly judgement: Judgement
  readonly findings: readonly Finding[]
  readonly certificate: Certificate | undefined
  readonly signedData: SignedData | undefined
  readonly signerInfo: SignerInfo | undefined
  /** When its hash, algorithm or key length stop to be believed. */
  readonly algorithmEnd: AlgorithmEnd | undefined
}

/** Reads a detached signature and checks it over `content`; resolves for any bytes. */
export async function readCmsSignature(options: {
  readonly cms: Uint8Array
  readonly padded?: boolean
  /** What it covers; parts are taken as joined. */
  readonly content: Uint8Array | readonly Uint8Array[]
  /** Whether the signature is over the SHA-1 of the content, embedded (adbe.pkcs7.sha1, ISO 32000-1 12.8.3.3.1); default: detached. */
  readonly isSha1Inside?: boolean
  readonly certificates: readonly Uint8Array[]
  readonly ports: PathPorts | undefined
}): Promise<CmsFacts> {
  const { content, certificates, ports } = options
  const signedData = readSigned(options)
  if ('message' in signedData) return unreadable('CMS_MALFORMED', signedData.message)
  const { deviations } = signedData
  const [signerInfo, second] = signedData.signerInfos
  if (!signerInfo || second) return unreadable('SIGNER_COUNT')
  const { isSha1Inside = false } = options
  const inside = signedData.content
  if ((inside !== undefined) !== isSha1Inside || signedData.contentType !== oids.data) {
    return unreadable('CMS_MALFORMED', 'the signature is not detached')
  }
  if (inside && !equal(inside, await digestWith(ports, 'SHA-1', content))) {
    return unreadable('CONTENT_ALTERED')
  }
  const cms = await verifySignerInfo({
    ...{ signedData, signerInfo, content: inside ?? content, certificates, ports },
    allowWeak: true,
  })
  const findings = [
    ...cms.findings.map(({ code, message }) => finding(cmsCodes[code].code, message)),
    ...(deviations.length > 0 ? [finding('CMS_NOT_DER', deviations.join('; '))] : []),
  ]
  const judgement = worst([
    ...cms.findings.map(({ code }) => judgementOf(code, cms.authentic)),
    ...(deviations.length > 0 ? [indeterminate('FORMAT_FAILURE')] : []),
  ])
  const { certificate } = cms
  return {
    authentic: cms.authentic,
    baseline: cms.valid && deviations.length === 0 && !isSha1Inside,
    judgement,
    findings,
    certificate,
    signedData,
    signerInfo,
    algorithmEnd: earlierEnd(cms.algorithmEnd, isSha1Inside ? hashEnd('SHA-1') : undefined),
  }
}

/** Strictly; else as tolerantly as it takes to say what is there, which then never passes: ISO 32000-2 12.8.3.3.1 asks for DER. */
function readSigned(options: {
  readonly cms: Uint8Array
  readonly padded?: boolean
  readonly ports: PathPorts | undefined
}) {
  const { cms, padded = false, ports } = options
  const strict = readOrExplain(() => signedDataOf(cms, padded, ports?.pieces))
  if (!('message' in strict) || !padded) return strict
  const tolerant = readOrExplain(
    () => ports?.pieces?.tolerantSignedData(cms) ?? readSignedData(cms, { padded, tolerant: true }),
  )
  return 'message' in tolerant ? strict : tolerant
}

function unreadable(code: FindingCode, detail?: string): CmsFacts {
  return {
    authentic: false,
    baseline: false,
    judgement: failed('FORMAT_FAILURE'),
    findings: [finding(code, detail)],
    certificate: undefined,
    signedData: undefined,
    signerInfo: undefined,
    algorithmEnd: undefined,
  }
}

const cmsCodes = {
  SIGNER_CERTIFICATE_MISSING: {
    code: 'SIGNING_CERTIFICATE_MISSING',
    sub: 'NO_SIGNING_CERTIFICATE_FOUND',
  },
  ALGORITHM_NOT_ACCEPTED: { code: 'ALGORITHM_NOT_ACCEPTED', sub: 'CRYPTO_CONSTRAINTS_FAILURE' },
  SIGNED_ATTRIBUTES_MISSING: { code: 'CMS_MALFORMED', sub: 'FORMAT_FAILURE' },
  CONTENT_TYPE_MISMATCH: { code: 'CMS_MALFORMED', sub: 'FORMAT_FAILURE' },
  MESSAGE_DIGEST_MISMATCH: { code: 'CONTENT_ALTERED', sub: 'HASH_FAILURE' },
  SIGNING_CERTIFICATE_MISSING: {
    code: 'SIGNING_CERTIFICATE_UNBOUND',
    sub: 'SIG_CONSTRAINTS_FAILURE',
  },
  SIGNING_CERTIFICATE_MISMATCH: {
    code: 'SIGNING_CERTIFICATE_MISSING',
    sub: 'NO_SIGNING_CERTIFICATE_FOUND',
  },
  SIGNATURE_INVALID: { code: 'SIGNATURE_INVALID', sub: 'SIG_CRYPTO_FAILURE' },
} as const satisfies Record<CmsFindingCode, { code: FindingCode; sub: SubIndication }>

/** What is not authentic fails; a weak algorithm (EN 319 102-1 5.2.8), a certificate not bound, or bare content leave it open. */
function judgementOf(code: CmsFindingCode, isAuthentic: boolean): Judgement {
  const { sub } = cmsCodes[code]
  const isOpen = sub === 'CRYPTO_CONSTRAINTS_FAILURE' || sub === 'SIG_CONSTRAINTS_FAILURE'
  return isOpen || isAuthentic ? indeterminate(sub) : failed(sub)
}

/** What a key must be meant for: seals in PDFs, statements of people, or what the box attests by its journal's key. */
export type SignedAs = 'seal' | 'statement' | 'journal'

/** Trust in the signer of an authentic signature. */
export interface SignerVerdict {
  readonly judgement: Judgement
  readonly findings: readonly Finding[]
  /** Signer first. */
  readonly path: readonly Certificate[]
  /** Signature timestamps that hold, oldest first. */
  readonly stamps: readonly StampVerdict[]
  readonly hasRevocationData: boolean
  /** By when the signature is proven to have existed. */
  readonly provenBy?: Date | undefined
  /** The last second at which the same evidence says the same; absent where the moment of validation does not count. */
  readonly until?: Date | undefined
}

/**
 * Judges who signed. `as` says what it signed; `existedBy` is the earliest time by which a document timestamp proves the whole signature to have existed;
 * undefined: the moment of validation.
 */
export async function judgeSigner(
  facts: CmsFacts,
  evidence: Evidence,
  context: { readonly as: SignedAs; readonly existedBy?: Date | undefined },
): Promise<SignerVerdict> {
  const { as, existedBy } = context
  const { certificate, signedData, signerInfo } = facts
  if (!certificate || !signedData || !signerInfo) {
    return {
      judgement: facts.judgement,
      findings: [],
      path: [],
      stamps: [],
      hasRevocationData: false,
    }
  }
  const more = withMore(evidence, signedData)
  const stamps = await signatureStamps(signerInfo, more, existedBy ?? evidence.at)
  const proven = stamps.flatMap(({ genTime }) => (genTime ? [genTime] : []))
  const usedAt = earliest([...proven, ...(existedBy ? [existedBy] : []), evidence.at])
  const isProven = proven.length > 0 || existedBy !== undefined
  const chain = await judgeChain(certificate, more, { validAt: usedAt, usedAt, isProven })
  const purpose = purposeVerdict(certificate, as)
  const end = facts.algorithmEnd
  const ended =
    end && usedAt > end.end ? algorithmObjection(end, { validAt: usedAt, evidence }) : undefined
  const known = chain.path.map(({ raw }) => raw)
  const stray =
    known.length > 0 ? await countStray({ carried: signedData, known, ports: evidence.ports }) : 0
  const judgement = worst([
    facts.judgement,
    // Before the chain: that no time is proven is why the rest cannot be judged.
    ...(isProven ? [] : stamps.filter(({ isDisregarded }) => isDisregarded)).map(
      (stamp) => stamp.judgement,
    ),
    ...(ended ? [ended.judgement] : []),
    chain.judgement,
    purpose.judgement,
    // A stamp that is left out of account is missed only where no other one stands in for it.
    ...stamps
      .filter(({ isDisregarded }) => !isDisregarded)
      .map((stamp) => softened(stamp.judgement)),
    stray > 0 ? indeterminate('CHAIN_CONSTRAINTS_FAILURE') : passed,
  ])
  const unproven = isProven ? [] : [finding('NO_TIMESTAMP')]
  return {
    judgement,
    findings: [
      ...(ended?.findings ?? []),
      ...chain.findings,
      ...purpose.findings,
      ...(stray > 0 ? [finding('CERTIFICATE_STRAY')] : []),
      ...stamps.flatMap((stamp) => stamp.findings),
      ...unproven,
    ],
    path: chain.path,
    stamps: stamps.toSorted(
      (a, b) => (a.statedTime?.getTime() ?? 0) - (b.statedTime?.getTime() ?? 0),
    ),
    hasRevocationData: chain.judgement.verdict === 'TOTAL-PASSED',
    provenBy: isProven ? usedAt : undefined,
    until: earliestOf([chain.until, ...stamps.map(({ until }) => until)]),
  }
}

/** A district's own policies tell seals from seats (design 3): `unit-seal` for PDFs alone, all others for statements alone. */
function isFor({ certificatePolicies = [] }: Certificate, as: SignedAs): boolean {
  const ours = certificatePolicies.filter((oid) => oid.startsWith(`${oids.certificatePolicyArc}.`))
  if (ours.length === 0) return true
  return ours.includes(oids.certificatePolicySeal) === (as === 'seal')
}

/** A stamp that does not hold proves nothing, but does not make the signature under it false. */
function softened(judgement: Judgement): Judgement {
  return judgement.verdict === 'TOTAL-FAILED' ? indeterminate('TIMESTAMP_ORDER_FAILURE') : judgement
}

/** Signature timestamps a signer info may carry: renewals add a few. */
const maxStamps = 16

async function signatureStamps(
  signerInfo: SignerInfo,
  evidence: Evidence,
  validAt: Date,
): Promise<readonly StampVerdict[]> {
  const tokens = signerInfo.unsignedAttributes.get(oids.signatureTimeStampToken) ?? []
  const verdicts: StampVerdict[] = []
  for (const token of tokens.slice(0, maxStamps)) {
    const { certificates, ports } = evidence
    const data = signerInfo.signature
    const stamp = await readStamp({ token, data, certificates, ports })
    verdicts.push(await judgeStamp(stamp, evidence, validAt))
  }
  return verdicts
}

export function earliest(dates: readonly Date[]): Date {
  return new Date(Math.min(...dates.map((date) => date.getTime())))
}

/** Purposes under which a person or unit signs documents: RFC 9336, and what went before it. */
const signingPurposes: readonly string[] = [
  oids.documentSigning,
  '1.3.6.1.5.5.7.3.4', // emailProtection
  '1.3.6.1.4.1.311.10.3.12', // Microsoft document signing
  '1.2.840.113583.1.1.5', // Adobe authentic documents
  '2.5.29.37.0', // any
]

/** keyUsage for signing (bits 0 and 1), extendedKeyUsage, if there, for documents; never an authority's key. */
function purposeVerdict(certificate: Certificate, as: SignedAs) {
  const { keyUsage, extendedKeyUsage, basicConstraints } = certificate
  const signs = keyUsage === undefined || keyUsage.some((bit) => bit === 0 || bit === 1)
  const isMeant =
    as === 'journal'
      ? extendedKeyUsage?.includes(oids.journalSigning) === true
      : extendedKeyUsage === undefined ||
        extendedKeyUsage.some((oid) => signingPurposes.includes(oid))
  if (signs && isMeant && isFor(certificate, as) && basicConstraints?.isCa !== true) {
    return { judgement: passed, findings: [] }
  }
  const judgement = indeterminate('CHAIN_CONSTRAINTS_FAILURE')
  return { judgement, findings: [finding('CERTIFICATE_PURPOSE')] }
}

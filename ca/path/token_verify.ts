/**
 * Verifies an RFC 3161 time-stamp token over given data (2.4.2, RFC 5816): imprint, signature, certificate's sole critical
 * purpose, genTime within its validity. Answers values. Trust in the certificate is `validate.ts`, asked by the caller.
 */
import { equal } from '../bytes.ts'
import { readDer, readGeneralizedTime, sequenceOf } from '../der/read.ts'
import { CaError, readOrExplain } from '../errors.ts'
import { oids } from '../oids.ts'
import type { Certificate } from './certificate.ts'
import { verifySignerInfo, type CmsFindingCode } from './cms_verify.ts'
import type { PathPorts } from './pieces.ts'
import { digestWith } from './signatures.ts'
import { earlierEnd, hashEnd, type AlgorithmEnd } from './algorithm_ends.ts'
import { readTimeStampToken, type TimeStampToken } from './time_stamp_token.ts'

export type TokenFindingCode =
  | CmsFindingCode
  | 'TOKEN_MALFORMED'
  | 'TOKEN_SIGNER_COUNT'
  | 'TOKEN_IMPRINT_MISMATCH'
  | 'TOKEN_PURPOSE_WRONG'
  | 'TOKEN_TIME_OUTSIDE_CERTIFICATE'
  | 'TOKEN_EXTENSION_UNKNOWN'

export interface TokenFinding {
  readonly code: TokenFindingCode
  readonly message: string
}

export interface TokenVerdict {
  readonly valid: boolean
  readonly findings: readonly TokenFinding[]
  /** undefined if the token could not be read. */
  readonly token: TimeStampToken | undefined
  readonly certificate: Certificate | undefined
  /** As in `CmsVerdict`. */
  readonly algorithmEnd?: AlgorithmEnd | undefined
}

export interface VerifyTokenOptions {
  /** DER token. */
  readonly token: Uint8Array
  /** What was stamped; undefined: unknown, and then the imprint is not compared. */
  readonly data: Uint8Array | readonly Uint8Array[] | undefined
  /** Whether zero octets may follow the token. */
  readonly padded?: boolean
  /** Further DER certificates among which the signer's may be. */
  readonly certificates?: readonly Uint8Array[]
  readonly ports?: PathPorts | undefined
  /** As in `VerifySignerInfoOptions`; of the imprint's hash, too. */
  readonly allowWeak?: boolean
}

/** Verifies a token; resolves for any bytes. */
export async function verifyTimeStampToken(options: VerifyTokenOptions): Promise<TokenVerdict> {
  const { ports, certificates = [], allowWeak = false } = options
  const token = readOrExplain(() =>
    readTimeStampToken(options.token, {
      padded: options.padded ?? false,
      pieces: ports?.pieces,
    }),
  )
  if ('message' in token) {
    const findings = [{ code: 'TOKEN_MALFORMED' as const, message: token.message }]
    return { valid: false, findings, token: undefined, certificate: undefined }
  }
  const { signedData } = token
  const [signerInfo, second] = signedData.signerInfos
  if (!signerInfo || second) {
    const message = 'a token has exactly one signer (RFC 3161 2.4.2)'
    const findings = [{ code: 'TOKEN_SIGNER_COUNT' as const, message }]
    return { valid: false, findings, token, certificate: undefined }
  }
  const content = token.tstInfo
  const more = { certificates, ports, allowWeak }
  const cms = await verifySignerInfo({ signedData, signerInfo, content, ...more })
  const findings: TokenFinding[] = [...cms.findings]
  const note = (finding: TokenFinding | undefined) => {
    if (finding) findings.push(finding)
  }
  note(await imprintFinding(token, options.data, { ports, allowWeak }))
  note(extensionFinding(token))
  if (cms.certificate) {
    note(purposeFinding(cms.certificate))
    note(timeFinding(token.genTime, cms.certificate))
  }
  const { certificate } = cms
  const imprintEnd = token.imprintHash && hashEnd(token.imprintHash)
  const algorithmEnd = earlierEnd(cms.algorithmEnd, imprintEnd)
  return { valid: findings.length === 0, findings, token, certificate, algorithmEnd }
}

async function imprintFinding(
  token: TimeStampToken,
  data: Uint8Array | readonly Uint8Array[] | undefined,
  by: { readonly ports: PathPorts | undefined; readonly allowWeak: boolean },
): Promise<TokenFinding | undefined> {
  const hash = token.imprintHash
  if (hash === undefined || (hash === 'SHA-1' && !by.allowWeak)) {
    return { code: 'ALGORITHM_NOT_ACCEPTED', message: 'the imprint’s hash is unknown or too weak' }
  }
  if (data === undefined) return undefined
  const digest = await digestWith(by.ports, hash, data)
  if (equal(digest, token.imprint)) return undefined
  return { code: 'TOKEN_IMPRINT_MISMATCH', message: 'the token stamps other data (RFC 3161 2.4.2)' }
}

function extensionFinding({ unknownCritical }: TimeStampToken): TokenFinding | undefined {
  if (unknownCritical === undefined) return undefined
  const message = `critical extension ${unknownCritical} of the token is not known`
  return { code: 'TOKEN_EXTENSION_UNKNOWN', message }
}

/** RFC 3161 2.3: extendedKeyUsage critical, timeStamping and nothing else. */
function purposeFinding(certificate: Certificate): TokenFinding | undefined {
  const { extendedKeyUsage, extensions, keyUsage } = certificate
  const isSole = extendedKeyUsage?.length === 1 && extendedKeyUsage[0] === oids.timeStamping
  const isCritical = extensions.get(oids.extendedKeyUsage)?.critical === true
  const signs = keyUsage === undefined || keyUsage.every((bit) => bit === 0 || bit === 1)
  if (isSole && isCritical && signs) return undefined
  const message = 'the certificate is not for time-stamping alone (RFC 3161 2.3)'
  return { code: 'TOKEN_PURPOSE_WRONG', message }
}

/** genTime within validity and private-key usage period. */
function timeFinding(genTime: Date, certificate: Certificate): TokenFinding | undefined {
  const [from, to] = usagePeriod(certificate)
  if (genTime >= from && genTime <= to) return undefined
  const message = 'genTime lies outside the certificate’s time (RFC 3161 2.4.2)'
  return { code: 'TOKEN_TIME_OUTSIDE_CERTIFICATE', message }
}

function usagePeriod(certificate: Certificate): readonly [Date, Date] {
  const extension = certificate.extensions.get(oids.privateKeyUsagePeriod)
  let { notBefore, notAfter } = certificate
  if (!extension) return [notBefore, notAfter]
  try {
    for (const part of sequenceOf(readDer(extension.value), 'privateKeyUsagePeriod')) {
      const at = readGeneralizedTime({ ...part, tag: 0x18 }, 'privateKeyUsagePeriod')
      if (part.tag === 0x80 && at > notBefore) notBefore = at
      if (part.tag === 0x81 && at < notAfter) notAfter = at
    }
    return [notBefore, notAfter]
  } catch (error) {
    if (error instanceof CaError) return [notAfter, notBefore] // holds for no time
    throw error
  }
}

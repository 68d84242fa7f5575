/** Verifies a time-stamp token or a certificate that stands alone. Pure but for the ports. */
import {
  CaError,
  children,
  readCertificate,
  readDer,
  readTimeStampToken,
  type Certificate,
} from '../../ca/path/index.ts'
import { judgeChain, type Evidence } from './evidence/evidence.ts'
import { finding } from './findings.ts'
import { judgeStamp, readStamp } from './evidence/timestamps.ts'
import type { FileReport, SignatureReport } from './types.ts'
import { plainReport } from './verdict.ts'

/** The token in some bytes: a ContentInfo, or a TimeStampResp around one (RFC 3161 2.4.2); undefined if there is none. */
export function tokenIn(bytes: Uint8Array): Uint8Array | undefined {
  const candidates = [bytes, secondPart(bytes)]
  return candidates.find((candidate) => {
    return candidate !== undefined && attempt(() => readTimeStampToken(candidate)) !== undefined
  })
}

function secondPart(bytes: Uint8Array): Uint8Array | undefined {
  return attempt(() => children(readDer(bytes))[1]?.raw)
}

/** The certificate that the bytes are, DER; undefined if they are none. */
export function certificateIn(bytes: Uint8Array): Certificate | undefined {
  return attempt(() => readCertificate(bytes))
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof CaError) return undefined
    throw error
  }
}

/** Verifies a token; `stamped` is what it stands for, if that is at hand. */
export async function verifyToken(
  name: string,
  token: Uint8Array,
  options: { readonly stamped: Uint8Array | undefined; readonly evidence: Evidence },
): Promise<FileReport> {
  const { stamped: data, evidence } = options
  const { certificates, ports, at } = evidence
  const stamp = await readStamp({ token, data, certificates, ports })
  const verdict = await judgeStamp(stamp, evidence, evidence.existedBy ?? at)
  const { judgement, genTime, statedTime, path, until } = verdict
  const time = statedTime?.toISOString()
  const signature: SignatureReport = {
    field: 'timestamp',
    signer: stamp.certificate?.subject.text ?? '',
    level: null,
    ...judgement,
    integrity: stamp.intact ? 'INTACT' : 'BROKEN',
    claimedTime: stamp.genTime?.toISOString() ?? null,
    timestamps: time === undefined ? [] : [{ time, kind: 'token' }],
    coversWholeRevision: true,
    changesAfter: [],
    chain: path.map(({ subject }) => subject.text),
    findings: verdict.findings,
  }
  const validUntil = genTime && until
  return {
    file: name,
    ...judgement,
    findings: data === undefined ? [finding('DATA_NOT_GIVEN')] : [],
    seal: { verdict: judgement.verdict },
    signatures: [signature],
    ...(validUntil && { validUntil: validUntil.toISOString() }),
  }
}

/** Verifies a certificate at the moment of validation: its chain, and revocation by what was given besides. */
export async function verifyCertificate(
  name: string,
  certificate: Certificate,
  evidence: Evidence,
): Promise<FileReport> {
  const { at } = evidence
  const chain = await judgeChain(certificate, evidence, {
    validAt: at,
    usedAt: at,
    currentSuffices: true,
  })
  const { judgement } = chain
  const validUntil = judgement.verdict === 'TOTAL-PASSED' && chain.until
  return {
    ...plainReport(name, judgement, chain.findings),
    ...(validUntil && { validUntil: validUntil.toISOString() }),
  }
}

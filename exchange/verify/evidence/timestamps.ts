/**
 * Judges a time-stamp token with its certificate: does it stamp these bytes, and may its time be believed (RFC 3161, EN 319 102-1
 * 5.4). Pure but for the ports.
 */
import {
  countStray,
  readFirst,
  sha256Hex,
  verifyTimeStampToken,
  type AlgorithmEnd,
  type Certificate,
  type PathPorts,
} from '../../../ca/path/index.ts'
import {
  algorithmObjection,
  judgeChain,
  withMore,
  type ChainVerdict,
  type Evidence,
} from './evidence.ts'
import { finding } from '../findings.ts'
import type { Finding } from '../types.ts'
import { earliestOf, failed, indeterminate, passed, worst, type Judgement } from '../verdict.ts'

/** A token that was checked against its data, not yet against trust. */
export interface StampFacts {
  /** Whether the token is authentic and stamps the data. */
  readonly intact: boolean
  readonly findings: readonly Finding[]
  readonly genTime: Date | undefined
  readonly serialNumber: string | undefined
  /** Of the token without what pads it, hexadecimal. */
  readonly sha256: string | undefined
  readonly certificate: Certificate | undefined
  /** When its hash, algorithm or key length stop to be believed. */
  readonly algorithmEnd: AlgorithmEnd | undefined
  /** DER certificates that the token carries. */
  readonly certificates: readonly Uint8Array[]
  readonly crls: readonly Uint8Array[]
  readonly ocspResponses: readonly Uint8Array[]
}

/** Reads and checks a token; resolves for any bytes. */
export async function readStamp(options: {
  readonly token: Uint8Array
  readonly data: Uint8Array | readonly Uint8Array[] | undefined
  readonly padded?: boolean
  readonly certificates: readonly Uint8Array[]
  readonly ports: PathPorts | undefined
}): Promise<StampFacts> {
  const verdict = await verifyTimeStampToken({ ...options, allowWeak: true })
  return {
    intact: verdict.valid,
    findings: verdict.findings.map(({ message }) => finding('TIMESTAMP_INVALID', message)),
    genTime: verdict.token?.genTime,
    serialNumber: verdict.token?.serialNumber,
    sha256: verdict.token && sha256Hex(readFirst(options.token).raw),
    certificate: verdict.certificate,
    algorithmEnd: verdict.algorithmEnd,
    certificates: verdict.token?.signedData.certificates ?? [],
    crls: verdict.token?.signedData.crls ?? [],
    ocspResponses: verdict.token?.signedData.ocspResponses ?? [],
  }
}

export interface StampVerdict {
  readonly judgement: Judgement
  readonly findings: readonly Finding[]
  /** Subjects' certificates of the stamp's chain. */
  readonly path: readonly Certificate[]
  /** The proven time; undefined unless all holds. */
  readonly genTime: Date | undefined
  /** What an authentic token with a path to a root says, even where evidence on its certificates is missing. */
  readonly statedTime: Date | undefined
  /** A token of a key that is stated to be compromised: it proves nothing, and stands against nothing. */
  readonly isDisregarded: boolean
  /** The last second at which the same evidence says the same; absent where the moment of validation does not count. */
  readonly until?: Date | undefined
}

/**
 * Judges a checked token: its chain at `validAt`, by when it demonstrably existed. A token that is not intact fails.
 */
export async function judgeStamp(
  stamp: StampFacts,
  evidence: Evidence,
  validAt: Date,
): Promise<StampVerdict> {
  const { genTime, certificate, findings } = stamp
  if (!stamp.intact || !genTime || !certificate) {
    return {
      judgement: failed('HASH_FAILURE'),
      findings,
      path: [],
      genTime: undefined,
      statedTime: undefined,
      isDisregarded: false,
    }
  }
  const more = withMore(evidence, stamp)
  const { serialNumber = '', sha256 = '' } = stamp
  const token = { serialNumber, sha256, genTime }
  const chain = await judgeChain(certificate, more, { validAt, usedAt: genTime, token })
  if (chain.isCompromised === true) return disregarded(chain)
  const order: { judgement: Judgement; findings: Finding[] } =
    genTime > validAt
      ? {
          judgement: indeterminate('TIMESTAMP_ORDER_FAILURE'),
          findings: [finding('TIMESTAMP_AHEAD', genTime.toISOString())],
        }
      : { judgement: passed, findings: [] }
  const end = stamp.algorithmEnd
  const ended =
    end && validAt > end.end ? algorithmObjection(end, { validAt, evidence }) : undefined
  const known = chain.path.map(({ raw }) => raw)
  const stray =
    known.length > 0 ? await countStray({ carried: stamp, known, ports: evidence.ports }) : 0
  const strayFindings = stray > 0 ? [finding('CERTIFICATE_STRAY')] : []
  const judgement = worst([
    order.judgement,
    ...(ended ? [ended.judgement] : []),
    chain.judgement,
    stray > 0 ? indeterminate('CHAIN_CONSTRAINTS_FAILURE') : passed,
  ])
  const untrusted =
    judgement.verdict === 'TOTAL-PASSED'
      ? []
      : [finding('TIMESTAMP_NOT_TRUSTED', certificate.subject.text)]
  return {
    judgement,
    findings: [
      ...findings,
      ...untrusted,
      ...strayFindings,
      ...order.findings,
      ...(ended?.findings ?? []),
      ...chain.findings,
    ],
    path: chain.path,
    genTime: judgement.verdict === 'TOTAL-PASSED' ? genTime : undefined,
    statedTime: chain.path.length > 0 ? genTime : undefined,
    isDisregarded: false,
    until: earliestOf([chain.until, validAt >= evidence.at ? end?.end : undefined]),
  }
}

/** What it says may have been written by anybody who has the key. */
function disregarded({ judgement, findings, path }: ChainVerdict): StampVerdict {
  return {
    judgement,
    findings: findings.map((one) =>
      one.code === 'KEY_COMPROMISED' ? { ...one, ...finding('TIMESTAMP_DISREGARDED') } : one,
    ),
    path,
    genTime: undefined,
    statedTime: undefined,
    isDisregarded: true,
  }
}

/**
 * Evidence records in the verification of one file: judged before anything inside the file is, since what they prove to have existed is
 * judged at that time (EN 319 102-1 5.6.3). Pure but for the ports.
 */
import { readTimeStampToken, readOrExplain } from '../../../ca/path/index.ts'
import { withMore, type Evidence } from './evidence.ts'
import { judgeRecords, maxRecords, type RecordProof, type RecordsVerdict } from './record.ts'
import { readEvidenceRecord } from './record_der.ts'
import type { FileReport, RenewalFact, VerifyRequest } from '../types.ts'

/** The evidence with what the records prove, and what they carry; and the verdict on them, undefined where there are none. */
export async function withRecords(
  { bytes, companions = {} }: Pick<VerifyRequest, 'bytes' | 'companions'>,
  evidence: Evidence,
): Promise<{ readonly evidence: Evidence; readonly records: RecordsVerdict | undefined }> {
  const { evidenceRecords = [], signature } = companions
  if (evidenceRecords.length === 0) return { evidence, records: undefined }
  const objects = signature ? [bytes, signature] : [bytes]
  const records = await judgeRecords(evidenceRecords, objects, evidence)
  const { provenAt } = records
  if (provenAt === undefined) return { evidence, records }
  const carried = evidenceRecords.slice(0, maxRecords).map(carriedBy)
  const more = carried.reduce((sum, one) => withMore(sum, one), evidence)
  return { evidence: { ...more, existedBy: provenAt }, records }
}

/** Certificates and lists in a record's timestamps: those that say of a signature without a timestamp that its certificate held. */
function carriedBy(bytes: Uint8Array) {
  const record = readOrExplain(() => readEvidenceRecord(bytes))
  if ('message' in record) return {}
  const tokens = record.chains.flatMap(({ timeStamps }) =>
    timeStamps.map(({ timeStamp }) => readTimeStampToken(timeStamp).signedData),
  )
  return {
    certificates: tokens.flatMap(({ certificates }) => certificates),
    crls: tokens.flatMap(({ crls }) => crls),
  }
}

/** The report with what the records say. */
export function reportRecords(report: FileReport, records: RecordsVerdict | undefined): FileReport {
  if (!records) return report
  const { proofs, findings } = records
  return {
    ...report,
    findings: [...report.findings, ...findings],
    ...(proofs.length > 0 && { renewals: proofs.map(factOf) }),
  }
}

/**
 * The last second at which a file passes as records end one after the other: what those that are left prove may be too late for it, and once all
 * have ended, what the file itself bears is all there is. `judgeBy` judges the file anew by the time that is proven then.
 */
export async function endWithRecords(
  report: FileReport,
  proofs: RecordsVerdict['proofs'],
  judgeBy: (existedBy: Date | undefined) => Promise<FileReport>,
): Promise<string | undefined> {
  const endOf = ({ validUntil }: RecordProof): string => validUntil?.toISOString() ?? ''
  const ending = proofs.toSorted((a, b) => (endOf(a) < endOf(b) ? -1 : 1))
  let [judged, provenAt]: [FileReport, Date | undefined] = [report, firstOf(ending)]
  let until: string | undefined
  for (const [at, proof] of ending.entries()) {
    const end = endOf(proof)
    if (judged.verdict !== 'TOTAL-PASSED') return until
    if (judged.validUntil !== undefined && judged.validUntil < end) {
      return [until, judged.validUntil].toSorted().at(-1)
    }
    until = end
    const next = firstOf(ending.slice(at + 1))
    if (next?.getTime() !== provenAt?.getTime()) judged = await judgeBy(next)
    provenAt = next
  }
  const isLonger = judged.verdict === 'TOTAL-PASSED' && (judged.validUntil ?? '') > (until ?? '')
  return isLonger ? judged.validUntil : until
}

const firstOf = (proofs: RecordsVerdict['proofs']): Date | undefined =>
  proofs.map(({ provenAt }) => provenAt).toSorted((a, b) => a.getTime() - b.getTime())[0]

function factOf({ provenAt, validUntil }: RecordsVerdict['proofs'][number]): RenewalFact {
  return {
    time: provenAt.toISOString(),
    kind: 'evidence-record',
    validUntil: validUntil?.toISOString() ?? null,
  }
}

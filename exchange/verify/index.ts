/**
 * The public face of offline verification: sealed PDFs, statements and receipts, time-stamp tokens, certificates, judged against given
 * roots with the evidence inside, without a network. Isomorphic: the same code runs in the server, on the command line and in a page opened
 * from a stick. `verifyFile` never throws.
 */
import { fromPem, readCertificate } from '../../ca/path/index.ts'
import { boundPorts, bundleFactor } from './bounds.ts'
import { verifyBundle } from './bundle/verify_bundle.ts'
import { isZip, maxBundleBytes } from './bundle/zip.ts'
import { readCompromiseFile } from './evidence/compromise_file.ts'
import { verifyCompromise } from './evidence/compromise_report.ts'
import { newEvidence, type Evidence } from './evidence/evidence.ts'
import { finding } from './findings.ts'
import { verifyPdf } from './pdf/verify_pdf.ts'
import { countHidden } from './pdf/signatures.ts'
import { isEvidenceRecord } from './evidence/record.ts'
import { endWithRecords, reportRecords, withRecords } from './evidence/renewals.ts'
import { certificateIn, tokenIn, verifyCertificate, verifyToken } from './single.ts'
import { verifyStatement } from './statement/statement.ts'
import { withDispatch } from './statement/dispatch.ts'
import { withTime } from './statement/time.ts'
import type { CommonRequest, GivenFile } from './files.ts'
import { judgeHeads, type KnownHeads } from './statement/heads.ts'
import type { FileReport, Finding, Report, VerifyRequest } from './types.ts'
import {
  failed,
  indeterminate,
  plainReport,
  unreachableSignature,
  unverifiable,
  worst,
} from './verdict.ts'

export { conformanceTable, type ConformanceCode } from './report/conformance_words.ts'
export {
  changeTable,
  changeText,
  isObjection,
  type ChangeCode,
  type ChangeEffect,
  type RevisionChange,
} from './report/change_words.ts'
export { findingTable, type FindingCode, type Severity } from './findings.ts'
export {
  changesAfter,
  conformanceText,
  findingText,
  integrityWords,
  reportText,
  statementWords,
  verdictWords,
  type Language,
} from './report/text.ts'
export { commonName, isStatement, verdictSentence } from './report/sentence.ts'
export {
  maxCompromiseFileBytes,
  readCompromiseFile,
  writeCompromiseFile,
  type CompromiseFile,
} from './evidence/compromise_file.ts'
export {
  companionNames,
  compromisesAmong,
  isDispatchName,
  groupsOf,
  requestsOf,
  type CommonRequest,
  type FileGroup,
  type GivenFile,
} from './files.ts'
export { readTrustFile, type TrustFile } from './trust_file.ts'
export { pdfInBundle } from './bundle/contents.ts'
export { isZip, maxBundleBytes, readZip, type ZipReading } from './bundle/zip.ts'
export type { HeadsReport, KnownHeads } from './statement/heads.ts'
export type { Completeness } from './statement/receipts.ts'
export { readStatement } from './statement/read.ts'
export type { TimeAttestation } from './statement/witness.ts'
export {
  judgeStatements,
  momentOfStatements,
  type GivenStatement,
  type JudgedStatements,
} from './statement/statements.ts'
export type {
  Companions,
  ConformanceNote,
  FieldLock,
  Finding,
  Integrity,
  Level,
  RenewalFact,
  Report,
  RevisionReport,
  SignatureReport,
  SubIndication,
  TimeStampFact,
  Verdict,
  VerifyRequest,
} from './types.ts'

/** Larger files are refused unread; the PDF reader's own bound. */
export const maxVerifyBytes = 100 * 1024 * 1024

/** Verifies one file. Resolves with a report for any bytes. */
export async function verifyFile(request: VerifyRequest): Promise<Report> {
  const { name, bytes } = request
  try {
    const isBundle = isZip(bytes)
    if (bytes.length > (isBundle ? maxBundleBytes : maxVerifyBytes)) {
      return finish(request, unverifiable(name, 'FILE_TOO_LARGE'))
    }
    const ports = boundPorts(request.ports, isBundle ? bundleFactor : 1)
    const judged = withTrust(await judge({ ...request, ports }), request.trust)
    const stated = request.statements?.findings ?? []
    const report = { ...judged, findings: [...judged.findings, ...stated] }
    return finish(request, ports.exhausted ? withExhaustion(report) : report)
  } catch {
    // Whatever went wrong in here must not be taken for a verdict on the file.
    const options = { subIndication: 'FORMAT_FAILURE' } as const
    return finish(request, unverifiable(name, 'INTERNAL_ERROR', options))
  }
}

/** `box` is whose journal it is; where nobody knows, the first of the files says it. */
export type HeadsRequest = CommonRequest & { readonly box?: string | undefined }

/**
 * Compares the journal heads in some files with each other and with the segments of a journal, read one by one in their order. `report` is a report
 * named `heads`; `known`, handed on as `heads` of requests, lets statements say who witnessed their time. Resolves for any bytes.
 */
export async function compareHeads(
  files: readonly GivenFile[],
  segments: Iterable<GivenFile>,
  { box, ...common }: HeadsRequest,
): Promise<{ readonly report: Report; readonly known: KnownHeads }> {
  const { report, known } = await judgeHeads(files, common, { verify: verifyFile, segments, box })
  return { report: finish({ ...common, name: '', bytes: new Uint8Array() }, report), known }
}

/** A file of a bundle; a zip in a zip is no file that a bundle has, and could go on for ever. */
async function verifyInside(request: VerifyRequest): Promise<Report> {
  if (isZip(request.bytes)) return finish(request, unverifiable(request.name, 'FORMAT_UNKNOWN'))
  return verifyFile(request)
}

/** What every report has, in an order that does not depend on how it came about. */
function finish({ at }: VerifyRequest, report: FileReport): Report {
  const { file, verdict, subIndication, findings, conformance = [], ...rest } = report
  return {
    file,
    at: Number.isNaN(at.getTime()) ? '' : at.toISOString(),
    verdict,
    ...(subIndication && { subIndication }),
    findings,
    conformance,
    ...rest,
  }
}

async function judge(request: VerifyRequest): Promise<FileReport> {
  const { companions = {} } = request
  const known = {
    trust: request.trust,
    certificates: companions.certificates ?? [],
    crls: companions.crls ?? [],
    ocspResponses: companions.ocspResponses ?? [],
    at: request.at,
    ports: request.ports,
    compromises: request.statements?.compromises ?? [],
  }
  const { evidence, records } = await withRecords(request, newEvidence(known))
  const report = await judgeKind(request, evidence)
  if (!records?.provenAt) return reportRecords(report, records)
  const { certificates, crls } = evidence
  const validUntil = await endWithRecords(report, records.proofs, (existedBy) => {
    const by = existedBy ? { ...known, certificates, crls, existedBy } : known
    return judgeKind(request, newEvidence(by))
  })
  return reportRecords({ ...report, ...(validUntil !== undefined && { validUntil }) }, records)
}

/** By what kind of file it is. */
async function judgeKind(request: VerifyRequest, evidence: Evidence): Promise<FileReport> {
  const { name, bytes, companions = {} } = request
  if (isZip(bytes)) return verifyBundle(request, { evidence, verify: verifyInside })
  const start = String.fromCharCode(...bytes.subarray(0, 32))
  if (start.startsWith('%PDF-')) return verifyPdf(request, evidence)
  const hasSignature = companions.signature !== undefined
  const isJson = start.trimStart().startsWith('{')
  const compromise = isJson && !hasSignature ? readCompromiseFile(bytes) : undefined
  if (compromise) return verifyCompromise(name, compromise, evidence)
  if (hasSignature || isJson) {
    const { signature } = companions
    const report = await verifyStatement(name, bytes, { signature, evidence })
    return withDispatch(withTime(report, bytes, request.heads), bytes, companions.dispatches)
  }
  const token = tokenIn(bytes)
  if (token) return verifyToken(name, token, { stamped: companions.stamped, evidence })
  const certificate = certificateIn(start.startsWith('-----BEGIN') ? pemBody(bytes) : bytes)
  if (certificate) return verifyCertificate(name, certificate, evidence)
  if (isEvidenceRecord(bytes)) return unverifiable(name, 'EVIDENCE_RECORD_ALONE')
  return reportUnknown(name, bytes)
}

/** What could not be looked at to the end does not pass. */
function withExhaustion(report: FileReport): FileReport {
  const judgement = worst([report, indeterminate('TRY_LATER')])
  return { ...report, ...judgement, findings: [...report.findings, finding('LIMITS_REACHED')] }
}

/** No known kind of file; one that shows a signature all the same has been damaged (design 6). */
function reportUnknown(name: string, bytes: Uint8Array): FileReport {
  if (countHidden(bytes, []) <= 0) return unverifiable(name, 'FORMAT_UNKNOWN')
  const report = plainReport(name, failed('FORMAT_FAILURE'), [finding('FORMAT_UNKNOWN')])
  return { ...report, signatures: [unreachableSignature()] }
}

function pemBody(bytes: Uint8Array): Uint8Array {
  const text = new TextDecoder().decode(bytes.subarray(0, 200_000))
  try {
    return fromPem('CERTIFICATE', text)[0] ?? new Uint8Array()
  } catch {
    return new Uint8Array()
  }
}

/** Says what the roots themselves tell: a trial district, or a root that cannot be read. */
function withTrust(report: FileReport, trust: readonly Uint8Array[]): FileReport {
  const findings: Finding[] = []
  let isUnreadable = false
  for (const root of trust) {
    try {
      const { subject } = readCertificate(root)
      const isTrial = /试用|TRIAL/i.test(subject.text)
      if (isTrial) findings.push(finding('TRIAL_DISTRICT', subject.text))
    } catch {
      isUnreadable = true
      findings.push(finding('TRUST_UNREADABLE'))
    }
  }
  const judgement = worst([
    report,
    ...(isUnreadable ? [indeterminate('NO_CERTIFICATE_CHAIN_FOUND')] : []),
  ])
  const { verdict, subIndication } = judgement
  return {
    ...report,
    verdict,
    ...(subIndication && { subIndication }),
    findings: [...report.findings, ...findings],
  }
}

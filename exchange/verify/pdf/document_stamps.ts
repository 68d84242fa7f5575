/**
 * The document timestamps of a PDF, newest first: each proves that what it covers existed, the one before it included (EN 319 102-1 5.6.3.4). Pure
 * but for the ports.
 */
import type { Evidence } from '../evidence/evidence.ts'
import { proveCovered, type PlacedPiece } from '../evidence/existence.ts'
import { finding } from '../findings.ts'
import { judgeStamp, readStamp, type StampVerdict } from '../evidence/timestamps.ts'
import { failed } from '../verdict.ts'
import type { PdfSignature } from './signatures.ts'

/** A document timestamp with what came of it. */
export interface DocumentStamp extends StampVerdict {
  readonly signature: PdfSignature
}

/** Judges them; oldest first. Notes of each piece inside by when it existed. */
export async function judgeDocumentStamps(
  signatures: readonly PdfSignature[],
  placed: readonly PlacedPiece[],
  evidence: Evidence,
): Promise<readonly DocumentStamp[]> {
  const verdicts: DocumentStamp[] = []
  const { existence } = evidence
  let existedBy = evidence.existedBy ?? evidence.at
  for (const { piece } of placed) existence.prove(piece, existedBy)
  for (const signature of signatures.filter(({ isTimestamp }) => isTimestamp).toReversed()) {
    const verdict = await judgeOne(signature, evidence, existedBy)
    if (verdict.genTime) {
      existedBy = verdict.genTime
      proveCovered(existence, placed, { ranges: signature.ranges, time: existedBy })
    }
    verdicts.unshift({ ...verdict, signature })
  }
  return verdicts
}

async function judgeOne(
  signature: PdfSignature,
  evidence: Evidence,
  existedBy: Date,
): Promise<StampVerdict> {
  const { rangeProblem, contents: token, parts: data } = signature
  if (rangeProblem !== undefined) {
    return {
      judgement: failed('FORMAT_FAILURE'),
      findings: [finding('BYTE_RANGE_WRONG', rangeProblem)],
      path: [],
      genTime: undefined,
      statedTime: undefined,
      isDisregarded: false,
    }
  }
  const { certificates, ports } = evidence
  const stamp = await readStamp({ token, data, padded: true, certificates, ports })
  return judgeStamp(stamp, evidence, existedBy)
}

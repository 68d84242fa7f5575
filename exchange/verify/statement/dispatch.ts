/** Compares a receipt or return that stands alone with the dispatch statements that were given beside it (design 3). Pure. */
import { sha256Hex } from '../../../ca/path/index.ts'
import { finding } from '../findings.ts'
import { answerObjections, isAnswer, type GivenDispatch } from './receipts.ts'
import { readStatement } from './read.ts'
import type { FileReport } from '../types.ts'
import { failed, worst } from '../verdict.ts'

/** The report with what stands against the answer; unchanged where no dispatch of its document was given. */
export function withDispatch(
  report: FileReport,
  bytes: Uint8Array,
  dispatches: readonly Uint8Array[] = [],
): FileReport {
  const answer = readStatement(bytes)
  if (!answer || !isAnswer(answer)) return report
  const given = dispatches.flatMap((dispatch): GivenDispatch[] => {
    const statement = readStatement(dispatch)
    return statement?.type === 'sealbox.dispatch' ? [{ hash: sha256Hex(dispatch), statement }] : []
  })
  const own =
    given.find(({ hash }) => hash === answer.dispatch) ??
    given.find(({ statement }) => statement.document === answer.document)
  const codes = own ? answerObjections(answer, own) : []
  if (codes.length === 0) return report
  const { verdict, subIndication } = worst([report, failed('FORMAT_FAILURE')])
  return {
    ...report,
    verdict,
    ...(subIndication && { subIndication }),
    findings: [...report.findings, ...codes.map((code) => finding(code))],
  }
}

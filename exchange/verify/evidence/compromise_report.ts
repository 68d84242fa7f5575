/** Verifies a statement of compromise as a file by itself: both signatures, and whether two officers of a trusted district made it. */
import { compromiseOf, objectionTo } from '../statement/statements.ts'
import type { CompromiseFile } from './compromise_file.ts'
import type { Evidence } from './evidence.ts'
import { finding } from '../findings.ts'
import { verifyStatement } from '../statement/statement.ts'
import type { FileReport } from '../types.ts'
import { indeterminate, passed, worst } from '../verdict.ts'

/** The report on the file, a signature an officer; what it takes away is taken away from itself. */
export async function verifyCompromise(
  name: string,
  file: CompromiseFile,
  evidence: Evidence,
): Promise<FileReport> {
  const own = compromiseOf(file, evidence.trust)
  const known = { ...evidence, compromises: [...evidence.compromises, own] }
  const reports: FileReport[] = []
  for (const signature of file.signatures) {
    reports.push(await verifyStatement(name, file.bytes, { signature, evidence: known }))
  }
  const objection = await objectionTo(file, known)
  const judgement = worst([
    ...reports,
    objection === undefined ? passed : indeterminate('CHAIN_CONSTRAINTS_FAILURE'),
  ])
  const { verdict, subIndication } = judgement
  return {
    file: name,
    verdict,
    ...(subIndication && { subIndication }),
    findings: objection === undefined ? [] : [finding(objection)],
    seal: { verdict },
    signatures: reports.flatMap(({ signatures }) => signatures),
  }
}

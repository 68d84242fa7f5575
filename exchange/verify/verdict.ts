/** Verdicts: ordering and combining (design 6: the file's verdict is the worst of all). */
import type { FindingCode } from './findings.ts'
import { finding } from './findings.ts'
import type { Finding, FileReport, SignatureReport, SubIndication, Verdict } from './types.ts'

export interface Judgement {
  readonly verdict: Verdict
  readonly subIndication?: SubIndication
}

export const passed: Judgement = { verdict: 'TOTAL-PASSED' }

export const failed = (subIndication?: SubIndication): Judgement => ({
  verdict: 'TOTAL-FAILED',
  ...(subIndication && { subIndication }),
})

export const indeterminate = (subIndication: SubIndication): Judgement => ({
  verdict: 'INDETERMINATE',
  subIndication,
})

const rank: Readonly<Record<Verdict, number>> = {
  'TOTAL-PASSED': 0,
  INDETERMINATE: 1,
  'TOTAL-FAILED': 2,
}

/** The worst judgement, the first of equals. */
export function worst(judgements: readonly Judgement[]): Judgement {
  return judgements.reduce((a, b) => (rank[b.verdict] > rank[a.verdict] ? b : a), passed)
}

/** The earliest of some dates; undefined where there is none. */
export function earliestOf(dates: readonly (Date | undefined)[]): Date | undefined {
  return dates.reduce((a, b) => (a && (!b || a <= b) ? a : b), undefined)
}

/** A report on a file without any judged signature. */
export function plainReport(
  file: string,
  judgement: Judgement,
  findings: readonly Finding[],
): FileReport {
  return { file, ...judgement, findings, seal: { verdict: judgement.verdict }, signatures: [] }
}

/** A report on a file whose format or content let no signature be judged. */
export function unverifiable(
  file: string,
  code: FindingCode,
  options: { readonly detail?: string; readonly subIndication?: SubIndication } = {},
): FileReport {
  const judgement = indeterminate(options.subIndication ?? 'NO_SIGNATURE')
  return plainReport(file, judgement, [finding(code, options.detail)])
}

/** A signature whose presence shows but which cannot be reached: BROKEN (design 6). */
export function unreachableSignature(detail?: string): SignatureReport {
  return {
    field: '',
    signer: '',
    level: null,
    ...failed('FORMAT_FAILURE'),
    integrity: 'BROKEN',
    claimedTime: null,
    timestamps: [],
    coversWholeRevision: false,
    changesAfter: [],
    chain: [],
    findings: [finding('SIGNATURE_NOT_REACHABLE', detail)],
  }
}

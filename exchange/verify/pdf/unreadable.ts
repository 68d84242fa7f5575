/**
 * What is said of a PDF that strict reading refuses: why, what is wrong with it by a reader that repairs, and which revisions can be told. It
 * passes in no case; if it shows traces of a signature, that signature is broken (design 6). Pure but for the ports.
 */
import type { ExchangeError } from '../../errors.ts'
import { readPdfForensic, type PdfDamageCode } from '../../pdf/index.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { finding, type FindingCode } from '../findings.ts'
import type { FileReport, Finding } from '../types.ts'
import { failed, plainReport, unreachableSignature, unverifiable } from '../verdict.ts'
import { isEncryptedLater } from './open.ts'
import { reportRanges } from './ranges.ts'
import { countHidden } from './signatures.ts'

/** More revisions than a file that strict reading takes may have are not told. */
const maxRanges = 1000

/** The report, `error` being why strict reading refused the file. */
export async function reportUnreadable(
  { name, bytes }: { readonly name: string; readonly bytes: Uint8Array },
  error: ExchangeError,
  { ports }: Pick<Evidence, 'ports'>,
): Promise<FileReport> {
  const code =
    error.code === 'PDF_ENCRYPTED' || error.code === 'PDF_MALFORMED' ? error.code : 'FILE_TOO_LARGE'
  if (code === 'FILE_TOO_LARGE') return unverifiable(name, code, { detail: error.message })
  const { damage, revisions } = readPdfForensic(bytes)
  const told = damage.map((one): Finding => finding(damageFindings[one.code], placeOf(one.at)))
  const ranges = revisions.slice(0, maxRanges)
  const report = isBrokenSeal(code, bytes)
    ? {
        ...plainReport(name, failed('FORMAT_FAILURE'), [finding(code, error.message)]),
        signatures: [unreachableSignature(error.message)],
      }
    : unverifiable(name, code, { detail: error.message })
  return {
    ...report,
    findings: [...report.findings, ...told],
    revisions: await reportRanges({ bytes, ranges, ports }, () => []),
  }
}

/** Encryption by itself breaks no seal; one that was added to a sealed file does. */
function isBrokenSeal(code: 'PDF_ENCRYPTED' | 'PDF_MALFORMED', bytes: Uint8Array): boolean {
  const isDamage = code === 'PDF_MALFORMED' || isEncryptedLater(bytes)
  return isDamage && countHidden(bytes, []) > 0
}

const placeOf = (at: number | undefined): string | undefined =>
  at === undefined ? undefined : `at byte ${String(at)}`

const damageFindings: Readonly<Record<PdfDamageCode, FindingCode>> = {
  HEADER_MISSING: 'PDF_HEADER_MISSING',
  HEADER_LATE: 'PDF_HEADER_LATE',
  TOO_LARGE: 'FILE_TOO_LARGE',
  XREF_BROKEN: 'PDF_XREF_BROKEN',
  XREF_WRONG: 'PDF_XREF_WRONG',
  TRAILER_MISSING: 'PDF_TRAILER_MISSING',
  CATALOG_MISSING: 'PDF_CATALOG_MISSING',
  LIMIT_REACHED: 'PDF_NOT_READ_THROUGH',
}

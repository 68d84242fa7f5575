/** Prints evidence sheets for one box: its faces, its roots, its time zone. Pure but for the faces, which are given. */
import { readCertificate, readOrExplain, sha256Hex } from '../../ca/path/index.ts'
import type { Fonts } from '../layout/fonts.ts'
import type { Language, Report } from '../verify/index.ts'
import { evidenceSheet } from './evidence_sheet.ts'

export interface Sheets {
  /** The sheet of a report that was made under the roots of this box. */
  print(report: Report, file: Uint8Array, language: Language): Promise<Uint8Array>
}

export function createSheets(box: {
  readonly fonts: Fonts
  /** IANA name. */
  readonly zone: string
  /** DER. */
  readonly roots: readonly Uint8Array[]
}): Sheets {
  const { fonts, zone: timeZone } = box
  const roots = rootFacts(box.roots)
  return {
    print: (report, bytes, language) => {
      const file = { sha256: sha256Hex(bytes), bytes: bytes.length }
      return evidenceSheet({ report, file, roots, language, fonts, timeZone })
    },
  }
}

/** What a sheet says of roots (DER). */
export function rootFacts(
  roots: readonly Uint8Array[],
): { readonly subject: string; readonly sha256: string }[] {
  return roots.map((root) => ({ subject: subjectOf(root), sha256: sha256Hex(root) }))
}

/** Empty for what is no certificate; the report says so. */
function subjectOf(root: Uint8Array): string {
  const read = readOrExplain(() => readCertificate(root).subject.text)
  return typeof read === 'string' ? read : ''
}

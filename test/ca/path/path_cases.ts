/** Cases of path validation as tables: what is asked, and `valid` or the code of the first finding. Revocation is not asked. */
import test from 'ava'
import { validatePath, type PathFindingCode } from '../../../ca/path/index.ts'
import { at, caUsage, certificate, isCa, leaf, root, type CertificateShape } from './forge.ts'

export interface PathCase {
  readonly expected: 'valid' | PathFindingCode
  /** Default: a plain certificate below `root`. */
  readonly target?: Uint8Array
  readonly between?: readonly Uint8Array[]
  /** Default: `root`. */
  readonly anchors?: readonly Uint8Array[]
}

/** A target below an issuer. */
export const below = (issuer: string, shape: Partial<CertificateShape>): Uint8Array =>
  certificate({ subject: 'leaf', issuer, ...shape })

/** The anchor `root` with something of its own. */
export const anchorWith = (shape: Partial<CertificateShape>): readonly Uint8Array[] => [
  certificate({ subject: 'root', issuer: 'root', extensions: [isCa(), caUsage], ...shape }),
]

/** Declares a test for each case; each finding names its clause. */
export function testPathCases(cases: Readonly<Record<string, PathCase>>): void {
  for (const [title, item] of Object.entries(cases)) {
    test(`${item.expected === 'valid' ? 'accepted' : 'refused'}: ${title}`, async (t) => {
      const report = await validatePath({
        target: item.target ?? leaf('root'),
        intermediates: item.between ?? [],
        anchors: item.anchors ?? [root('root')],
        crls: [],
        at,
        revocation: 'none',
      })
      const [first] = report.findings
      t.is(report.valid ? 'valid' : first?.code, item.expected, first?.message)
      if (first && !first.code.endsWith('MALFORMED')) {
        t.regex(first.message, /\((RFC 5280 [46]\.|RFC 9608 4)/)
      }
    })
  }
}

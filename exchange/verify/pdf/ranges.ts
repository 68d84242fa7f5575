/** Revisions of a PDF in the report: their bytes, hashes, and what they did. Pure but for the ports. */
import { toHex, webDigest, type CryptoPorts } from '../../../ca/path/index.ts'
import type { Span } from '../../pdf/index.ts'
import type { RevisionChange } from '../report/change_words.ts'
import type { RevisionReport } from '../types.ts'

/** Each range with its hash; `changesOf` says what the revision of an index did. */
export function reportRanges(
  of: {
    readonly bytes: Uint8Array
    readonly ranges: readonly Span[]
    readonly ports: CryptoPorts | undefined
  },
  changesOf: (index: number) => readonly RevisionChange[],
): Promise<readonly RevisionReport[]> {
  const { bytes, ranges, ports } = of
  const { digest = webDigest } = ports ?? {}
  return Promise.all(
    ranges.map(async ({ start, end }, index) => ({
      index,
      start,
      end,
      sha256: toHex(await digest('SHA-256', bytes.subarray(start, end))),
      changes: changesOf(index),
    })),
  )
}

/**
 * The renewal inside a copy of the PDF, for readers that know no evidence records: what is needed to judge its timestamps, and one more
 * document timestamp (EN 319 142-1 5.5). The document itself, one hash for ever, stays as it is: this is an export.
 */
import type { TimeStampAuthority } from '../../ca/index.ts'
import { appendDocumentTimestamp, appendDss } from '../seal/index.ts'
import { carriedFor, type CarriedSource } from './carried.ts'

/** Throws `SEAL_NOT_ALLOWED`, `SEAL_LEVEL_UNREACHABLE` while time-stamping is down, and what `carriedFor` throws. */
export async function embedRenewal(
  parts: CarriedSource & { readonly timeStamping: TimeStampAuthority },
  pdf: Uint8Array,
): Promise<Uint8Array> {
  const carry = carriedFor(parts, [])
  const evidence = await carry()
  const stored = appendDss({ pdf, ...evidence, ocspResponses: [] })
  const stamped = await appendDocumentTimestamp({
    pdf: stored.file,
    stamp: (imprint) => parts.timeStamping.stamp(imprint, { carry }),
  })
  return stamped.pdf
}

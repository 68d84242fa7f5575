/** Looks in receipts, bundles and checkpoints that units and auditors kept for heads of a restored journal. */
import { headsIn } from '../commands/verify_heads.ts'
import { nodeCrypto } from '../../ca/index.ts'
import type { SeenByOthers } from './seen.ts'

/** `places` are files and folders; the journal is a folder of segments; roots are DER. */
export async function seenIn(
  places: readonly string[],
  of: { readonly journal: string; readonly roots: readonly Uint8Array[]; readonly at: Date },
): Promise<SeenByOthers> {
  const { journal, roots, at } = of
  const common = { trust: roots, at, ports: nodeCrypto }
  const { report, known } = await headsIn([journal, ...places], [], common)
  const [later] = known.beyond
  return {
    later: later ?? null,
    forks: (report.heads?.forks ?? []).map(
      ({ size, roots: sides }) =>
        `${String(size)}: ${sides.map(({ files }) => files.join(', ')).join(' / ')}`,
    ),
    numbers: known.numbers.map((one) => ({ ...one })),
    heads: report.heads?.heads ?? 0,
    notTrusted: report.findings
      .filter(({ code }) => code === 'HEAD_NOT_TRUSTED' || code === 'CHECKPOINT_NOT_TRUSTED')
      .map(({ message }) => message),
  }
}

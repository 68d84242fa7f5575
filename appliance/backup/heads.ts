/** Looks in receipts, bundles and checkpoints that units and auditors kept for heads of a restored journal. */
import { headsIn } from '../commands/verify_heads.ts'
import { nodeCrypto } from '../../ca/index.ts'
import type { SeenByOthers } from './seen.ts'

const proveNothing: ReadonlySet<string> = new Set([
  'HEAD_NOT_TRUSTED',
  'HEAD_OF_ANOTHER_BOX',
  'CHECKPOINT_NOT_TRUSTED',
  'NUMBER_NOT_USED',
])

/** `places` are files and folders with all that is in them; the journal is a folder of segments; roots are DER. Heads of other boxes count nothing. */
export async function seenIn(
  places: readonly string[],
  of: {
    readonly box: string
    readonly journal: string
    readonly roots: readonly Uint8Array[]
    readonly at: Date
  },
): Promise<SeenByOthers> {
  const { box, journal, roots, at } = of
  const common = { trust: roots, at, ports: nodeCrypto, box }
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
      .filter(({ code }) => proveNothing.has(code))
      .map(({ message }) => message),
  }
}

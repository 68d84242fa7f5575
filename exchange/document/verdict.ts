/**
 * The verdict on a sealed file as the document page shows it: by the same verifier that an auditor uses offline, with the box's
 * own root. Kept for some minutes by the file's hash: the file never changes, but time and revocation go on.
 */
import { nodeCrypto, type Blobs, type Clock, type Sha256, type Views } from '../../ca/index.ts'
import { createLru } from '../lru.ts'
import { createTurns } from '../turns.ts'
import { statedFiles, statedOrders } from '../order/stated_files.ts'
import { judgeStatements, verifyFile, type Report } from '../verify/index.ts'

export interface Verdicts {
  /** The report on a blob of ours. Throws only what reading it throws. */
  of(file: Sha256): Promise<Report>
}

/** A verdict is asked anew after this. */
export const verdictHoldsMs = 5 * 60_000
/** Reports take a few kilobytes each. */
const maxKept = 2000

export function createVerdicts(parts: {
  readonly blobs: Blobs
  readonly clock: Clock
  /** DER of the box's roots. */
  readonly roots: readonly Uint8Array[]
  /** The CRLs as they are now, beside the evidence in the file. */
  readonly crls: () => Promise<readonly Uint8Array[]>
  /** The evidence record of a file, once there is one. */
  readonly record: (file: Sha256) => Promise<Uint8Array | undefined>
  /** Where statements of compromise are. */
  readonly views: Views
}): Verdicts {
  const kept = createLru<{ readonly report: Report; readonly at: number; readonly stated: string }>(
    { maxWeight: maxKept },
  )
  const inTurn = createTurns()
  /** Names of the statements that are honoured: with another one no verdict is as it was. */
  const statedNow = async (): Promise<string> =>
    (await statedOrders(parts.views)).map(({ order }) => order).join()
  const recall = (file: Sha256, stated: string): Report | undefined => {
    const found = kept.get(file)
    const age = parts.clock.now().getTime() - (found?.at ?? 0)
    // A clock that was set back makes no verdict younger.
    const isSo = age >= 0 && age < verdictHoldsMs && found?.stated === stated
    return isSo ? found.report : undefined
  }
  const judge = async (file: Sha256): Promise<Report> => {
    const stated = await statedNow()
    const known = recall(file, stated)
    if (known !== undefined) return known
    const { clock, roots } = parts
    const at = clock.now()
    const [bytes, crls, record, given] = await Promise.all([
      parts.blobs.get(file),
      parts.crls(),
      parts.record(file),
      statedFiles(parts),
    ])
    const statements = await judgeStatements(given, { trust: roots, at, crls, ports: nodeCrypto })
    const report = await verifyFile({
      name: `${file}.pdf`,
      bytes,
      trust: roots,
      at,
      statements,
      companions: { crls, ...(record && { evidenceRecords: [record] }) },
      ports: nodeCrypto,
    })
    kept.set(file, { report, at: at.getTime(), stated })
    return report
  }
  return {
    // One at a time: a file of 100 MB takes seconds and a multiple of its size, and whoever waits may find it done.
    of: async (file) => recall(file, await statedNow()) ?? inTurn('verdict', () => judge(file)),
  }
}

/** The journal's part of a bundle: entries about the document, their proofs, and proofs from every head that a signer saw (`docs/formats/bundle.md`). */
import { canonicalJson, concat, toHex, utf8, type Entry, type Journal } from '../../ca/index.ts'
import { journalNames, proofLines } from '../verify/bundle/journal.ts'
import type { ZipMember } from './zip_write.ts'

/** The four files, under the head of `size`. */
export async function journalFiles(
  journal: Pick<Journal, 'inclusionProof' | 'consistencyProof'>,
  of: {
    readonly checkpoint: string
    readonly size: number
    readonly entries: readonly Entry[]
    /** Sizes of the heads that stand in the statements. */
    readonly heads: readonly number[]
  },
): Promise<ZipMember[]> {
  const { checkpoint, size, entries } = of
  const inclusion = await Promise.all(
    entries.map(async ({ index }) => {
      return { of: index, nodes: (await journal.inclusionProof(index, size)).map(toHex) }
    }),
  )
  const older = [...new Set(of.heads)].filter((head) => head < size).toSorted((a, b) => a - b)
  const consistency = await Promise.all(
    older.map(async (head) => {
      return { of: head, nodes: (await journal.consistencyProof(head, size)).map(toHex) }
    }),
  )
  return [
    { name: journalNames.checkpoint, bytes: utf8(checkpoint) },
    { name: journalNames.entries, bytes: concat(...entries.map(lineOf)) },
    { name: journalNames.proofs, bytes: utf8(proofLines(inclusion)) },
    { name: journalNames.consistency, bytes: utf8(proofLines(consistency)) },
  ]
}

function lineOf(entry: Entry): Uint8Array {
  return concat(canonicalJson(entry), Uint8Array.of(0x0a))
}

/** Gathers what came into the archive since it was last stamped: the leaves of the next tree, and who signed without a timestamp. */
import { createSlices, type Blobs, type Journal } from '../../ca/index.ts'
import { signingCertificatesOf } from '../document/signed_by.ts'
import { keys } from '../keyspace.ts'
import { firstMembers, isMissing } from './chains.ts'
import { leafOf, type TreeHash } from './hash_tree.ts'
import { objectsOf, type EvidenceObject } from './objects.ts'
import type { PlacedLeaf } from './trees.ts'

export interface Gathering {
  readonly from: number
  readonly to: number
  readonly hash: TreeHash
  /** Filled in on the way: SHA-256 of the certificates that signed while time-stamping was down. */
  readonly signers: Set<string>
}

/** Leaves of the entries from `from` up to and without `to`, in their order; lets others have their turn in between. */
export async function* gather(
  { journal, blobs }: { readonly journal: Journal; readonly blobs: Blobs },
  { from, to, hash, signers }: Gathering,
): AsyncGenerator<PlacedLeaf> {
  const marked = new Set(await unstampedFrom(journal.views, from))
  const turn = createSlices()
  for await (const entry of journal.read(from, to)) {
    await turn()
    if (marked.has(entry.index)) {
      for (const one of signingCertificatesOf(entry)) signers.add(one)
    }
    for (const [at, object] of objectsOf(entry).entries()) {
      const leaf = await leafOrNothing(blobs, object, hash)
      if (leaf) yield { place: { index: entry.index, at }, leaf }
    }
  }
}

/** Indexes of the entries from `from` on that were signed while time-stamping was down. */
export async function unstampedFrom(views: Journal['views'], from: number): Promise<number[]> {
  const marked: number[] = []
  const after = from > 0 ? { after: keys.evidenceUnstamped(from - 1) } : {}
  for await (const { key } of views.scan(keys.evidenceUnstampeds, after)) {
    marked.push(Number(key.slice(keys.evidenceUnstampeds.length)))
  }
  return marked
}

async function leafOrNothing(
  blobs: Blobs,
  object: EvidenceObject,
  hash: TreeHash,
): Promise<Uint8Array | undefined> {
  try {
    return leafOf(hash, await firstMembers(blobs, { object, hash, older: [] }))
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

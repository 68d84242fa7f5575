/** Heads of documents, kept in memory by the hash of their blob: they never change. */
import type { Blobs, Sha256 } from '../../ca/index.ts'
import { createLru } from '../lru.ts'
import type { DocumentHead } from './types.ts'

/** The head under this hash; throws what reading its blob throws. */
export type Heads = (head: Sha256) => Promise<DocumentHead>

/** Some kilobytes at most each, some hundred bytes as a rule. */
const maxKept = 20_000

export function createHeads(blobs: Blobs): Heads {
  const kept = createLru<DocumentHead>({ maxWeight: maxKept })
  return async (name) => {
    const known = kept.get(name)
    if (known !== undefined) return known
    const head = JSON.parse(new TextDecoder().decode(await blobs.get(name))) as DocumentHead
    kept.set(name, head)
    return head
  }
}

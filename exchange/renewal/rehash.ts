/**
 * Hash-tree renewal (RFC 4998 5.2): every object of the archive is read and hashed anew, together with all timestamps over it so far. The one
 * work that reads the whole archive; what is finished is kept part by part in the scratch area, and gone on with after a restart.
 */
import type { Journal } from '../../ca/index.ts'
import type { Scratch } from '../intake/types.ts'
import { keys } from '../keyspace.ts'
import { chainsOf, firstMembers, isMissing, stampsOver, type ChainSource } from './chains.ts'
import { leafOf, type TreeHash } from './hash_tree.ts'
import { objectsOf } from './objects.ts'
import type { Place } from './entries.ts'
import { inParts, type PlacedLeaf, type StoredTree, type TreePart } from './trees.ts'

/** What is kept between parts; good only as long as no other timestamp was made. */
interface Progress {
  readonly hash: TreeHash
  readonly to: number
  readonly last: number
  readonly parts: readonly TreePart[]
  /** The last leaf of the last part. */
  readonly after: Place
}

const progressKey = 'evidence/rehash'

/** Gives the function that builds the tree over all objects that are covered so far; undefined where there are none. */
export function createRehash(options: {
  readonly source: ChainSource
  readonly scratch: Scratch
  readonly journal: Journal
}): (hash: TreeHash) => Promise<{ readonly stored: StoredTree; readonly to: number } | undefined> {
  const { source, scratch, journal } = options
  const { trees, views, blobs } = source

  async function* leavesOf(hash: TreeHash, to: number, after: Place): AsyncGenerator<PlacedLeaf> {
    for await (const entry of journal.read(Math.max(0, after.index), to)) {
      for (const [at, object] of objectsOf(entry).entries()) {
        const place = { index: entry.index, at }
        if (place.index < after.index || (place.index === after.index && at <= after.at)) continue
        const older = await chainsOf(source, { object, place }, await stampsOver(views, place))
        try {
          yield { place, leaf: leafOf(hash, await firstMembers(blobs, { object, hash, older })) }
        } catch (error) {
          if (!isMissing(error)) throw error
        }
      }
    }
  }

  return async (hash) => {
    const state = (await views.get(keys.evidenceState))?.value as Progress | undefined
    if (!state) return undefined
    const { to, last } = state
    const kept = await scratch.get(progressKey)
    const before = kept === undefined ? undefined : (JSON.parse(kept) as Progress)
    const isUsable = before?.hash === hash && before.to === to && before.last === last
    const parts: TreePart[] = isUsable ? [...before.parts] : []
    const after = isUsable ? before.after : { index: -1, at: -1 }
    for await (const leaves of inParts(leavesOf(hash, to, after))) {
      parts.push(await trees.storePart(hash, leaves))
      const progress: Progress = {
        ...{ hash, to, last, parts },
        after: leaves.at(-1)?.place ?? after,
      }
      await scratch.put(progressKey, JSON.stringify(progress))
    }
    if (parts.length === 0) return undefined
    return { stored: await trees.finish(hash, parts), to }
  }
}

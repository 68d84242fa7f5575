/** Stamps the root of a tree and has the journal say so: from the entry on the timestamp counts. */
import {
  boxActor,
  toHex,
  type Blobs,
  type JsonObject,
  type TimeStampAuthority,
} from '../../ca/index.ts'
import { readTimeStampToken } from '../../ca/path/index.ts'
import { keys } from '../keyspace.ts'
import { carriedFor, endOfStampsNow, type CarriedSource } from './carried.ts'
import type { ArchiveStamp } from './entries.ts'
import type { TreeHash } from './hash_tree.ts'
import type { StoredTree } from './trees.ts'

export interface StampParts extends CarriedSource {
  readonly blobs: Blobs
  readonly timeStamping: TimeStampAuthority
}

export interface ToStamp {
  readonly kind: ArchiveStamp['kind']
  readonly hash: TreeHash
  readonly stored: StoredTree
  /** Certificates (DER) of signatures that bear no timestamp. */
  readonly signers?: readonly Uint8Array[]
  /** What the entry says besides. */
  readonly more?: JsonObject
}

/** Throws `CA_TIME_UNAVAILABLE`, `JOURNAL_CONFLICT` where another timestamp was made meanwhile, and what `carriedFor` throws. */
export async function stampTree(parts: StampParts, what: ToStamp): Promise<ArchiveStamp> {
  const { journal, blobs, timeStamping } = parts
  const { kind, hash, stored, signers = [], more = {} } = what
  const state = await journal.views.get(keys.evidenceState)
  const validUntil = endOfStampsNow(parts).toISOString()
  const bytes = await timeStamping.stamp(stored.root, { carry: carriedFor(parts, signers) })
  const token = await blobs.put(bytes)
  const { tree, count } = stored
  const at = readTimeStampToken(bytes).genTime.toISOString()
  const data = { hash, root: toHex(stored.root), count, tree, token, at, validUntil, ...more }
  // Crash before this: tree and token lie there unnamed, and the same is done again.
  const [entry] = await journal.commit({
    entries: [
      {
        ...{ type: `evidence.${kind}`, actor: boxActor, subject: 'archive', data },
        files: [tree, token],
      },
    ],
    expect: [{ key: keys.evidenceState, version: state?.version ?? null }],
  })
  if (!entry) throw new TypeError('one entry was committed')
  return { kind, index: entry.index, ...data } as unknown as ArchiveStamp
}

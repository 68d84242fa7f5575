/** Finds the archive timestamps that cover an object, and writes its evidence record from them. Reads views and blobs; decides nothing. */
import { concat } from '../../ca/path/index.ts'
import { CaError, fromHex, type Blobs, type Sha256, type Views } from '../../ca/index.ts'
import { keys } from '../keyspace.ts'
import type { ArchiveStamp, Place } from './entries.ts'
import { hashBy, leafOf, reducedHashtree, type TreeHash } from './hash_tree.ts'
import { nameOf, type EvidenceObject } from './objects.ts'
import type { Trees } from './trees.ts'
import { writeEvidenceRecord, writeSequence, type ChainParts } from './write_record.ts'

export interface ChainSource {
  readonly views: Views
  readonly blobs: Blobs
  readonly trees: Trees
}

/** The evidence record of an object, DER; undefined as long as no night has stamped it. Throws `EVIDENCE_DAMAGED`, and what `Blobs.get` throws. */
export async function recordOf(
  source: ChainSource,
  object: EvidenceObject,
): Promise<Uint8Array | undefined> {
  const found = await source.views.get(keys.evidenceObject(nameOf(object)))
  if (!found) return undefined
  const place = found.value as unknown as Place
  const stamps = await stampsOver(source.views, place)
  if (stamps.length === 0) return undefined
  return writeEvidenceRecord(await chainsOf(source, { object, place }, stamps))
}

/** The timestamps over a place, oldest first: of its night, and all renewals since. */
export async function stampsOver(views: Views, { index }: Place): Promise<ArchiveStamp[]> {
  const prefix = keys.evidenceStamps
  const [first] = await scan(views, prefix, { after: keys.evidenceStamp(index), limit: 1 })
  if (!first) return []
  const after = keys.evidenceRenewal(first.index)
  return [first, ...(await scan(views, keys.evidenceRenewals, { after }))]
}

async function scan(
  views: Views,
  prefix: string,
  options: { readonly after?: string; readonly limit?: number; readonly reverse?: boolean },
): Promise<ArchiveStamp[]> {
  const found: ArchiveStamp[] = []
  for await (const { value } of views.scan(prefix, options)) {
    found.push(value as unknown as ArchiveStamp)
  }
  return found
}

/** The newest renewal, of either kind; and all nightly timestamps since: what is to be renewed next. */
export async function headsOf(views: Views): Promise<readonly ArchiveStamp[]> {
  const [renewal] = await scan(views, keys.evidenceRenewals, { reverse: true, limit: 1 })
  const since: ArchiveStamp[] = []
  for await (const { value } of views.scan(keys.evidenceStamps, { reverse: true })) {
    const stamp = value as unknown as ArchiveStamp
    if (renewal && stamp.index < renewal.index) break
    since.unshift(stamp)
  }
  return renewal ? [renewal, ...since] : since
}

/** Chains of an object as far as these timestamps go. */
export async function chainsOf(
  source: ChainSource,
  { object, place }: { readonly object: EvidenceObject; readonly place: Place },
  stamps: readonly ArchiveStamp[],
): Promise<readonly ChainParts[]> {
  const { blobs, trees } = source
  const older: ChainParts[] = []
  let chain: ChainParts = []
  let before: { readonly index: number; readonly token: Uint8Array } | undefined
  for (const { kind, index, hash, tree, token: name } of stamps) {
    if (kind === 'rehashed') {
      older.push(chain)
      chain = []
    }
    const isRenewal = kind === 'renewed' && before !== undefined
    const members = isRenewal
      ? [hashBy(hash, before?.token ?? new Uint8Array())]
      : await firstMembers(blobs, { object, hash, older })
    const at = isRenewal ? { index: before?.index ?? 0, at: 0 } : place
    const path = await trees.pathTo(tree, { place: at, leaf: leafOf(hash, members) })
    const token = await blobs.get(name)
    chain = [...chain, { hash, reducedHashtree: reducedHashtree(members, path), timeStamp: token }]
    before = { index, token }
  }
  return [...older, chain]
}

/** What the first timestamp of a chain covers of an object: its hashes, or each with that of the older chains (RFC 4998 5.2). */
export async function firstMembers(
  blobs: Blobs,
  of: {
    readonly object: EvidenceObject
    readonly hash: TreeHash
    readonly older: readonly ChainParts[]
  },
): Promise<readonly Uint8Array[]> {
  const { object, hash, older } = of
  const plain: Uint8Array[] = []
  for (const name of object) plain.push(await hashOf(blobs, name, hash))
  if (older.length === 0) return plain
  const before = hashBy(hash, writeSequence(older))
  return plain.map((one) => hashBy(hash, concat(one, before)))
}

/** Blobs are named by their SHA-256: only another algorithm reads them. */
async function hashOf(blobs: Blobs, name: Sha256, hash: TreeHash): Promise<Uint8Array> {
  return hash === 'SHA-256' ? fromHex(name) : hashBy(hash, await blobs.get(name))
}

/** Whether a blob is gone, as the law may demand: nothing is left of it that could be covered. */
export const isMissing = (error: unknown): boolean =>
  error instanceof CaError && error.code === 'BLOB_MISSING'

export const tokenLeaf = (hash: TreeHash, token: Uint8Array): Uint8Array =>
  leafOf(hash, [hashBy(hash, token)])

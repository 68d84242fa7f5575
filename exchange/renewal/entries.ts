/** What the journal says of the archive's evidence, and the views it becomes. Pure. */
import type { Entry, Fold, Json, JsonObject, Put, Sha256 } from '../../ca/index.ts'
import { keys } from '../keyspace.ts'
import type { TreeHash } from './hash_tree.ts'
import { evidenceTypes, nameOf, objectsOf } from './objects.ts'

/** What every such entry says: one timestamp over one hash tree. */
interface Stamped extends JsonObject {
  readonly hash: TreeHash
  /** Root hash that the token stamps, hexadecimal. */
  readonly root: string
  /** Leaves of the tree. */
  readonly count: number
  /** The tree, by the hash of its index blob (`trees.ts`). */
  readonly tree: Sha256
  /** The token, by its hash. */
  readonly token: Sha256
  /** genTime of the token, RFC 3339. */
  readonly at: string
  /** The first end in the chain of the token's certificate, RFC 3339: by then it must be renewed. */
  readonly validUntil: string
}

/** Data of `evidence.stamped`: over the objects of the entries from `from` up to and without `to`. */
export interface EvidenceStamped extends Stamped {
  readonly from: number
  readonly to: number
}

/** Data of `evidence.renewed` (timestamp renewal, RFC 4998 5.2): over the tokens that were not renewed yet. */
export type EvidenceRenewed = Stamped

/** Data of `evidence.rehashed` (hash-tree renewal, 5.2): over all objects of the entries before `to`, with their chains so far. */
export interface EvidenceRehashed extends Stamped {
  readonly to: number
}

/** Where an object came in: entry, and its place among those of the entry. */
export interface Place {
  readonly index: number
  readonly at: number
}

/** A timestamp of the archive, as its view holds it. */
export type ArchiveStamp = { readonly index: number } & (
  | ({ readonly kind: 'stamped' } & EvidenceStamped)
  | ({ readonly kind: 'renewed' } & EvidenceRenewed)
  | ({ readonly kind: 'rehashed' } & EvidenceRehashed)
)

const valueOf = (kind: ArchiveStamp['kind'], entry: Entry): Json => ({
  kind,
  index: entry.index,
  ...(entry.data as Stamped),
})

const stamped: Fold = {
  type: 'evidence.stamped',
  reads: () => [],
  apply(entry) {
    const { to } = entry.data as EvidenceStamped
    const value = valueOf('stamped', entry)
    return [
      { key: keys.evidenceStamp(to), value },
      // Who stamps reads it and expects its version: of two at once one loses.
      { key: keys.evidenceState, value: { to, last: entry.index } },
    ]
  },
}

const renewalTypes = [
  { type: 'evidence.renewed', kind: 'renewed' },
  { type: 'evidence.rehashed', kind: 'rehashed' },
] as const

const renewals = renewalTypes.map(({ type, kind }): Fold => ({
  type,
  reads: () => [keys.evidenceState],
  apply(entry, values) {
    const state = values.get(keys.evidenceState) as JsonObject | undefined
    return [
      { key: keys.evidenceRenewal(entry.index), value: valueOf(kind, entry) },
      { key: keys.evidenceState, value: { to: 0, ...state, last: entry.index } },
    ]
  },
}))

/** Where each object came in first, and which sealed files and statements bear no timestamp. */
const places = evidenceTypes.map((type): Fold => ({
  type,
  reads: (entry) => objectsOf(entry).map((object) => keys.evidenceObject(nameOf(object))),
  apply(entry, values): Put[] {
    const objects = objectsOf(entry)
    const found = objects.flatMap((object, at): Put[] => {
      const key = keys.evidenceObject(nameOf(object))
      return values.has(key) ? [] : [{ key, value: { index: entry.index, at } }]
    })
    const isUnstamped = objects.length > 0 && lacksStamp(entry)
    const mark = { key: keys.evidenceUnstamped(entry.index), value: entry.subject }
    return isUnstamped ? [...found, mark] : found
  },
}))

/** A seal or statement whose entry names no time stamp: made while time-stamping was down. Older entries do not say. */
function lacksStamp({ data }: Entry): boolean {
  const { stamps, statements } = data as {
    readonly stamps?: readonly Json[]
    readonly statements?: readonly { readonly stamps?: readonly Json[] }[]
  }
  const lists = [stamps, ...(statements ?? []).map((one) => one.stamps)]
  return lists.some((list) => list?.length === 0)
}

export const evidenceFolds: readonly Fold[] = [stamped, ...renewals, ...places]

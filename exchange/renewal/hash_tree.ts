/**
 * Hash trees as RFC 4998 4.2 builds them: values of a node in binary ascending order, concatenated, hashed; binary, an odd one out goes up
 * as it is. A leaf is an object's hash, or of a group the hash over its members' hashes. Pure.
 */
import { hash as nodeHash } from 'node:crypto'
import { concat, der } from '../../ca/path/index.ts'

/** Hash algorithms that trees are built with: one row more when one more is needed. */
export const treeHashes = {
  'SHA-256': { node: 'sha256', oid: '2.16.840.1.101.3.4.2.1', octets: 32 },
  'SHA-512': { node: 'sha512', oid: '2.16.840.1.101.3.4.2.3', octets: 64 },
} as const satisfies Record<string, { node: string; oid: string; octets: number }>

export type TreeHash = keyof typeof treeHashes

/** Whether it names one of them. */
export const isTreeHash = (name: string): name is TreeHash => Object.hasOwn(treeHashes, name)

/** Hashes some bytes. */
export function hashBy(hash: TreeHash, bytes: Uint8Array): Uint8Array {
  return nodeHash(treeHashes[hash].node, bytes, 'buffer')
}

/** The leaf of an object whose members have these hash values (4.2 step 3). */
export function leafOf(hash: TreeHash, members: readonly Uint8Array[]): Uint8Array {
  const [alone] = members
  return members.length === 1 && alone ? alone : nodeOf(hash, members)
}

function nodeOf(hash: TreeHash, values: readonly Uint8Array[]): Uint8Array {
  return hashBy(hash, concat(...values.toSorted(der.compareBytes)))
}

/** The same of two, as a tree needs it by the hundred thousand. */
function pairOf(hash: TreeHash, left: Uint8Array, right: Uint8Array): Uint8Array {
  const isSorted = der.compareBytes(left, right) <= 0
  const joined = new Uint8Array(left.length + right.length)
  joined.set(isSorted ? left : right)
  joined.set(isSorted ? right : left, left.length)
  return hashBy(hash, joined)
}

/** All levels, leaves first, the root alone in the last; at least one leaf. */
export function levelsOf(
  hash: TreeHash,
  leaves: readonly Uint8Array[],
): readonly (readonly Uint8Array[])[] {
  const levels = [leaves]
  for (let level = leaves; level.length > 1;) {
    const above: Uint8Array[] = []
    for (let at = 0; at < level.length; at += 2) {
      const [left, right] = [level[at], level[at + 1]]
      if (left) above.push(right ? pairOf(hash, left, right) : left)
    }
    levels.push(above)
    level = above
  }
  return levels
}

/** The values that a leaf is joined with on its way up, from below. */
export function pathOf(
  levels: readonly (readonly Uint8Array[])[],
  at: number,
): readonly Uint8Array[] {
  return levels.flatMap((level, height) => {
    const sibling = level[(at >> height) ^ 1]
    return sibling ? [sibling] : []
  })
}

/** The reduced hash tree of an object (4.2): its members and the first sibling, or the whole group, then a list a level; empty alone. */
export function reducedHashtree(
  members: readonly Uint8Array[],
  path: readonly Uint8Array[],
): readonly (readonly Uint8Array[])[] {
  const [first, ...rest] = path
  if (members.length > 1) return [members.toSorted(der.compareBytes), ...path.map((one) => [one])]
  if (first === undefined) return []
  return [[...members, first].toSorted(der.compareBytes), ...rest.map((one) => [one])]
}

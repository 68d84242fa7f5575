/**
 * Hash trees of the archive as blobs: an index that names parts of 1,024 leaves each, so that no tree is held in memory whole and the way of
 * a leaf to the root is found by reading two small blobs. Format: docs/formats/evidence-record.md.
 */
import * as z from 'zod'
import {
  canonicalJson,
  concat,
  createSlices,
  fromHex,
  toHex,
  type Blobs,
  type Sha256,
} from '../../ca/index.ts'
import { equal } from '../../ca/path/index.ts'
import { ExchangeError } from '../errors.ts'
import { createLru } from '../lru.ts'
import { levelsOf, pathOf, treeHashes, type TreeHash } from './hash_tree.ts'
import type { Place } from './entries.ts'

/** A leaf and where its object came in. */
export interface PlacedLeaf {
  readonly place: Place
  readonly leaf: Uint8Array
}

/** One part, finished: it can be kept and the building gone on with after a restart. */
export interface TreePart {
  readonly blob: Sha256
  /** Root of the part, hexadecimal. */
  readonly root: string
  readonly first: Place
  readonly count: number
}

export interface StoredTree {
  readonly tree: Sha256
  readonly root: Uint8Array
  readonly count: number
}

export interface Trees {
  /** Stores up to `leavesOfPart` leaves, at least one. */
  storePart(hash: TreeHash, leaves: readonly PlacedLeaf[]): Promise<TreePart>
  /** Stores the tree over parts in order, at least one. */
  finish(hash: TreeHash, parts: readonly TreePart[]): Promise<StoredTree>
  /** Stores a tree; undefined where there is no leaf. */
  store(
    hash: TreeHash,
    leaves: AsyncIterable<PlacedLeaf> | Iterable<PlacedLeaf>,
  ): Promise<StoredTree | undefined>
  /** The values that a leaf is joined with up to the root. Throws `EVIDENCE_DAMAGED` where the tree does not hold it. */
  pathTo(tree: Sha256, of: PlacedLeaf): Promise<readonly Uint8Array[]>
}

/** 32 KB with SHA-256: hashing it up takes some milliseconds. */
export const leavesOfPart = 1024
/** Parsed indexes and parts in memory: the nights of some months, or a tree over two million objects. */
const maxKept = 256

const placeSchema = z.strictObject({ index: z.int().min(0), at: z.int().min(0) })
const indexSchema = z.strictObject({
  v: z.literal(1),
  hash: z.enum(['SHA-256', 'SHA-512']),
  parts: z
    .array(
      z.strictObject({
        blob: z.custom<Sha256>((name) => typeof name === 'string'),
        root: z.string(),
        first: placeSchema,
        count: z.int().min(1).max(leavesOfPart),
      }),
    )
    .min(1),
})

type Levels = readonly (readonly Uint8Array[])[]

interface Index {
  readonly hash: TreeHash
  readonly parts: readonly TreePart[]
  readonly top: Levels
}

export function createTrees(blobs: Blobs): Trees {
  const indexes = createLru<Index>({ maxWeight: maxKept })
  const parts = createLru<Levels>({ maxWeight: maxKept })
  const turn = createSlices()

  const storePart: Trees['storePart'] = async (hash, leaves) => {
    await turn()
    const [first] = leaves
    if (!first) throw new TypeError('a part has at least one leaf')
    const levels = levelsOf(
      hash,
      leaves.map(({ leaf }) => leaf),
    )
    const blob = await blobs.put(concat(...leaves.map(({ leaf }) => leaf)))
    return { blob, root: toHex(rootOf(levels)), first: first.place, count: leaves.length }
  }

  const finish: Trees['finish'] = async (hash, all) => {
    const tree = await blobs.put(canonicalJson({ v: 1, hash, parts: all.map(plain) }))
    const root = rootOf(topOf(hash, all))
    return { tree, root, count: all.reduce((sum, { count }) => sum + count, 0) }
  }

  const indexOf = async (tree: Sha256): Promise<Index> => {
    const known = indexes.get(tree)
    if (known) return known
    const text = new TextDecoder().decode(await blobs.get(tree))
    const read = indexSchema.parse(JSON.parse(text))
    const index = { ...read, top: topOf(read.hash, read.parts) }
    indexes.set(tree, index)
    return index
  }

  const levelsIn = async (hash: TreeHash, { blob }: TreePart): Promise<Levels> => {
    const known = parts.get(blob)
    if (known) return known
    const levels = levelsOf(hash, leavesIn(await blobs.get(blob), treeHashes[hash].octets))
    parts.set(blob, levels)
    return levels
  }

  return {
    storePart,
    finish,
    async store(hash, leaves) {
      const done: TreePart[] = []
      for await (const part of inParts(leaves)) done.push(await storePart(hash, part))
      return done.length > 0 ? finish(hash, done) : undefined
    },
    async pathTo(tree, { place, leaf }) {
      const index = await indexOf(tree)
      const at = index.parts.findLastIndex(({ first }) => compare(first, place) <= 0)
      const part = index.parts[at]
      const levels = part && (await levelsIn(index.hash, part))
      const found = levels?.[0]?.findIndex((one) => equal(one, leaf)) ?? -1
      if (!levels || found < 0) {
        throw new ExchangeError('EVIDENCE_DAMAGED', 'a tree of evidence does not hold its object')
      }
      return [...pathOf(levels, found), ...pathOf(index.top, at)]
    },
  }
}

/** Leaves in parts of `leavesOfPart`. */
export async function* inParts(
  leaves: AsyncIterable<PlacedLeaf> | Iterable<PlacedLeaf>,
): AsyncGenerator<readonly PlacedLeaf[]> {
  let part: PlacedLeaf[] = []
  for await (const leaf of leaves) {
    part.push(leaf)
    if (part.length < leavesOfPart) continue
    yield part
    part = []
  }
  if (part.length > 0) yield part
}

const topOf = (hash: TreeHash, parts: readonly TreePart[]): Levels =>
  levelsOf(
    hash,
    parts.map(({ root }) => fromHex(root)),
  )

function rootOf(levels: Levels): Uint8Array {
  const root = levels.at(-1)?.[0]
  if (!root) throw new TypeError('a tree has a root')
  return root
}

function leavesIn(bytes: Uint8Array, octets: number): Uint8Array[] {
  const leaves: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += octets) leaves.push(bytes.subarray(at, at + octets))
  return leaves
}

const compare = (a: Place, b: Place): number => a.index - b.index || a.at - b.at

const plain = ({ blob, root, first, count }: TreePart) => ({
  ...{ blob, root, count },
  first: { index: first.index, at: first.at },
})

/**
 * The Merkle tree of RFC 6962 2.1: hashes, roots, audit paths and consistency proofs. Pure and isomorphic; `ca/path` hands on the
 * two `verify…` functions. Proofs are planned from the tree's size alone: a plan names the full subtrees whose hashes are
 * needed, by level and index (node `(l, i)` covers the leaves from i·2^l up to and without (i+1)·2^l), and whoever holds them fills it in.
 */
import { concat, equal, sha256 } from '../bytes.ts'

/** Nodes of a proof: a tree of 2^53 leaves is 53 levels deep, a consistency proof one longer. */
export const maxProofNodes = 64

/** A full subtree of 2^`level` leaves. */
export interface NodeAt {
  readonly level: number
  readonly index: number
}

/** For each node of a proof, the full subtrees that it is made of, left to right. */
export type ProofPlan = readonly (readonly NodeAt[])[]

/** The full subtrees of a growing tree: what is needed to add a leaf or to tell the root. */
export interface Frontier {
  readonly size: number
  /** Hashes of `frontierNodes(size)`, left to right. */
  readonly hashes: readonly Uint8Array[]
}

/** A tree without leaves. */
export const emptyFrontier: Frontier = { size: 0, hashes: [] }

/** SHA-256; the server's hot paths hand in that of `node:crypto`. */
export type Hash = (bytes: Uint8Array) => Uint8Array

/** Hash of a leaf: SHA-256(0x00 ‖ bytes). */
export function leafHash(bytes: Uint8Array, hash: Hash = sha256): Uint8Array {
  const covered = new Uint8Array(1 + bytes.length)
  covered.set(bytes, 1)
  return hash(covered)
}

/** Hash of an inner node: SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array, hash: Hash = sha256): Uint8Array {
  return hash(concat(Uint8Array.of(1), left, right))
}

/** Root of the tree: of an empty one SHA-256 of nothing. */
export function rootHash(frontier: Frontier): Uint8Array {
  return frontier.hashes.length === 0 ? sha256(new Uint8Array()) : combine(frontier.hashes)
}

/** The full subtrees that a tree of `size` leaves is made of, left to right. */
export function frontierNodes(size: number): NodeAt[] {
  return rangeNodes(0, size)
}

/** Adds a leaf; `completed` are the full subtrees that it finishes, itself first. */
export function addLeaf(
  frontier: Frontier,
  leaf: Uint8Array,
  digest: Hash = sha256,
): { frontier: Frontier; completed: (NodeAt & { readonly hash: Uint8Array })[] } {
  const hashes = [...frontier.hashes]
  const completed = [{ level: 0, index: frontier.size, hash: leaf }]
  let hash = leaf
  let index = frontier.size
  for (let level = 1; index % 2 === 1; level++) {
    const left = hashes.pop()
    if (left === undefined) throw new RangeError('the frontier does not fit its size')
    hash = nodeHash(left, hash, digest)
    index = (index - 1) / 2
    completed.push({ level, index, hash })
  }
  return { frontier: { size: frontier.size + 1, hashes: [...hashes, hash] }, completed }
}

/** Plan of the audit path of leaf `index` in a tree of `size` leaves (RFC 6962 2.1.1). */
export function inclusionPlan(index: number, size: number): ProofPlan {
  if (index < 0 || index >= size) throw new RangeError('no such leaf')
  const plan: NodeAt[][] = []
  let [begin, end] = [0, size]
  while (end - begin > 1) {
    const middle = begin + split(end - begin)
    if (index < middle) {
      plan.unshift(rangeNodes(middle, end))
      end = middle
    } else {
      plan.unshift(rangeNodes(begin, middle))
      begin = middle
    }
  }
  return plan
}

/** Plan of the proof that the tree of `second` leaves continues that of `first` (RFC 6962 2.1.2). */
export function consistencyPlan(first: number, second: number): ProofPlan {
  if (first < 0 || first > second) throw new RangeError('no such trees')
  if (first === 0 || first === second) return []
  const plan: NodeAt[][] = []
  let [begin, end] = [0, second]
  while (end > first) {
    const middle = begin + split(end - begin)
    if (first <= middle) {
      plan.unshift(rangeNodes(middle, end))
      end = middle
    } else {
      plan.unshift(rangeNodes(begin, middle))
      begin = middle
    }
  }
  // A verifier that holds the first root already has the subtree that begins at leaf 0.
  return begin === 0 ? plan : [rangeNodes(begin, end), ...plan]
}

/** The proof that a plan describes, given the hash of each node it names. */
export function fillPlan(plan: ProofPlan, hashOf: (node: NodeAt) => Uint8Array): Uint8Array[] {
  return plan.map((nodes) => combine(nodes.map(hashOf)))
}

/** Whether `proof` shows that the leaf with hash `leaf` is number `index` of the tree with `size` and `root` (RFC 9162 2.1.3.2). */
export function verifyInclusion(claim: {
  readonly leaf: Uint8Array
  readonly index: number
  readonly size: number
  readonly proof: readonly Uint8Array[]
  readonly root: Uint8Array
}): boolean {
  if (!isSize(claim.size) || !isSize(claim.index) || claim.index >= claim.size) return false
  if (!isProof(claim.proof) || claim.leaf.length !== 32) return false
  let [at, last, hash] = [claim.index, claim.size - 1, claim.leaf]
  for (const node of claim.proof) {
    if (last === 0) return false
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(node, hash)
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)]
    } else {
      hash = nodeHash(hash, node)
    }
    ;[at, last] = [half(at), half(last)]
  }
  return last === 0 && equal(hash, claim.root)
}

/** Whether `proof` shows that the tree `second` continues the tree `first` (RFC 9162 2.1.4.2). */
export function verifyConsistency(claim: {
  readonly first: { readonly size: number; readonly root: Uint8Array }
  readonly second: { readonly size: number; readonly root: Uint8Array }
  readonly proof: readonly Uint8Array[]
}): boolean {
  const { first, second } = claim
  if (!isSize(first.size) || !isSize(second.size) || first.size > second.size) return false
  if (!isProof(claim.proof)) return false
  if (first.size === second.size) return claim.proof.length === 0 && equal(first.root, second.root)
  if (first.size === 0) {
    return claim.proof.length === 0 && equal(first.root, rootHash(emptyFrontier))
  }
  // Where the first tree is one full subtree, its root is the first node and need not be sent.
  const nodes = isPowerOfTwo(first.size) ? [first.root, ...claim.proof] : [...claim.proof]
  let [at, last] = [first.size - 1, second.size - 1]
  while (at % 2 === 1) [at, last] = [half(at), half(last)]
  const start = nodes.shift()
  if (start === undefined) return false
  let [older, newer] = [start, start]
  for (const node of nodes) {
    if (last === 0) return false
    if (at % 2 === 1 || at === last) {
      older = nodeHash(node, older)
      newer = nodeHash(node, newer)
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)]
    } else {
      newer = nodeHash(newer, node)
    }
    ;[at, last] = [half(at), half(last)]
  }
  return last === 0 && equal(older, first.root) && equal(newer, second.root)
}

/** The full subtrees that cover `begin` up to `end`; `begin` is a multiple of the largest of them. */
function rangeNodes(begin: number, end: number): NodeAt[] {
  const nodes: NodeAt[] = []
  for (let at = begin; at < end;) {
    const level = floorLog2(end - at)
    nodes.push({ level, index: at / 2 ** level })
    at += 2 ** level
  }
  return nodes
}

/** Root over full subtrees of falling size, left to right. */
function combine(hashes: readonly Uint8Array[]): Uint8Array {
  return hashes.reduceRight((right, left) => nodeHash(left, right))
}

/** Largest power of two below `count` (RFC 6962 2.1: k < n <= 2k). */
function split(count: number): number {
  return 2 ** floorLog2(count - 1)
}

/** Exact for all safe integers, which `Math.log2` is not. */
function floorLog2(value: number): number {
  let level = 0
  while (2 ** (level + 1) <= value) level++
  return level
}

function half(value: number): number {
  return Math.floor(value / 2)
}

function isPowerOfTwo(value: number): boolean {
  return 2 ** floorLog2(value) === value
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}

function isProof(proof: readonly Uint8Array[]): boolean {
  return proof.length <= maxProofNodes && proof.every((node) => node.length === 32)
}

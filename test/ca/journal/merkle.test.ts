/** The Merkle tree against the definitions of RFC 6962 2.1, written down word for word and slow. */
import test from 'ava'
import fc from 'fast-check'
import { concat, fromHex, sha256, toHex, utf8 } from '../../../ca/bytes.ts'
import {
  addLeaf,
  consistencyPlan,
  emptyFrontier,
  fillPlan,
  frontierNodes,
  inclusionPlan,
  leafHash,
  nodeHash,
  rootHash,
  verifyConsistency,
  verifyInclusion,
  type Frontier,
} from '../../../ca/journal/merkle.ts'
import { full, seed } from './places.ts'

const hashOf = (...parts: (Uint8Array | number)[]): Uint8Array =>
  sha256(concat(...parts.map((part) => (typeof part === 'number' ? Uint8Array.of(part) : part))))

/** 2.1: MTH. */
function mth(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves
  if (only === undefined) return hashOf()
  if (leaves.length === 1) return hashOf(0, only)
  const k = powerBelow(leaves.length)
  return hashOf(1, mth(leaves.slice(0, k)), mth(leaves.slice(k)))
}

/** 2.1.1: PATH. */
function path(m: number, leaves: readonly Uint8Array[]): Uint8Array[] {
  if (leaves.length === 1) return []
  const k = powerBelow(leaves.length)
  return m < k
    ? [...path(m, leaves.slice(0, k)), mth(leaves.slice(k))]
    : [...path(m - k, leaves.slice(k)), mth(leaves.slice(0, k))]
}

/** 2.1.2: SUBPROOF. */
function subproof(m: number, leaves: readonly Uint8Array[], whole: boolean): Uint8Array[] {
  if (m === leaves.length) return whole ? [] : [mth(leaves)]
  const k = powerBelow(leaves.length)
  return m <= k
    ? [...subproof(m, leaves.slice(0, k), whole), mth(leaves.slice(k))]
    : [...subproof(m - k, leaves.slice(k), false), mth(leaves.slice(0, k))]
}

function powerBelow(count: number): number {
  let k = 1
  while (k * 2 < count) k *= 2
  return k
}

/** A tree built leaf by leaf, with all nodes kept. */
function grow(leaves: readonly Uint8Array[]): {
  frontiers: Frontier[]
  node: (at: { level: number; index: number }) => Uint8Array
} {
  const nodes = new Map<string, Uint8Array>()
  const frontiers = [emptyFrontier]
  for (const leaf of leaves) {
    const { frontier, completed } = addLeaf(frontiers.at(-1) ?? emptyFrontier, leafHash(leaf))
    frontiers.push(frontier)
    for (const { level, index, hash } of completed) {
      nodes.set(`${String(level)}/${String(index)}`, hash)
    }
  }
  const node = ({ level, index }: { level: number; index: number }): Uint8Array => {
    const hash = nodes.get(`${String(level)}/${String(index)}`)
    if (hash === undefined) throw new Error('no such node')
    return hash
  }
  return { frontiers, node }
}

const leavesOf = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, at) => utf8(`leaf ${String(at)}`))
const hexes = (hashes: readonly Uint8Array[]): string[] => hashes.map(toHex)

test('known answers: the empty tree, one leaf, an inner node', (t) => {
  // The vectors that Certificate Transparency implementations share.
  t.is(
    toHex(rootHash(emptyFrontier)),
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  )
  t.is(
    toHex(leafHash(new Uint8Array())),
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  )
  t.is(
    toHex(nodeHash(leafHash(new Uint8Array()), leafHash(fromHex('00')))),
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  )
})

const largest = full ? 130 : 34
test(`roots, nodes and proofs are those of RFC 6962 for all trees of up to ${String(largest)} leaves`, (t) => {
  const leaves = leavesOf(largest)
  const { frontiers, node } = grow(leaves)
  for (let size = 0; size <= largest; size++) {
    const some = leaves.slice(0, size)
    const root = rootHash(frontiers[size] ?? emptyFrontier)
    t.is(toHex(root), toHex(mth(some)))
    t.deepEqual(frontierNodes(size).map(node), [...(frontiers[size]?.hashes ?? [])])
    for (let index = 0; index < size; index++) {
      const proof = fillPlan(inclusionPlan(index, size), node)
      t.deepEqual(hexes(proof), hexes(path(index, some)))
      const leaf = leafHash(some[index] ?? new Uint8Array())
      t.true(verifyInclusion({ leaf, index, size, proof, root }))
    }
    for (let first = 0; first <= size; first++) {
      const proof = fillPlan(consistencyPlan(first, size), node)
      t.deepEqual(hexes(proof), first === 0 ? [] : hexes(subproof(first, some, true)))
      const older = { size: first, root: mth(leaves.slice(0, first)) }
      t.true(verifyConsistency({ first: older, second: { size, root }, proof }))
    }
  }
})

test(`no other leaf, index, size, root or proof is accepted (seed ${String(seed)})`, (t) => {
  const leaves = leavesOf(70)
  const { frontiers, node } = grow(leaves)
  const sizes = fc.integer({ min: 2, max: 70 })
  const numRuns = full ? 20_000 : 1000
  fc.assert(
    fc.property(sizes, fc.nat(), fc.nat(), fc.nat(), (size, a, b, flip) => {
      const [index, first] = [a % size, 1 + (b % (size - 1))]
      const root = rootHash(frontiers[size] ?? emptyFrontier)
      const leaf = leafHash(leaves[index] ?? new Uint8Array())
      const proof = fillPlan(inclusionPlan(index, size), node)
      const good = { leaf, index, size, proof, root }
      const inclusions = [
        { ...good, leaf: flipped(leaf, flip) },
        { ...good, root: flipped(root, flip) },
        { ...good, index: (index + 1) % size },
        { ...good, index: index + size },
        { ...good, index: -1 },
        { ...good, proof: proof.slice(1) },
        { ...good, proof: [...proof, leaf] },
        { ...good, proof: [leaf, ...proof] },
        { ...good, proof: proof.map((one) => flipped(one, flip)) },
        { ...good, proof: proof.map((one) => one.slice(1)) },
      ]
      t.deepEqual(inclusions.map(verifyInclusion), Array(inclusions.length).fill(false))

      const older = { size: first, root: rootHash(frontiers[first] ?? emptyFrontier) }
      const newer = { size, root }
      const between = fillPlan(consistencyPlan(first, size), node)
      const consistencies = [
        { first: { ...older, root: flipped(older.root, flip) }, second: newer, proof: between },
        { first: older, second: { ...newer, root: flipped(root, flip) }, proof: between },
        { first: newer, second: older, proof: between },
        { first: older, second: newer, proof: between.slice(1) },
        { first: older, second: newer, proof: between.slice(0, -1) },
        { first: older, second: newer, proof: [...between, leaf] },
        { first: older, second: newer, proof: between.map((one) => flipped(one, flip)) },
        { first: { ...older, size: 0 }, second: newer, proof: between },
        { first: { ...older, size: NaN }, second: newer, proof: between },
      ]
      t.deepEqual(consistencies.map(verifyConsistency), Array(consistencies.length).fill(false))
    }),
    { seed, numRuns },
  )
})

test('sizes up to the largest safe integer do not confuse the verifiers', (t) => {
  const hash = leafHash(utf8('x'))
  const size = Number.MAX_SAFE_INTEGER
  t.false(verifyInclusion({ leaf: hash, index: size - 1, size, proof: [hash], root: hash }))
  t.false(
    verifyConsistency({
      first: { size, root: hash },
      second: { size: size + 1, root: hash },
      proof: [],
    }),
  )
  t.is(inclusionPlan(size - 1, size).length, 52)
  t.throws(() => inclusionPlan(3, 3), { instanceOf: RangeError })
  t.throws(() => consistencyPlan(4, 3), { instanceOf: RangeError })
})

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const at = bit % (bytes.length * 8)
  return bytes.map((byte, index) => (index === at >> 3 ? byte ^ (1 << (at & 7)) : byte))
}

/** The witness: a head that the box did not sign, or that does not continue the one signed last, is not signed over. */
import { generateKeyPairSync, sign } from 'node:crypto'
import test from 'ava'
import { concat, sha256, toBase64, toHex, type Signer } from '../../../ca/index.ts'
import { signCheckpoint } from '../../../ca/journal/checkpoint.ts'
import { addLeaf, emptyFrontier, leafHash, nodeHash, rootHash } from '../../../ca/journal/merkle.ts'
import {
  lastHead,
  nextHead,
  signerMemorySchema,
  type JournalProof,
  type KnownBox,
  type SeenHead,
} from '../../../exchange/unit/index.ts'
import { journalCertificate } from './journal_key.ts'

const box: KnownBox = { id: 'sealbox-0011223344556677', journalCertificate: journalCertificate.der }
const { signer } = journalCertificate

/** Leaves of a journal, and of one that parts from it at the leaf 5. */
const leaf = (text: string): Uint8Array => leafHash(new TextEncoder().encode(text))
const honest = Array.from({ length: 9 }, (_, at) => leaf(`entry ${String(at)}`))
const forked = honest.map((hash, at) => (at < 5 ? hash : leaf(`other ${String(at)}`)))

const treeOf = (leaves: readonly Uint8Array[], size: number) =>
  leaves.slice(0, size).reduce((tree, hash) => addLeaf(tree, hash).frontier, emptyFrontier)
const rootOf = (leaves: readonly Uint8Array[], size: number): Uint8Array =>
  rootHash(treeOf(leaves, size))
const seen = (leaves: readonly Uint8Array[], size: number): SeenHead => ({
  size,
  root: toBase64(rootOf(leaves, size)),
})
const largestPowerBelow = (size: number): number => 2 ** Math.floor(Math.log2(size - 1))

/** RFC 6962 2.1.2 as it is written there, SUBPROOF(m, D[n], b). */
function subproof(leaves: readonly Uint8Array[], first: number, whole: boolean): Uint8Array[] {
  const size = leaves.length
  if (first === size) return whole ? [] : [rootOf(leaves, size)]
  const half = largestPowerBelow(size)
  const [left, right] = [leaves.slice(0, half), leaves.slice(half)]
  return first <= half
    ? [...subproof(left, first, whole), rootOf(right, right.length)]
    : [...subproof(right, first - half, false), rootOf(left, half)]
}

async function journalOf(
  leaves: readonly Uint8Array[],
  size: number,
  more: { readonly from?: number; readonly by?: Signer; readonly origin?: string } = {},
): Promise<JournalProof> {
  const { from, by = signer, origin = box.id } = more
  const checkpoint = await signCheckpoint(
    { size, rootHash: rootOf(leaves, size) },
    { origin, signer: by },
  )
  const proof = from === undefined ? [] : subproof(leaves.slice(0, size), from, true).map(toHex)
  return { checkpoint, from: from ?? null, proof }
}

test('a head that continues the last one is the next; the first is taken as it is', async (t) => {
  const journal = await journalOf(honest, 9, { from: 6 })
  t.deepEqual(await nextHead({ journal, box, last: seen(honest, 6) }), seen(honest, 9))
  t.deepEqual(await nextHead({ journal, box, last: null }), seen(honest, 9))
  const same = await journalOf(honest, 6)
  t.deepEqual(await nextHead({ journal: same, box, last: seen(honest, 6) }), seen(honest, 6))
  for (let first = 1; first < 9; first++) {
    const next = await journalOf(honest, 9, { from: first })
    t.deepEqual(await nextHead({ journal: next, box, last: seen(honest, first) }), seen(honest, 9))
  }
})

const last = seen(honest, 6)
const other = generateKeyPairSync('ed25519').privateKey
const otherSigner: Signer = {
  ...signer,
  sign: (bytes) => Promise.resolve(new Uint8Array(sign(null, bytes, other))),
}

const cases: readonly (readonly [
  what: string,
  code: string,
  journal: () => Promise<JournalProof>,
])[] = [
  ['a fork, with its own proof', 'JOURNAL_FORKED', () => journalOf(forked, 9, { from: 6 })],
  ['another head of the same size', 'JOURNAL_FORKED', () => journalOf(forked, 6)],
  [
    'a proof with a node altered',
    'JOURNAL_FORKED',
    async () => {
      const journal = await journalOf(honest, 9, { from: 6 })
      return { ...journal, proof: [...journal.proof.slice(1), 'a'.repeat(64)] }
    },
  ],
  [
    'a proof with a node too few',
    'JOURNAL_FORKED',
    async () => {
      const journal = await journalOf(honest, 9, { from: 6 })
      return { ...journal, proof: journal.proof.slice(1) }
    },
  ],
  [
    'a proof that is no hexadecimal',
    'JOURNAL_FORKED',
    async () => ({ ...(await journalOf(honest, 9, { from: 6 })), proof: ['x'] }),
  ],
  [
    'a head signed by another key',
    'JOURNAL_FORKED',
    () => journalOf(honest, 9, { from: 6, by: otherSigner }),
  ],
  [
    'a head of another box',
    'JOURNAL_FORKED',
    () => journalOf(honest, 9, { from: 6, origin: 'sealbox-ffffffffffffffff' }),
  ],
  [
    'no checkpoint',
    'JOURNAL_FORKED',
    () => Promise.resolve({ checkpoint: 'x', from: null, proof: [] }),
  ],
  ['a shorter journal', 'JOURNAL_SHORTER', () => journalOf(honest, 5)],
  ['a shorter fork', 'JOURNAL_SHORTER', () => journalOf(forked, 5)],
  ['no proof', 'JOURNAL_PROOF_MISSING', () => journalOf(honest, 9)],
  ['a proof from elsewhere', 'JOURNAL_PROOF_MISSING', () => journalOf(honest, 9, { from: 4 })],
]

for (const [what, code, journal] of cases) {
  test(`refused: ${what}`, async (t) => {
    await t.throwsAsync(nextHead({ journal: await journal(), box, last }), { code })
  })
}

test('the head of before is remembered by holder; a memory from before that is not lost', (t) => {
  const old = signerMemorySchema.parse({ head: last, uses: {} })
  t.deepEqual(lastHead(old, 'seat:A/clerk'), last)
  const memory = { ...old, heads: { 'seat:A/clerk': seen(honest, 9) } }
  t.deepEqual(lastHead(memory, 'seat:A/clerk'), seen(honest, 9))
  t.deepEqual(lastHead(memory, 'seat:A/leader'), last)
  t.is(lastHead(signerMemorySchema.parse({ uses: {} }), 'seat:A/clerk'), null)
  t.false(signerMemorySchema.safeParse({ uses: {}, extra: 1 }).success)
  t.false(signerMemorySchema.safeParse({ uses: { a: -1 } }).success)
})

test('the proof of this test is the one of the standard', (t) => {
  // Of two leaves, the second's hash is all it takes.
  const [first, second] = honest
  if (!first || !second) throw new TypeError('two leaves')
  t.deepEqual(subproof([first, second], 1, true), [second])
  t.deepEqual(rootOf(honest, 2), nodeHash(first, second))
  t.deepEqual(sha256(concat(Uint8Array.of(1), first, second)), nodeHash(first, second))
})

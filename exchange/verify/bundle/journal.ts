/**
 * The journal's part in a bundle (`docs/formats/bundle.md`): entries about one document, each proven to stand in the tree under a checkpoint
 * that the journal's key signed, and for each head that a signer saw the proof that this tree continues it. Pure but for WebCrypto.
 */
import {
  ed25519PublicKey,
  entryObjection,
  fromHex,
  leafHash,
  readEntry,
  readOrExplain,
  toBase64,
  verifyCheckpoint,
  verifyConsistency,
  verifyInclusion,
  type Entry,
  type TreeHead,
} from '../../../ca/path/index.ts'
import { finding } from '../findings.ts'
import type { Finding } from '../types.ts'
import type { BundleContents } from './contents.ts'

export const journalNames = {
  checkpoint: 'journal/checkpoint.txt',
  /** An entry a line, its exact bytes. */
  entries: 'journal/entries.jsonl',
  /** A line an entry: its index and the nodes of its audit path, hexadecimal, separated by blanks. */
  proofs: 'journal/proofs.txt',
  /** A line a head: its size and the nodes of the consistency proof to the checkpoint. */
  consistency: 'journal/consistency.txt',
} as const

/** What of the journal part is proven. */
export interface JournalPart {
  /** The head, if the journal's key signed it. */
  readonly head: TreeHead | undefined
  /** Entries that are proven to stand under the head, in order. */
  readonly entries: readonly Entry[]
  /** Consistency proofs by size, not yet checked against any root. */
  readonly proofs: ReadonlyMap<number, readonly Uint8Array[]>
  readonly findings: readonly Finding[]
}

/** Writes the lines of proofs. */
export function proofLines(
  proofs: readonly { readonly of: number; readonly nodes: readonly string[] }[],
): string {
  return proofs.map(({ of, nodes }) => `${[String(of), ...nodes].join(' ')}\n`).join('')
}

/** Reads and proves the journal part of a bundle by the certificate of the journal's key; resolves for any bytes. */
export async function proveJournal(
  members: ReadonlyMap<string, Uint8Array>,
  contents: BundleContents,
  certificate: Uint8Array | undefined,
): Promise<JournalPart> {
  const text = (name: string): string => new TextDecoder().decode(members.get(name))
  const head = await headOf(text(journalNames.checkpoint), contents, certificate)
  const consistency = readProofs(text(journalNames.consistency))
  const inclusion = readProofs(text(journalNames.proofs))
  if (head === undefined) {
    return { head, entries: [], proofs: new Map(), findings: [finding('CHECKPOINT_NOT_TRUSTED')] }
  }
  const { entries, findings } = proveEntries(members.get(journalNames.entries), {
    ...{ head, inclusion, contents },
  })
  return { head, entries, proofs: consistency, findings }
}

async function headOf(
  checkpoint: string,
  { box, size }: BundleContents,
  certificate: Uint8Array | undefined,
): Promise<TreeHead | undefined> {
  if (certificate === undefined) return undefined
  const publicKey = readOrExplain(() => ed25519PublicKey(certificate))
  if (!(publicKey instanceof Uint8Array)) return undefined
  const head = await verifyCheckpoint(checkpoint, { origin: box, publicKey })
  return head?.size === size ? head : undefined
}

/** Every entry that `bundle.json` names must be there, about this document, and under the head; and no other. */
function proveEntries(
  file: Uint8Array | undefined,
  by: {
    readonly head: TreeHead
    readonly inclusion: ReadonlyMap<number, readonly Uint8Array[]>
    readonly contents: BundleContents
  },
): Pick<JournalPart, 'entries' | 'findings'> {
  const { head, inclusion, contents } = by
  const lines = linesOf(file ?? new Uint8Array())
  const entries: Entry[] = []
  const findings: Finding[] = []
  for (const [at, index] of contents.entries.entries()) {
    const bytes = lines[at]
    const isWellFormed = bytes !== undefined && entryObjection(bytes, index) === undefined
    const entry = isWellFormed ? readEntry(bytes) : undefined
    const isProven =
      isWellFormed &&
      verifyInclusion({
        ...{ leaf: leafHash(bytes), index, size: head.size, root: head.rootHash },
        proof: inclusion.get(index) ?? [],
      })
    if (entry?.subject !== `document:${contents.document}` || !isProven) {
      findings.push(finding('ENTRY_NOT_PROVEN', String(index)))
    } else entries.push(entry)
  }
  if (lines.length > contents.entries.length) {
    findings.push(finding('ENTRY_NOT_PROVEN', 'more entries than are named'))
  }
  return { entries, findings }
}

/** Whether the tree under the head continues the tree that a signer saw; undefined where no proof says. */
export function continues(
  part: JournalPart,
  seen: { readonly size: number; readonly root: Uint8Array },
): boolean | undefined {
  const { head, proofs } = part
  if (head === undefined || seen.size > head.size) return undefined
  if (seen.size === head.size) return toBase64(seen.root) === toBase64(head.rootHash)
  const proof = proofs.get(seen.size) ?? (seen.size === 0 ? [] : undefined)
  if (proof === undefined) return undefined
  const second = { size: head.size, root: head.rootHash }
  return verifyConsistency({ first: seen, second, proof })
}

function linesOf(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = []
  let at = 0
  while (at < bytes.length) {
    const found = bytes.indexOf(0x0a, at)
    const end = found === -1 ? bytes.length : found
    lines.push(bytes.subarray(at, end))
    at = end + 1
  }
  return lines
}

function readProofs(text: string): ReadonlyMap<number, readonly Uint8Array[]> {
  const proofs = new Map<number, readonly Uint8Array[]>()
  for (const line of text.split('\n')) {
    const [of = '', ...nodes] = line.split(' ')
    const isProof = /^\d{1,15}$/.test(of) && nodes.every((node) => /^[0-9a-f]{64}$/.test(node))
    if (isProof) proofs.set(Number(of), nodes.map(fromHex))
  }
  return proofs
}

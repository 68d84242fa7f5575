/**
 * The witness (design 4): before it signs, a signer checks the journal's head that came with the request: its signature, and that
 * it continues the head it signed last. Over a fork it refuses to sign. Pure but for WebCrypto.
 */
import {
  ed25519PublicKey,
  fromBase64,
  fromHex,
  toBase64,
  verifyCheckpoint,
  verifyConsistency,
} from '../../ca/path/index.ts'
import { ExchangeError, type ExchangeErrorCode } from '../errors.ts'
import type { SeenHead } from './memory.ts'
import type { JournalProof } from './sign_request.ts'

/** The box as it was known when the signer enrolled. */
export interface KnownBox {
  readonly id: string
  /** DER certificate of the key that signs checkpoints. */
  readonly journalCertificate: Uint8Array
}

/**
 * The head of the request, proven to continue `last`. Throws `JOURNAL_FORKED`; `JOURNAL_SHORTER` for one that ends before
 * `last`, as an old request does; `JOURNAL_PROOF_MISSING` where the proof does not start at `last`.
 */
export async function nextHead(options: {
  readonly journal: JournalProof
  readonly box: KnownBox
  readonly last: SeenHead | null
}): Promise<SeenHead> {
  const { journal, box, last } = options
  const publicKey = ed25519PublicKey(box.journalCertificate)
  const head = await verifyCheckpoint(journal.checkpoint, { origin: box.id, publicKey })
  if (head === undefined) throw forked('the head is not signed by the journal of this box')
  const next = { size: head.size, root: toBase64(head.rootHash) }
  if (last === null) return next
  const details = { last: last.size, size: next.size }
  if (last.size === next.size) {
    if (last.root === next.root) return next
    throw forked('the journal is another one than this signer saw last', details)
  }
  if (last.size > next.size) {
    throw refusal('JOURNAL_SHORTER', 'the journal is shorter than this signer saw it', details)
  }
  // Any journal continues an empty one.
  if (last.size === 0) return next
  if (journal.from !== last.size) {
    throw refusal('JOURNAL_PROOF_MISSING', 'no proof from the head this signer saw last', details)
  }
  const consistent = verifyConsistency({
    first: { size: last.size, root: fromBase64(last.root) },
    second: { size: head.size, root: head.rootHash },
    proof: nodesOf(journal.proof),
  })
  if (consistent) return next
  throw forked('the journal does not continue the head that this signer saw last', details)
}

/** What is no hexadecimal proves nothing. */
function nodesOf(proof: readonly string[]): Uint8Array[] {
  return proof.map((node) => (/^[0-9a-f]{64}$/.test(node) ? fromHex(node) : new Uint8Array()))
}

function forked(message: string, details: Record<string, unknown> = {}): ExchangeError {
  const advice = "nothing was signed; tell the auditor, and keep this unit's receipts"
  return refusal('JOURNAL_FORKED', `${message}; ${advice}`, details)
}

function refusal(
  code: ExchangeErrorCode,
  message: string,
  details: Record<string, unknown>,
): ExchangeError {
  return new ExchangeError(code, message, { details })
}

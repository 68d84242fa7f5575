/**
 * The witness (design 4): before it signs, a unit fetches the journal's head, checks its signature, and that it continues the
 * head it saw last. Over a fork it refuses to sign.
 */
import {
  ed25519PublicKey,
  fromBase64,
  fromHex,
  toBase64,
  verifyCheckpoint,
  verifyConsistency,
} from '../../ca/index.ts'
import { ApplianceError } from '../errors.ts'
import type { BoxClient } from './box_client.ts'
import type { Memory } from './memory.ts'

interface Proof {
  readonly proof: readonly string[]
}

/** The head now, proven to continue `last`; throws `JOURNAL_FORKED`. */
export async function nextHead(options: {
  readonly client: BoxClient
  readonly box: string
  readonly journalCertificate: Uint8Array
  readonly last: Memory['head']
}): Promise<NonNullable<Memory['head']>> {
  const { client, box, journalCertificate, last } = options
  const text = await client.text('/api/v1/journal/checkpoint')
  const publicKey = ed25519PublicKey(journalCertificate)
  const head = await verifyCheckpoint(text, { origin: box, publicKey })
  if (head === undefined) throw forked('the head is not signed by the journal of this box')
  const next = { size: head.size, root: toBase64(head.rootHash) }
  if (last === null || (last.size === next.size && last.root === next.root)) return next
  if (last.size >= next.size) throw forked('the journal is shorter or other than it was')
  const query = `first=${String(last.size)}&second=${String(next.size)}`
  const { proof } = await client.get<Proof>(`/api/v1/journal/proof?${query}`)
  const consistent = verifyConsistency({
    first: { size: last.size, root: fromBase64(last.root) },
    second: { size: head.size, root: head.rootHash },
    proof: proof.map(fromHex),
  })
  if (!consistent) throw forked('the journal does not continue the head this unit saw last')
  return next
}

function forked(message: string): ApplianceError {
  return new ApplianceError(
    'JOURNAL_FORKED',
    `${message}; nothing was signed. Tell the auditor, and keep this unit's receipts`,
  )
}

/**
 * A whole sign request (`docs/formats/sign-request.md`): what a builder gives, with whom it is for, the journal's head and the
 * proof that it continues the one signed last, and the files inside it or by their places.
 */
import { toHex } from '../../ca/index.ts'
import { parseCheckpoint } from '../../ca/path/index.ts'
import type { SignAct, SignRequest } from '../../exchange/unit/index.ts'
import { numberFrom } from '../api/common.ts'
import type { Asked, Built, BuiltFile } from './types.ts'

/** Attachments inside a request that travels as a file, in all; those beyond are named by hash only. */
export const maxInlineAttachmentBytes = 32 * 1024 * 1024
/** As good as unlimited; a signer may have seen more of the journal than a restored box has. */
const maxSize = 999_999_999_999_999

/** The request for `act`; `inline` puts the files inside. */
export async function assemble(
  asked: Asked,
  {
    act,
    built,
    inline,
  }: { readonly act: SignAct; readonly built: Built; readonly inline: boolean },
): Promise<SignRequest> {
  const { parts, actor } = asked
  const { path, body, statement, seal, words } = built
  const files = inline ? await filesInside(built.files) : await Promise.all(built.files.map(placed))
  return {
    type: 'sealbox-signreq',
    v: 1,
    act,
    box: parts.box.id,
    holder: actor.holder,
    path,
    body,
    ...(statement && { statement }),
    ...(seal && { seal }),
    files,
    words,
    journal: await journalProof(asked),
  }
}

/** The head now, and the proof from the size that the signer names, or that its last statement carried. */
async function journalProof({ parts, actor, query }: Asked): Promise<SignRequest['journal']> {
  const { journal, box, seenHeads } = parts
  const named = query.has('first')
    ? numberFrom(query, 'first', { min: 0, max: maxSize, or: 0 })
    : await seenHeads.of(actor.holder)
  const checkpoint = await box.checkpoint()
  const { size } = parseCheckpoint(checkpoint)
  // Of a head that is not behind this one there is no proof; what that means is the signer's to say.
  if (named === null || named === 0 || named > size) return { checkpoint, from: null, proof: [] }
  const proof = await journal.consistencyProof(named, size)
  return { checkpoint, from: named, proof: proof.map(toHex) }
}

type Placed = SignRequest['files'][number]

async function placed({ as, name, sha256, href, read }: BuiltFile): Promise<Placed> {
  if (href !== undefined) return { as, name, sha256, href }
  return { as, name, sha256, bytes: Buffer.from(await read()).toString('base64') }
}

/** What must be looked at is inside always; attachments as long as there is room. */
async function filesInside(files: readonly BuiltFile[]): Promise<Placed[]> {
  const found: Placed[] = []
  let attached = 0
  for (const { as, name, sha256, read } of files) {
    const bytes = await read()
    if (as === 'attachment') attached += bytes.length
    const isInside = as !== 'attachment' || attached <= maxInlineAttachmentBytes
    const text = isInside ? { bytes: Buffer.from(bytes).toString('base64') } : {}
    found.push({ as, name, sha256, ...text })
  }
  return found
}

/** Approving (签发), and countersigning in joint issuing (会签): a leader's signed statement over the draft's hash. */
import { can, unitOf } from '../access.ts'
import { ExchangeError } from '../errors.ts'
import { keys } from '../keyspace.ts'
import type { SignedStatement } from '../statement/accept.ts'
import { commitAct, loadFor, requireDuty, requireStage, requireVersion } from './acts.ts'
import type { ActRequest } from './acts.ts'
import { bindingOf } from './binding.ts'
import type { OfficeParts } from './parts.ts'
import { attachmentsOf } from './stored.ts'

export interface ApproveInput extends ActRequest {
  readonly signed: SignedStatement
}

/** What the actor's unit may approve now, and what the statement must say; without `ifVersion` of the version that is there. */
export async function approvable(
  parts: OfficeParts,
  id: string,
  { actor, ifVersion }: Pick<ActRequest, 'actor'> & Partial<ActRequest>,
) {
  const { document, version } = await loadFor(parts.journal.views, actor, id)
  requireDuty(can(actor, 'approve', document.issuers), 'approve')
  requireVersion(ifVersion ?? version, version)
  const drafted = requireStage(document, 'drafted')
  const unit = unitOf(actor)
  if (drafted.approvals.some((approval) => approval.unit === unit)) {
    throw new ExchangeError('ALREADY_DONE', 'this unit has approved it already')
  }
  const attachments = await attachmentsOf(parts.blobs, drafted)
  const fixed = { document: id, unit, approved: drafted.approvedHash, attachments }
  return { drafted, version, fixed }
}

/** Approves for the actor's unit; the last organ's approval makes the document `approved`. */
export async function approve(
  parts: OfficeParts,
  id: string,
  input: ApproveInput,
): Promise<string> {
  const { journal, desk } = parts
  const type = 'document.approved'
  const { actor } = input
  const { drafted, version, fixed } = await approvable(parts, id, input)
  const accepted = await desk.accept('sealbox.approval', input.signed, {
    signer: actor.holder,
    ...fixed,
  })
  await commitAct(journal, {
    type,
    request: input,
    id,
    files: [accepted.statementHash, accepted.signatureHash],
    signingCertificate: accepted.signingCertificate,
    stamps: accepted.stamps,
    data: {
      id,
      approval: bindingOf(actor, accepted),
      last: drafted.approvals.length + 1 === drafted.issuers.length,
    },
    expect: [{ key: keys.document(id), version }],
  })
  return id
}

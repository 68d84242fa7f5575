/** A recipient's answer: signing for a document (签收), or returning it with a reason (退文). One of the two, once. */
import { can } from '../access.ts'
import { ExchangeError } from '../errors.ts'
import { keys } from '../keyspace.ts'
import type { SignedStatement } from '../statement/accept.ts'
import { commitAct, loadFor, requireDuty, requireStage, requireVersion } from './acts.ts'
import type { ActRequest } from './acts.ts'
import { bindingOf } from './binding.ts'
import type { OfficeParts } from './parts.ts'

export interface AnswerInput extends ActRequest {
  readonly signed: SignedStatement
}

const entryOf = {
  'sealbox.receipt': 'document.receipted',
  'sealbox.return': 'document.returned',
} as const

/** The copy that the actor's unit may answer now, and what either statement must say; without `ifVersion` of the version that is there. */
export async function answerable(
  parts: OfficeParts,
  id: string,
  { actor, ifVersion }: Pick<ActRequest, 'actor'> & Partial<ActRequest>,
) {
  const { document, copy, copyVersion } = await loadFor(parts.journal.views, actor, id)
  requireDuty(copy !== undefined && can(actor, 'sign-for', [copy.unit]), 'sign for')
  if (copy === undefined || copyVersion === undefined) throw new TypeError('no copy')
  const dispatched = requireStage(document, 'dispatched')
  if (copy.answer !== null) {
    throw new ExchangeError('ALREADY_DONE', 'this unit has answered it already', {
      details: { state: copy.state },
    })
  }
  requireVersion(ifVersion ?? copyVersion, copyVersion)
  const fixed = {
    document: id,
    unit: copy.unit,
    documentHash: dispatched.file,
    dispatch: dispatched.dispatch.statement,
  }
  return { dispatched, copy, version: copyVersion, fixed }
}

/** Signs for it or returns it, by the statement's type; `ALREADY_DONE` if the unit has answered. */
export async function answer(
  parts: OfficeParts,
  { id, statementType }: { readonly id: string; readonly statementType: keyof typeof entryOf },
  input: AnswerInput,
): Promise<string> {
  const { journal, desk } = parts
  const type = entryOf[statementType]
  const { actor } = input
  const { copy, version, fixed } = await answerable(parts, id, input)
  const accepted = await desk.accept(statementType, input.signed, {
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
    data: { id, unit: copy.unit, answer: bindingOf(actor, accepted) },
    expect: [{ key: keys.copy(id, copy.unit), version }],
  })
  return id
}

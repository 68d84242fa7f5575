/** Dispatching (核发): the signed list of main and copied units, in order, with the deadline, over the sealed file's hash. */
import { can } from '../access.ts'
import { ExchangeError } from '../errors.ts'
import { keys } from '../keyspace.ts'
import { statementSchemas } from '../statement/types.ts'
import type { SignedStatement } from '../statement/accept.ts'
import { commitAct, loadFor, requireDuty, requireStage, requireVersion } from './acts.ts'
import type { ActRequest } from './acts.ts'
import { bindingOf } from './binding.ts'
import { requireUnit } from './draft.ts'
import type { OfficeParts } from './parts.ts'

export interface DispatchInput extends ActRequest {
  readonly signed: SignedStatement
}

/** What may be sent now, and what the statement must say; without `ifVersion` of the version that is there. */
export async function dispatchable(
  parts: OfficeParts,
  id: string,
  { actor, ifVersion }: Pick<ActRequest, 'actor'> & Partial<ActRequest>,
) {
  const { document, version } = await loadFor(parts.journal.views, actor, id)
  requireDuty(can(actor, 'seal', document.issuers.slice(0, 1)), 'dispatch')
  requireVersion(ifVersion ?? version, version)
  const sealed = requireStage(document, 'sealed')
  const fixed = {
    document: id,
    unit: sealed.issuers[0] ?? '',
    documentHash: sealed.file,
    number: { ...sealed.number },
    // Whom it goes to is what was approved and stands on the page; only a document addressed to nobody here may go to anyone.
    ...(sealed.main.length > 0 && { main: [...sealed.main], copies: [...sealed.copies] }),
  }
  return { sealed, version, fixed }
}

/** Sends it; throws `RECIPIENT_UNKNOWN` for a unit that is not here, is named twice or is an issuer. */
export async function dispatch(
  parts: OfficeParts,
  id: string,
  input: DispatchInput,
): Promise<string> {
  const { journal, desk } = parts
  const type = 'document.dispatched'
  const { actor } = input
  const { sealed, version, fixed } = await dispatchable(parts, id, input)
  await requireRecipients(parts, sealed.issuers, input.signed.statement)
  const accepted = await desk.accept('sealbox.dispatch', input.signed, {
    signer: actor.holder,
    ...fixed,
  })
  const { main, copies, deadline } = accepted.statement
  await commitAct(journal, {
    type,
    request: input,
    id,
    files: [accepted.statementHash, accepted.signatureHash],
    signingCertificate: accepted.signingCertificate,
    stamps: accepted.stamps,
    data: { id, dispatch: bindingOf(actor, accepted), main, copies, deadline },
    expect: [{ key: keys.document(id), version }],
  })
  return id
}

async function requireRecipients(
  parts: OfficeParts,
  issuers: readonly string[],
  statement: unknown,
): Promise<void> {
  const named = statementSchemas['sealbox.dispatch']
    .pick({ main: true, copies: true })
    .strip()
    .safeParse(statement)
  // What is no dispatch statement at all is refused, with its field, where statements are accepted.
  if (!named.success) return
  const all = [...named.data.main, ...named.data.copies]
  const wrong = all.find((uscc, at) => issuers.includes(uscc) || all.indexOf(uscc) !== at)
  if (wrong !== undefined) {
    throw new ExchangeError('RECIPIENT_UNKNOWN', 'a recipient is named twice or is an issuer', {
      details: { unit: wrong },
    })
  }
  for (const uscc of all) await requireUnit(parts, uscc)
}

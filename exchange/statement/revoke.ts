/** An officer revokes a certificate: the signed order and the revocation with its CRL are one commit. */
import type { Authority, Journal, RevocationReason, Sha256 } from '../../ca/index.ts'
import type { Principal } from '../directory/types.ts'
import { bindingIn, type SignedStatement, type StatementDesk } from './accept.ts'
import { isCarriedOut, readOrder } from './orders.ts'

export interface RevokeInput {
  readonly actor: Principal
  readonly certificate: Sha256
  readonly reason: RevocationReason
  readonly signed: SignedStatement
}

/** Throws what the desk and the authority throw. The same signed order again changes nothing, and is answered as before. */
export async function revokeByOrder(
  parts: { readonly journal: Journal; readonly authority: Authority; readonly desk: StatementDesk },
  input: RevokeInput,
): Promise<void> {
  const { journal, authority, desk } = parts
  const { actor, certificate, reason, signed } = input
  const again = readOrder('sealbox.revocation', signed.statement)
  const isThis = again?.order.signer === actor.holder && again.order.certificate === certificate
  if (isThis && (await isCarriedOut(journal.views, again.hash))) return
  const accepted = await desk.accept('sealbox.revocation', signed, {
    signer: actor.holder,
    certificate,
    reason,
  })
  const by = { holder: actor.holder, certificate: actor.certificate }
  const revocation = await authority.prepareRevoke({ sha256: certificate, reason, actor: by })
  const order = {
    type: 'revocation.ordered',
    actor: by,
    subject: `certificate:${certificate}`,
    files: [accepted.statementHash, accepted.signatureHash],
    data: bindingIn(accepted),
  }
  await journal.commit({ ...revocation, entries: [order, ...revocation.entries] })
}

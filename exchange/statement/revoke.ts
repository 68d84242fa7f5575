/** An officer revokes a certificate, or releases one on hold: the signed order and the act with its CRL are one commit. */
import type {
  Authority,
  CertificateState,
  Journal,
  Prepared,
  RevocationReason,
  Sha256,
} from '../../ca/index.ts'
import { CaError } from '../../ca/index.ts'
import type { Principal } from '../directory/types.ts'
import { ExchangeError } from '../errors.ts'
import {
  bindingIn,
  type AcceptedStatement,
  type SignedStatement,
  type StatementDesk,
} from './accept.ts'
import { isCarriedOut, readOrder } from './orders.ts'

export interface ReleaseInput {
  readonly actor: Principal
  readonly certificate: Sha256
  readonly signed: SignedStatement
}

export interface RevokeInput extends ReleaseInput {
  readonly reason: RevocationReason
  readonly invalidityDate: Date | undefined
}

interface OrderParts {
  readonly journal: Journal
  readonly authority: Authority
  readonly desk: StatementDesk
}

/** Whether it was carried out now: the same signed order again changes nothing. Throws what the desk and the authority throw. */
export async function revokeByOrder(parts: OrderParts, input: RevokeInput): Promise<boolean> {
  const { journal, authority, desk } = parts
  const { actor, certificate, reason, invalidityDate, signed } = input
  if (await isAgain('sealbox.revocation', input, journal)) return false
  const found = await known(authority, certificate)
  const accepted = await desk.accept('sealbox.revocation', signed, {
    ...{ signer: actor.holder, certificate, reason, ...whoseOf(found) },
    invalidityDate: invalidityDate?.toISOString() ?? null,
  })
  const by = { holder: actor.holder, certificate: actor.certificate }
  const act = await authority.prepareRevoke({
    ...{ sha256: certificate, reason, actor: by },
    ...(invalidityDate && { invalidityDate }),
  })
  await commitOrder('revocation.ordered', { input, accepted, act, journal })
  return true
}

/** As `revokeByOrder`. Throws `RELEASE_OWN` for a certificate of the officer's own, and what the desk and the authority throw. */
export async function releaseByOrder(parts: OrderParts, input: ReleaseInput): Promise<boolean> {
  const { journal, authority, desk } = parts
  const { actor, certificate, signed } = input
  if (await isAgain('sealbox.release', input, journal)) return false
  const found = await known(authority, certificate)
  requireOthers(found, actor)
  const accepted = await desk.accept('sealbox.release', signed, {
    ...{ signer: actor.holder, certificate, ...whoseOf(found) },
  })
  const by = { holder: actor.holder, certificate: actor.certificate }
  const act = await authority.prepareRelease({ sha256: certificate, actor: by })
  await commitOrder('release.ordered', { input, accepted, act, journal })
  return true
}

/** Throws `RELEASE_OWN`: whoever is under suspicion does not lift it, also with another certificate of theirs. */
export function requireOthers(found: CertificateState, { holder }: Principal): void {
  if (found.holder !== holder) return
  throw new ExchangeError('RELEASE_OWN', 'nobody releases a certificate of their own')
}

async function isAgain(
  type: 'sealbox.revocation' | 'sealbox.release',
  { actor, certificate, signed }: ReleaseInput,
  { views }: Journal,
): Promise<boolean> {
  const again = readOrder(type, signed.statement)
  const isThis = again?.order.signer === actor.holder && again.order.certificate === certificate
  return isThis && isCarriedOut(views, again.hash)
}

async function known(authority: Authority, sha256: Sha256): Promise<CertificateState> {
  const found = await authority.certificate(sha256)
  if (found) return found
  throw new CaError('CA_CERTIFICATE_UNKNOWN', 'this authority issued no such certificate', {
    details: { sha256 },
  })
}

/** What the statement says of the certificate beside its hash. */
const whoseOf = ({ holder, serial }: CertificateState) => ({ holder, serial })

async function commitOrder(
  type: 'revocation.ordered' | 'release.ordered',
  of: {
    readonly input: ReleaseInput
    readonly accepted: AcceptedStatement<'sealbox.revocation' | 'sealbox.release'>
    readonly act: Prepared
    readonly journal: Journal
  },
): Promise<void> {
  const { input, accepted, act, journal } = of
  const { actor, certificate } = input
  const order = {
    type,
    actor: { holder: actor.holder, certificate: actor.certificate },
    subject: `certificate:${certificate}`,
    files: [accepted.statementHash, accepted.signatureHash],
    data: bindingIn(accepted),
  }
  await journal.commit({ ...act, entries: [order, ...act.entries] })
}

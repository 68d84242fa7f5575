/** The grave act `revoke-service`: revokes a certificate of the box itself, with its list in the same commit. */
import {
  boxActor,
  CaError,
  isRevocationReason,
  readServices,
  sha256Hex,
  type Actor,
  type Authority,
  type Journal,
  type Prepared,
} from '../../ca/index.ts'
import { ExchangeError } from '../errors.ts'
import { rolledServices, type OrderOf } from './acts.ts'
import type { GraveAct } from './desk.ts'

interface Parts {
  readonly journal: Journal
  readonly authority: Authority
}

/** Throws `ORDER_KEY_IN_USE`, `STATEMENT_MISMATCH` naming the field, and what `prepareRevoke` throws. */
export function revokeService(parts: Parts): GraveAct<'revoke-service'> {
  return {
    check: async (order) => {
      await prepared(parts, order, boxActor)
    },
    prepare: async (order, { actor }) => ({
      ...(await prepared(parts, order, actor)),
      answer: { revoked: order.certificate, reason: order.reason },
    }),
  }
}

async function prepared(
  { journal, authority }: Parts,
  { certificate, reason, invalidityDate }: OrderOf<'revoke-service'>,
  actor: Actor,
): Promise<Prepared> {
  const found = await authority.certificate(certificate)
  if (found === undefined) throw new CaError('CA_CERTIFICATE_UNKNOWN', 'no such certificate')
  // Of anybody else's one officer is enough, and another statement.
  if (found.holder !== 'box') throw mismatch('certificate')
  // Nobody releases a certificate of the box: none is put on hold.
  if (!isRevocationReason(reason) || reason === 'certificateHold') throw mismatch('reason')
  const services = await readServices(journal.views)
  const isServing = rolledServices.some((role) => {
    const current = services[role].at(-1)
    return current !== undefined && sha256Hex(current.certificate) === certificate
  })
  if (isServing) {
    throw new ExchangeError('ORDER_KEY_IN_USE', 'this key serves now; roll it over first', {
      details: { certificate },
    })
  }
  return authority.prepareRevoke({
    ...{ sha256: certificate, reason, actor },
    ...(invalidityDate !== null && { invalidityDate: new Date(invalidityDate) }),
  })
}

function mismatch(field: keyof OrderOf<'revoke-service'>): ExchangeError {
  return new ExchangeError('STATEMENT_MISMATCH', `the order's ${field} cannot be`, {
    details: { field: `order.${field}` },
  })
}

/** What a record keeps of a binding act. Pure. */
import { unitOf } from '../access.ts'
import type { Principal } from '../directory/types.ts'
import type { AcceptedStatement } from '../statement/accept.ts'
import type { StatementType } from '../statement/types.ts'
import type { Binding } from './types.ts'

export function bindingOf(actor: Principal, accepted: AcceptedStatement<StatementType>): Binding {
  return {
    unit: unitOf(actor),
    seat: actor.kind === 'seat' ? actor.seat : '',
    at: accepted.statement.at,
    statement: accepted.statementHash,
    signature: accepted.signatureHash,
  }
}

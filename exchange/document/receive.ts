/** Receiving: a seat of the recipient opened or fetched it. Attested by the box, once a copy. */
import type { Principal } from '../directory/types.ts'
import { ExchangeError } from '../errors.ts'
import { keys } from '../keyspace.ts'
import { commitAct, loadFor } from './acts.ts'
import type { OfficeParts } from './parts.ts'

/** Records the first opening by the recipient's unit; later ones and openings by issuers change nothing. */
export async function receive(
  parts: OfficeParts,
  id: string,
  input: { readonly actor: Principal },
): Promise<string> {
  const { journal, clock } = parts
  const { copy, copyVersion } = await loadFor(journal.views, input.actor, id)
  if (copy?.state !== 'dispatched' || copyVersion === undefined) return id
  const { unit } = copy
  // No `Idempotency-Key` of a request has a blank, so none can stand in its way.
  const once = `received ${id}`
  try {
    await commitAct(journal, {
      type: 'document.received',
      request: { actor: input.actor, once, body: null },
      id,
      files: [],
      data: { id, unit, at: clock.now().toISOString() },
      expect: [{ key: keys.copy(id, unit), version: copyVersion }],
    })
  } catch (error) {
    // Another seat of the unit opened it in the same instant: it is received all the same.
    if (!(error instanceof ExchangeError) || error.code !== 'VERSION_STALE') throw error
  }
  return id
}

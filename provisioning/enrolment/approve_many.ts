/**
 * Many requests approved by one signature: a roster's units were compared by telephone one after the other, and are signed for
 * together. Each request is a commit of its own: what is in order is issued whatever befalls its neighbour, and after a crash the
 * same signed approval goes on where it stopped.
 */
import type { Sha256 } from '../../ca/index.ts'
import { readOrder, type Principal, type SignedStatement } from '../../exchange/index.ts'
import { ProvisioningError } from '../errors.ts'
import {
  decidable,
  issueApproved,
  type Decidable,
  type DecideInput,
  type DecideParts,
} from './decide.ts'

/** What became of the requests. */
export interface ManyApproved {
  readonly approved: readonly Sha256[]
  /** Those that could not be approved, with the code of the reason. */
  readonly refused: readonly { readonly request: Sha256; readonly code: string }[]
}

/**
 * Approves every request that the statement names. Throws `STATEMENT_MISMATCH` where it names other keys than wait, and what the
 * statement desk throws; what one request is refused for is told of that one.
 */
export async function approveMany(
  parts: DecideParts,
  { actor, signed }: { readonly actor: Principal; readonly signed: SignedStatement },
): Promise<ManyApproved> {
  const named = readOrder('sealbox.enrolment-approvals', signed.statement)?.order.requests ?? []
  const waiting: { readonly input: DecideInput; readonly found: Decidable }[] = []
  const approved: Sha256[] = []
  const refused: { request: Sha256; code: string }[] = []
  for (const { request } of named) {
    const input = { actor, request, signed }
    await explained(refused, request, async () => {
      const found = await decidable(parts, input, 'approved')
      if (found === undefined) approved.push(request)
      else waiting.push({ input, found })
    })
  }
  if (named.length > 0 && waiting.length === 0) return { approved, refused }
  const accepted = await parts.desk.accept('sealbox.enrolment-approvals', signed, {
    signer: actor.holder,
    // Of those that wait, exactly their keys; what does not wait any more is not issued.
    requests: named.map((one) => {
      const own = waiting.find(({ input }) => input.request === one.request)
      return own === undefined
        ? one
        : {
            request: one.request,
            who: own.found.who,
            certificates: [...own.found.record.certificates],
          }
    }),
  })
  for (const { input, found } of waiting) {
    await explained(refused, input.request, async () => {
      await issueApproved(parts, { input, found, accepted })
      approved.push(input.request)
    })
  }
  return { approved, refused }
}

/** Runs it, and notes why it was refused; what is nobody's refusal is thrown. */
async function explained(
  refused: { request: Sha256; code: string }[],
  request: Sha256,
  run: () => Promise<void>,
): Promise<void> {
  try {
    await run()
  } catch (error) {
    if (!(error instanceof ProvisioningError || isConflict(error))) throw error
    refused.push({ request, code: error.code })
  }
}

function isConflict(error: unknown): error is Error & { readonly code: string } {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'JOURNAL_CONFLICT' || error.code === 'CA_REQUEST_KEY_REFUSED')
  )
}

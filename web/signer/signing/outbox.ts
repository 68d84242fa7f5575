/**
 * Signed answers that were not confirmed: kept until the box has answered, and sent again under the same key, so that nothing is
 * lost and nothing is done twice. By holder: another seat's log-in in the same browser would be refused for good.
 */
import * as z from 'zod'
import { checkSigned, type Signed } from '../../../exchange/unit/index.ts'
import type { Answered, Api } from '../api.ts'
import type { Store } from '../store.ts'

/** Where it is kept, of which box and holder. */
export interface Outbox {
  readonly store: Store
  readonly box: string
  readonly holder: string
}

const prefix = ({ box, holder }: Outbox): string => `sealbox/${box}/unsent/${holder}/`

/** Kept before the first attempt. */
export function keep(outbox: Outbox, signed: Signed): void {
  outbox.store.write(prefix(outbox) + signed.once, signed)
}

/** What was not confirmed yet. */
export function unsent(outbox: Outbox): Signed[] {
  const { store } = outbox
  return store.keys(prefix(outbox)).flatMap((key) => {
    try {
      return [checkSigned(store.read(key))]
    } catch {
      store.remove(key)
      return []
    }
  })
}

/** Sends; what the box answered for good is kept no longer. */
export async function send(
  outbox: Outbox & { readonly api: Api },
  signed: Signed,
): Promise<Answered<unknown>> {
  const { path, body, once } = signed
  const answer = await outbox.api.post(path, { body, once, shape: z.unknown() })
  if (isFinal(answer)) outbox.store.remove(prefix(outbox) + once)
  return answer
}

/** Whether asking again could give another answer: not reached, too many at once, or the box recovers. */
export function isFinal(answer: Answered<unknown>): boolean {
  if (answer.state === 'done') return true
  if (answer.state === 'lost') return false
  const { status } = answer.problem
  return status < 500 && status !== 408 && status !== 429
}

/** Seconds until the next attempt: 2, 4, 8, up to half a minute. */
export const pauseSeconds = (attempts: number): number => Math.min(30, 2 ** Math.min(attempts, 5))

/** What a running box does by itself: fresh CRLs long before the old ones end, and an end once nothing can be written any more. */
import { setTimeout as pause } from 'node:timers/promises'
import { boxActor, type Authority, type Journal } from '../ca/index.ts'
import type { Log } from '../web/index.ts'

/** `refreshCrls` does nothing until a list has lived half its time. */
const refreshMs = 60 * 60_000
const watchMs = 1000

/** Refreshes the CRLs until `signal` aborts; a failure is logged and tried again. */
export async function keepCrlsFresh(
  authority: Authority,
  { signal, log }: { readonly signal: AbortSignal; readonly log: Log },
): Promise<void> {
  while (!signal.aborted) {
    await pause(refreshMs, undefined, { signal, ref: false }).catch(() => undefined)
    if (signal.aborted) return
    await authority.refreshCrls(boxActor).catch((error: unknown) => {
      log.error({ err: String(error) }, 'the CRLs could not be refreshed; trying again')
    })
  }
}

/** Resolves once the journal has stopped for good after a failed write: only a new process can go on (design 4). */
export async function journalStopped(journal: Journal, signal: AbortSignal): Promise<void> {
  while (journal.state !== 'stopped' && !signal.aborted) {
    await pause(watchMs, undefined, { signal, ref: false }).catch(() => undefined)
  }
}

/** What a running box does by itself: fresh CRLs long before the old ones end, and an end once nothing can be written any more. */
import {
  boxActor,
  type Authority,
  type Blobs,
  type GuardedClock,
  type Journal,
} from '../../ca/index.ts'
import type { Archive } from '../../exchange/index.ts'
import type { Log } from '../../web/index.ts'
import { isWithoutKeys } from '../keys_process/client.ts'
import { createNightlyScrub } from '../health/nightly_scrub.ts'
import { rollOverDue, type RollOverParts } from './roll_over.ts'

/** `refreshCrls` does nothing until a list has lived half its time. */
const refreshMs = 60 * 60_000
const watchMs = 1000
/** A night's work waits no longer for its hour, nor what was signed without a timestamp for its stamp. */
const archiveMs = 10 * 60_000
/** Reading a few certificates; and a hold that ended must not be waited for long. */
const rollOverMs = 60_000

/** Refreshes them before anybody asks; where the process of the issuing keys does not answer, the box opens with the lists that it has. */
export async function refreshCrlsAtStart(authority: Authority, log: Log): Promise<void> {
  try {
    await authority.refreshCrls(boxActor)
  } catch (error) {
    if (!isWithoutKeys(error)) throw error
    log.error({ err: String(error) }, 'the issuing keys do not answer; going on without them')
  }
}

/** Refreshes the CRLs until `signal` aborts; a failure is logged and tried again. */
export function keepCrlsFresh(
  authority: Authority,
  { signal, log }: { readonly signal: AbortSignal; readonly log: Log },
): void {
  every(refreshMs, signal, () => {
    authority.refreshCrls(boxActor).catch((error: unknown) => {
      log.error({ err: String(error) }, 'the CRLs could not be refreshed; trying again')
    })
  })
}

/** Looks each minute whether a key of the box is near its end, until `signal` aborts. */
export function keepServices(
  parts: RollOverParts,
  { signal, log }: { readonly signal: AbortSignal; readonly log: Log },
): void {
  let isBusy = false
  every(rollOverMs, signal, () => {
    if (isBusy) return
    isBusy = true
    void rollOverDue(parts, { log }).finally(() => (isBusy = false))
  })
}

/** Stamps each night what came in, and renews before evidence ends, until `signal` aborts; a failure is logged and tried again. */
export function keepArchive(
  archive: Archive,
  { signal, log }: { readonly signal: AbortSignal; readonly log: Log },
): void {
  const tend = (): void => {
    archive.tend().then(
      ({ stamped, renewed }) => {
        if (stamped)
          log.info({ count: stamped.count, entry: stamped.index }, 'the night was stamped')
        if (renewed)
          log.info({ count: renewed.count, entry: renewed.index }, 'evidence was renewed')
      },
      (error: unknown) => {
        log.error({ err: String(error) }, 'the archive could not be stamped; trying again')
      },
    )
  }
  every(archiveMs, signal, tend)
}

/** Whether a scrub is due is asked so often. */
const scrubMs = 5 * 60_000

/** Reads everything each night and keeps what it found, until `signal` aborts; a failure is logged and tried again. */
export function keepScrubbed(...of: Parameters<typeof createNightlyScrub>): void {
  const work = createNightlyScrub(...of)
  everyInTurn(scrubMs, of[1], { work, failed: 'the scrub failed; trying again' })
}

/** Looks at the clock each second until `signal` aborts, and tells the journal of a hold though nobody acts. */
export function watchClock(
  journal: Journal,
  clock: GuardedClock,
  { signal, log }: { readonly signal: AbortSignal; readonly log: Log },
): void {
  const tell = (): void => {
    clock.now()
    const untold = clock.untold()
    if (untold === undefined) return
    journal.commit({ entries: [untold] }).catch((error: unknown) => {
      log.error({ err: String(error) }, 'the clock hold could not be journalled; trying again')
    })
  }
  tell()
  every(watchMs, signal, tell)
}

/** Resolves once journal or blobs have stopped for good after a failed write: only a new process can go on (design 4). */
export function writingStopped(
  { journal, blobs }: { readonly journal: Journal; readonly blobs: Blobs },
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    every(watchMs, signal, () => {
      if (journal.state === 'stopped' || blobs.state === 'stopped') resolve()
    })
  })
}

/** Does work again and again, but not while the last turn of it still goes; tells the log with `failed` where it rejects. */
export function everyInTurn(
  milliseconds: number,
  { signal, log }: { readonly signal: AbortSignal; readonly log: Log },
  { work, failed }: { readonly work: () => Promise<unknown>; readonly failed: string },
): void {
  let isBusy = false
  every(milliseconds, signal, () => {
    if (isBusy) return
    isBusy = true
    work()
      .catch((error: unknown) => {
        if (!signal.aborted) log.error({ err: String(error) }, failed)
      })
      .finally(() => (isBusy = false))
  })
}

/** Does something again and again without keeping the process alive. */
export function every(milliseconds: number, signal: AbortSignal, work: () => void): void {
  const timer = setInterval(work, milliseconds).unref()
  signal.addEventListener('abort', () => {
    clearInterval(timer)
  })
}

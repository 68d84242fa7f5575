/** What a running box does by itself: fresh CRLs long before the old ones end, and an end once nothing can be written any more. */
import {
  boxActor,
  type Authority,
  type Blobs,
  type GuardedClock,
  type Journal,
} from '../../ca/index.ts'
import type { Archive } from '../../exchange/index.ts'
import { inZone, type Log } from '../../web/index.ts'
import { isWithoutKeys } from '../keys_process/client.ts'
import { scrub, type ScrubParts } from '../health/scrub.ts'
import { isScrubDue } from '../health/scrub_due.ts'
import { readScrub, writeScrub, type ScratchStore } from '../health/scrub_state.ts'
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
/** Of one core, while nobody waits for it. */
const scrubShare = 0.15

/** Reads everything each night and keeps what it found, until `signal` aborts; a failure is logged and tried again. */
export function keepScrubbed(
  parts: ScrubParts,
  by: {
    readonly scratch: ScratchStore
    readonly zone: string
    readonly signal: AbortSignal
    readonly log: Log
  },
): void {
  const { scratch, zone, signal, log } = by
  const startedAt = parts.now()
  const scrubIfDue = async (): Promise<void> => {
    const at = parts.now()
    const hour = Number(inZone(zone, at).slice(11, 13))
    const lastAt = (await readScrub(scratch))?.endedAt
    if (!isScrubDue({ hour, at, startedAt, lastAt })) return
    const state = await scrub(parts, { share: scrubShare, signal })
    await writeScrub(scratch, state)
    const { entries, views, files, findings } = state
    if (findings.length === 0) log.info({ entries, views, files }, 'all data was read and is whole')
    else log.error({ findings: findings.slice(0, 10) }, 'data is damaged')
  }
  everyInTurn(scrubMs, by, { work: scrubIfDue, failed: 'the scrub failed; trying again' })
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

/** The scrub of each night: begins when one is due, keeps what it found, or that it could not be done. */
import { inZone, type Log } from '../../web/index.ts'
import { NoRoomForScrub, scrub, type ScrubParts } from './scrub.ts'
import { isScrubDue } from './scrub_due.ts'
import {
  readScrub,
  readScrubTries,
  writeScrub,
  writeScrubTries,
  type ScratchStore,
} from './scrub_state.ts'

/** Of one core, while nobody waits for it. */
const scrubShare = 0.15

/** A function to be called every few minutes. Rejects as `scrub` does, once it has noted why. */
export function createNightlyScrub(
  parts: ScrubParts,
  by: {
    readonly scratch: ScratchStore
    /** IANA name of the box's zone: when it is night. */
    readonly zone: string
    readonly signal: AbortSignal
    readonly log: Log
    /** Of the time, above 0 up to 1. */
    readonly share?: number
  },
): () => Promise<void> {
  const { scratch, zone, signal, log, share = scrubShare } = by
  const startedAt = parts.now()
  const isStopping = (): boolean => signal.aborted
  return async () => {
    const at = parts.now()
    const hour = Number(inZone(zone, at).slice(11, 13))
    const lastAt = (await readScrub(scratch))?.endedAt
    const tries = await readScrubTries(scratch)
    if (tries === undefined) await writeScrubTries(scratch, { since: at })
    if (!isScrubDue({ hour, at, startedAt, lastAt })) return
    try {
      const state = await scrub(parts, { share, signal })
      await writeScrub(scratch, state)
      await writeScrubTries(scratch, { since: state.endedAt })
      const { entries, views, files, findings } = state
      if (findings.length === 0)
        log.info({ entries, views, files }, 'all data was read and is whole')
      else log.error({ findings: findings.slice(0, 10) }, 'data is damaged')
    } catch (error) {
      // A box that is stopped in the night has not failed.
      if (!isStopping()) {
        const failed = error instanceof NoRoomForScrub ? 'NO_ROOM' : 'FAILED'
        await writeScrubTries(scratch, { since: tries?.since ?? at, failed })
      }
      throw error
    }
  }
}

/** Time stamps for what is signed now, or later. */
import type { TimeStampAuthority } from '../../ca/index.ts'
import type { Log } from '../../web/index.ts'

/** While time-stamping is down, acts go on and are stamped later; the gap is logged (design 3). */
export function stampOrLater(
  timeStamping: TimeStampAuthority,
  log: Log,
): (imprint: Uint8Array) => Promise<Uint8Array | undefined> {
  return async (imprint) => {
    try {
      return await timeStamping.stamp(imprint)
    } catch (error) {
      log.error({ err: String(error) }, 'time-stamping is down: signed now, to be stamped later')
      return undefined
    }
  }
}

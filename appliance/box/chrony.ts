/** Whether chronyd holds the machine's clock to the right time, asked of it each minute by its own client. Where there is none: no. */
import { execFile } from 'node:child_process'
import type { ClockReading } from '../../ca/index.ts'

/** What the source `chrony` promises (`timeSources`). */
const maxErrorSeconds = 1
const askEveryMs = 60_000
/** An answer that is older says nothing any more. */
const trustedForMs = 3 * askEveryMs
const patienceMs = 2000

/** The reference of a chronyd that only serves its own machine's clock. */
const ownClock = '7F7F0101'
const synchronised: readonly string[] = ['Normal', 'Insert second', 'Delete second']

/** Whether a line of `chronyc -c tracking` says that the clock is right within a second. Pure. */
export function isWithinASecond(line: string): boolean {
  const fields = line.trim().split(',')
  const [reference, , , , offset, , , , , , delay, dispersion, , leap = ''] = fields
  if (fields.length !== 14 || reference === ownClock || !synchronised.includes(leap)) return false
  // RFC 5905 11.1: root distance bounds what the offset does not show.
  const error = Math.abs(Number(offset)) + Number(delay) / 2 + Number(dispersion)
  return error < maxErrorSeconds
}

/** Asks until `signal` aborts; gives what the last answer said, while it is fresh. */
export function watchChrony(options: {
  readonly signal: AbortSignal
  readonly read: () => ClockReading
}): () => boolean {
  const { signal, read } = options
  let rightAt: number | undefined
  const ask = (): void => {
    const args = ['-c', '-n', 'tracking']
    execFile('chronyc', args, { timeout: patienceMs, signal }, (error, stdout) => {
      rightAt = error === null && isWithinASecond(stdout) ? read().monotonic : undefined
    })
  }
  ask()
  const timer = setInterval(ask, askEveryMs).unref()
  signal.addEventListener('abort', () => {
    clearInterval(timer)
  })
  return () => rightAt !== undefined && read().monotonic - rightAt < trustedForMs
}

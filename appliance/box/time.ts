/** What a process must know before it tells the time: the journal's last entry, the officers' last word, and which boot this is. */
import { readFile } from 'node:fs/promises'
import { clockKey, type ClockRecord, type GuardedClock, type Journal } from '../../ca/index.ts'

/** Linux gives each boot a name of its own; elsewhere there is none. */
const bootFile = '/proc/sys/kernel/random/boot_id'

/** Compares the clock with the journal. To be called before anything is committed or signed. */
export async function beginClock(clock: GuardedClock, journal: Journal): Promise<void> {
  const [entry, view, boot] = await Promise.all([
    journal.entry(journal.size - 1),
    journal.views.get(clockKey),
    readFile(bootFile, 'utf8').catch(() => undefined),
  ])
  clock.begin({
    last: entry && { at: new Date(entry.time), unconfirmed: entry.timeUnconfirmed === true },
    record: view?.value as ClockRecord | undefined,
    boot: boot?.trim() ?? null,
  })
}

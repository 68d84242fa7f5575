/** Reads all entries from the segments alone, without views and beside a running box, changing nothing. */
import { readEntry } from './entry.ts'
import type { JournalFiles } from './files.ts'
import { scanJournal } from './scan.ts'
import type { Entry } from './types.ts'

/** Hands each entry of each whole commit to `visit`, in order; throws `JOURNAL_DAMAGED` at the first damage. */
export async function visitEntries(
  files: JournalFiles,
  visit: (entry: Entry) => void,
): Promise<void> {
  await scanJournal(files, ({ lines }) => {
    for (const { bytes } of lines) visit(readEntry(bytes))
  })
}

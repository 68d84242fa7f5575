/** Commits without end in `argv[2]` and prints each answered index and blob; `kill.test.ts` kills it. */
import { join } from 'node:path'
import { createSystemClock } from '../../../ca/clock.ts'
import { createBlobs, openJournal, openJournalFiles } from '../../../ca/journal/index.ts'
import { systemRandom } from '../../../ca/random.ts'
import { ledgerFolds, draft } from './ledger.ts'
import { openStore, openVolume } from './places.ts'

const [, , folder = ''] = process.argv
const journal = await openJournal({
  files: openJournalFiles(join(folder, 'journal')),
  store: await openStore(join(folder, 'views')),
  folds: ledgerFolds,
  foldsVersion: 1,
  clock: createSystemClock(),
  random: systemRandom,
  segmentBytes: 100_000,
})
const blobs = createBlobs({
  openVolume: (n) => openVolume(join(folder, `blobs-${String(n)}`)),
  volumes: journal.size === 0 ? [] : [1],
})

async function client(number: number): Promise<never> {
  for (let round = 0; ; round++) {
    const text = `${String(process.pid)} ${String(number)} ${String(round)}`
    const blob = await blobs.put(Buffer.from(text.repeat(100)))
    const [entry] = await journal.commit({
      entries: [
        {
          ...draft('counter.raised', `counter:${String(number)}`, { by: 1 }),
          files: [blob],
        },
      ],
    })
    process.stdout.write(`${String(entry?.index)} ${blob}\n`)
  }
}

await Promise.all(Array.from({ length: 8 }, (_, number) => client(number)))

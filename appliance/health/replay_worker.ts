/**
 * Makes the views of the first entries of a journal anew in a folder of its own, on a thread of its own: the scrub compares them with
 * those that live.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { Level } from 'level'
import { CaError, openJournalFiles, rebuildViews } from '../../ca/index.ts'
import { journalStorage } from '../box/folds.ts'
import { cutJournal } from './cut_journal.ts'
import { createPace } from './pace.ts'
import type { ReplayAnswer, ReplayAsked } from './replay.ts'

async function replay(asked: ReplayAsked): Promise<ReplayAnswer> {
  const { journal, folder, size, share } = asked
  const pace = createPace({ share, signal: new AbortController().signal })
  const views = new Level<string, Uint8Array>(folder, {
    keyEncoding: 'utf8',
    valueEncoding: 'view',
  })
  await views.open()
  try {
    const journalFiles = cutJournal(openJournalFiles(journal), { size, pace })
    await rebuildViews(journalStorage({ journalFiles, views }))
    return { ok: true }
  } catch (error) {
    if (error instanceof CaError && error.code === 'JOURNAL_DAMAGED') {
      return { ok: false, damage: error.message }
    }
    throw error
  } finally {
    await views.close()
  }
}

parentPort?.postMessage(await replay(workerData as ReplayAsked))

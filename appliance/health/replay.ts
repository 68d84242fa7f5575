/** Has the views of a journal made anew on a thread of its own. */
import { Worker } from 'node:worker_threads'

export interface ReplayAsked {
  /** Folder of the segments. */
  readonly journal: string
  /** Empty folder for the views. */
  readonly folder: string
  /** Entries to be read: those of whole commits. */
  readonly size: number
  /** Share of the time that may be used. */
  readonly share: number
}

export type ReplayAnswer =
  | { readonly ok: true }
  /** The journal is damaged, in words that name segment and offset. */
  | { readonly ok: false; readonly damage: string }

/** A segment of 64 MB, its lines and a group of folds. */
const maxHeapMb = 512

/** Ends the thread when `signal` aborts. */
export function replay(asked: ReplayAsked, signal: AbortSignal): Promise<ReplayAnswer> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const worker = new Worker(new URL('./replay_worker.ts', import.meta.url), {
      workerData: asked,
      resourceLimits: { maxOldGenerationSizeMb: maxHeapMb },
    })
    worker.unref()
    const stop = (): void => {
      void worker.terminate()
    }
    signal.addEventListener('abort', stop)
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', () => {
      signal.removeEventListener('abort', stop)
      reject(new Error('the thread ended without an answer'))
    })
  })
}

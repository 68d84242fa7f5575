/**
 * The text of an uploaded PDF, page by page, by PDFium in a worker thread: a file that loops, swells or crashes the reader costs
 * one thread and its time limit, and gives a failure. Not a judgement of the file: structure and active content are inspected
 * elsewhere. Text is for search only; what a page shows can differ from it.
 */
import { Worker } from 'node:worker_threads'

export interface PdfTextLimits {
  /** Bytes of the file. */
  readonly maxBytes: number
  readonly maxPages: number
  /** Characters of all pages; what comes after is left out. */
  readonly maxCharacters: number
  /** Milliseconds for the whole file. */
  readonly timeoutMs: number
  /** Megabytes that PDFium, and the thread's own heap, may each take. */
  readonly maxMemoryMb: number
}

/** A book of 2,000 pages takes half a minute; an upload is at most 100 MB. */
export const defaultPdfTextLimits: PdfTextLimits = {
  maxBytes: 100 * 1024 * 1024,
  maxPages: 5000,
  maxCharacters: 10_000_000,
  timeoutMs: 60_000,
  maxMemoryMb: 768,
}

export type PdfTextFailure =
  | 'PDF_TEXT_TOO_LARGE'
  | 'PDF_TEXT_TOO_MANY_PAGES'
  | 'PDF_TEXT_ENCRYPTED'
  | 'PDF_TEXT_MALFORMED'
  | 'PDF_TEXT_TIMED_OUT'
  | 'PDF_TEXT_OUT_OF_MEMORY'
  | 'PDF_TEXT_STOPPED'

/** `complete` is false where the limit of characters cut pages off. */
export type PdfText =
  | { readonly pages: readonly string[]; readonly complete: boolean }
  | { readonly failure: PdfTextFailure }

export interface PdfTextReader {
  /** Never throws; files wait for their turn. */
  read(bytes: Uint8Array, signal?: AbortSignal): Promise<PdfText>
}

/** What the worker is given. */
export interface PdfTextTask {
  readonly bytes: Uint8Array
  readonly limits: PdfTextLimits
}

/** `atOnce`: files read at the same time (default 1), each in a thread of its own. */
export function createPdfTextReader(
  options: { readonly limits?: Partial<PdfTextLimits>; readonly atOnce?: number } = {},
): PdfTextReader {
  const limits = { ...defaultPdfTextLimits, ...options.limits }
  const lanes: Promise<unknown>[] = Array.from({ length: options.atOnce ?? 1 }, () =>
    Promise.resolve(),
  )
  let turn = 0
  return {
    read(bytes, signal) {
      if (bytes.length > limits.maxBytes) return Promise.resolve({ failure: 'PDF_TEXT_TOO_LARGE' })
      const lane = turn++ % lanes.length
      const reading = (lanes[lane] ?? Promise.resolve()).then(() =>
        readInWorker({ bytes, limits }, signal),
      )
      lanes[lane] = reading
      return reading
    },
  }
}

function readInWorker(task: PdfTextTask, signal: AbortSignal | undefined): Promise<PdfText> {
  if (signal?.aborted) return Promise.resolve({ failure: 'PDF_TEXT_STOPPED' })
  return new Promise((resolve) => {
    const worker = new Worker(new URL('pdf_text_worker.ts', import.meta.url), {
      workerData: task,
      resourceLimits: { maxOldGenerationSizeMb: task.limits.maxMemoryMb },
      env: {},
      stdout: true,
      stderr: true,
    })
    let finished = false
    const finish = (outcome: PdfText) => {
      if (finished) return // the thread's end follows whatever ended it
      finished = true
      clearTimeout(timer)
      signal?.removeEventListener('abort', stop)
      void worker.terminate().then(() => {
        resolve(outcome)
      })
    }
    const stop = () => {
      finish({ failure: 'PDF_TEXT_STOPPED' })
    }
    const timer = setTimeout(() => {
      finish({ failure: 'PDF_TEXT_TIMED_OUT' })
    }, task.limits.timeoutMs)
    signal?.addEventListener('abort', stop)
    worker.once('message', finish)
    worker.once('error', (error: NodeJS.ErrnoException) => {
      const full = error.code === 'ERR_WORKER_OUT_OF_MEMORY'
      finish({ failure: full ? 'PDF_TEXT_OUT_OF_MEMORY' : 'PDF_TEXT_MALFORMED' })
    })
    worker.once('exit', () => {
      finish({ failure: 'PDF_TEXT_MALFORMED' })
    })
  })
}

/**
 * One worker thread that draws pages, started when it is needed, kept warm while it is used, ended when it fails or has had
 * nothing to do for a while. One page at a time: whoever calls waits for the page before.
 */
import { Worker } from 'node:worker_threads'
import type { PagePicture, PictureLimits, PictureSource, PictureTask } from './types.ts'

export interface PictureThread {
  /** Never throws but by `read`. */
  draw(source: PictureSource, page: number, widthPx: number): Promise<PagePicture>
  close(): Promise<void>
}

interface Running {
  readonly worker: Worker
  /** Name of the file it has open. */
  file: string | undefined
}

/** After these the thread is sound; after any other failure it is not trusted with the next page. */
const soundFailures: ReadonlySet<string> = new Set([
  'PICTURE_NO_SUCH_PAGE',
  'PICTURE_TOO_MANY_PAGES',
  'PICTURE_ENCRYPTED',
])

export function createPictureThread(limits: PictureLimits): PictureThread {
  let running: Running | undefined
  let idle: NodeJS.Timeout | undefined
  const end = async (): Promise<void> => {
    clearTimeout(idle)
    const ending = running
    running = undefined
    await ending?.worker.terminate()
  }
  const start = (): Running => {
    const worker = new Worker(new URL('page_picture_worker.ts', import.meta.url), {
      workerData: limits,
      resourceLimits: { maxOldGenerationSizeMb: limits.maxMemoryMb },
      env: {},
      stdout: true,
      stderr: true,
    })
    // Whoever waits for an answer hears of it too; between two pages nobody does.
    worker.on('error', () => undefined)
    worker.once('exit', () => {
      if (running?.worker === worker) running = undefined
    })
    return { worker, file: undefined }
  }
  return {
    async draw(source, page, widthPx) {
      clearTimeout(idle)
      const bytes = running?.file === source.name ? undefined : await source.read()
      if (bytes !== undefined && bytes.length > limits.maxBytes) {
        return { failure: 'PICTURE_FILE_TOO_LARGE' }
      }
      const current = running ?? start()
      running = current
      const task = { page, widthPx, ...(bytes && { bytes }) }
      const answer = await askWorker(current.worker, task, limits.timeoutMs)
      const failure = 'failure' in answer ? answer.failure : undefined
      current.file = failure === 'PICTURE_ENCRYPTED' ? undefined : source.name
      if (failure !== undefined && !soundFailures.has(failure)) await end()
      // A thread without work holds no process.
      else idle = setTimeout(() => void end(), limits.idleMs).unref()
      return answer
    },
    close: end,
  }
}

function askWorker(worker: Worker, task: PictureTask, timeoutMs: number): Promise<PagePicture> {
  return new Promise((resolve) => {
    const finish = (answer: PagePicture): void => {
      clearTimeout(timer)
      worker.off('message', finish).off('error', onError).off('exit', onExit)
      worker.unref()
      resolve(answer)
    }
    const onError = (error: NodeJS.ErrnoException): void => {
      const full = error.code === 'ERR_WORKER_OUT_OF_MEMORY'
      finish({ failure: full ? 'PICTURE_OUT_OF_MEMORY' : 'PICTURE_MALFORMED' })
    }
    const onExit = (): void => {
      finish({ failure: 'PICTURE_MALFORMED' })
    }
    const timer = setTimeout(() => {
      finish({ failure: 'PICTURE_TIMED_OUT' })
    }, timeoutMs)
    worker.ref()
    worker.on('message', finish).on('error', onError).on('exit', onExit)
    worker.postMessage(task)
  })
}

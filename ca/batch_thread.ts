/**
 * Short work of a busy moment on a thread of its own: what is asked for in one turn of the event loop goes there as one message, so
 * that the way there and back is paid once for all of it. A few at a time are done where they are.
 */
import { Worker } from 'node:worker_threads'

/** From so many in one turn on the way to the thread costs less than the work here. */
const busyTurn = 4
/** Questions of one message. */
const pieceLength = 12

interface Asked<Question, Answer> {
  readonly question: Question
  readonly done: (answer: Answer) => void
  readonly fail: (error: unknown) => void
}

export interface BatchThreadOptions<Question, Answer> {
  /** The file whose thread answers, by `answerBatches`. */
  readonly worker: URL
  /** What the thread gets at its start. */
  readonly workerData?: unknown
  /** The same work, done here. */
  readonly here: (question: Question) => Answer
}

/** Asks the thread, which starts when it is first needed and keeps no process alive. Questions and answers are cloned. */
export function createBatchThread<Question, Answer>(
  options: BatchThreadOptions<Question, Answer>,
): (question: Question) => Promise<Answer> {
  let turn: Asked<Question, Answer>[] = []
  let thread: Thread<Question, Answer> | undefined

  const flush = (): void => {
    const batch = turn
    turn = []
    if (batch.length < busyTurn) for (const asked of batch) answerHere(asked, options.here)
    else {
      thread ??= startThread(options, () => {
        thread = undefined
      })
      // In pieces: the first answers are worked on here while the thread is at the next ones.
      for (let at = 0; at < batch.length; at += pieceLength)
        thread(batch.slice(at, at + pieceLength))
    }
  }

  return (question) =>
    new Promise((done, fail) => {
      // The turn is over once all who came with this question are there.
      if (turn.push({ question, done, fail }) === 1) setImmediate(flush)
    })
}

function answerHere<Question, Answer>(
  { question, done, fail }: Asked<Question, Answer>,
  here: (question: Question) => Answer,
): void {
  try {
    done(here(question))
  } catch (error) {
    fail(error)
  }
}

type Thread<Question, Answer> = (batch: readonly Asked<Question, Answer>[]) => void

/** Batches are answered in their order. A thread that ends fails all that wait, and the next batch gets another one. */
function startThread<Question, Answer>(
  { worker: file, workerData }: BatchThreadOptions<Question, Answer>,
  onEnd: () => void,
): Thread<Question, Answer> {
  const worker = new Worker(file, { workerData, env: {} })
  worker.unref()
  const waiting: (readonly Asked<Question, Answer>[])[] = []
  const failAll = (error: unknown): void => {
    onEnd()
    for (const { fail } of waiting.splice(0).flat()) fail(error)
  }
  worker.on('message', (answer: BatchAnswer<Answer>) => {
    const batch = waiting.shift() ?? []
    if ('failure' in answer) for (const { fail } of batch) fail(new Error(answer.failure))
    else for (const [at, { done }] of batch.entries()) done(answer.answers[at] as Answer)
    if (waiting.length === 0) worker.unref()
  })
  worker.on('error', failAll)
  worker.on('exit', (code) => {
    failAll(new Error(`the thread ended with ${String(code)}`))
  })
  return (batch) => {
    // Somebody waits for these.
    worker.ref()
    waiting.push(batch)
    worker.postMessage(batch.map(({ question }) => question))
  }
}

/** What a thread sends back for one batch: an answer for each question, or why there is none. */
export type BatchAnswer<Answer> =
  { readonly answers: readonly Answer[] } | { readonly failure: string }

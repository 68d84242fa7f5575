/** The other end of `batch_thread.ts`: answers batch after batch for as long as the thread lives. */
import { parentPort } from 'node:worker_threads'
import type { BatchAnswer } from './batch_thread.ts'

/** Answers each question of each batch by `answer`; where it throws, the whole batch fails. */
export function answerBatches(answer: (question: never) => unknown): void {
  parentPort?.on('message', (batch: readonly never[]) => {
    parentPort?.postMessage(answerAll(batch, answer))
  })
}

function answerAll(
  batch: readonly never[],
  answer: (question: never) => unknown,
): BatchAnswer<unknown> {
  try {
    return { answers: batch.map((question) => answer(question)) }
  } catch (error) {
    return { failure: String(error) }
  }
}

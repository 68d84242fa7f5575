/** The thread that signs the batches of `signing_thread.ts`: the key comes with its start. */
import { sign, type KeyObject } from 'node:crypto'
import { workerData } from 'node:worker_threads'
import { answerBatches } from '../batch_worker.ts'

const key = workerData as KeyObject

answerBatches((bytes: Uint8Array) => sign('sha256', bytes, key))

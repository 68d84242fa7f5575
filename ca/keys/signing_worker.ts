/** The thread that signs batches for `signing_thread.ts`: the key comes with its start, a list of byte strings with each message. */
import { sign, type KeyObject } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'

const key = workerData as KeyObject

parentPort?.on('message', (batch: readonly Uint8Array[]) => {
  try {
    parentPort?.postMessage(batch.map((bytes) => sign('sha256', bytes, key)))
  } catch (error) {
    parentPort?.postMessage(String(error))
  }
})

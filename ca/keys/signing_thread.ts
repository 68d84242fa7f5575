/** ECDSA signatures of a busy moment on a thread of their own. */
import { sign, type KeyObject } from 'node:crypto'
import { createBatchThread } from '../batch_thread.ts'

/** Signs with SHA-256 by `privateKey`; DER `Ecdsa-Sig-Value`. */
export function createSigningThread(
  privateKey: KeyObject,
): (bytes: Uint8Array) => Promise<Uint8Array> {
  return createBatchThread({
    worker: new URL('signing_worker.ts', import.meta.url),
    workerData: privateKey,
    here: (bytes: Uint8Array): Uint8Array => new Uint8Array(sign('sha256', bytes, privateKey)),
  })
}

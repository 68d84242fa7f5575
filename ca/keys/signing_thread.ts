/**
 * ECDSA signatures of a busy moment on a thread of their own: what is asked for in one turn of the event loop goes there as one message,
 * so that the way there and back is paid once for all of them. A few at a time are signed where they are.
 */
import { sign, type KeyObject } from 'node:crypto'
import { Worker } from 'node:worker_threads'

/** From so many in one turn on the way to the thread costs less than signing here. */
const busyTurn = 4

interface Asked {
  readonly bytes: Uint8Array
  readonly done: (signature: Uint8Array) => void
  readonly fail: (error: unknown) => void
}

/** Signs with SHA-256 by `privateKey`; DER `Ecdsa-Sig-Value`. The thread starts when it is first needed, and keeps no process alive. */
export function createSigningThread(
  privateKey: KeyObject,
): (bytes: Uint8Array) => Promise<Uint8Array> {
  let turn: Asked[] = []
  let thread: Thread | undefined

  const flush = (): void => {
    const batch = turn
    turn = []
    if (batch.length < busyTurn) for (const asked of batch) signHere(asked, privateKey)
    else {
      thread ??= startThread(privateKey, () => {
        thread = undefined
      })
      thread(batch)
    }
  }

  return (bytes) =>
    new Promise((done, fail) => {
      // The turn is over once all who came with this request are there.
      if (turn.push({ bytes, done, fail }) === 1) setImmediate(flush)
    })
}

function signHere({ bytes, done, fail }: Asked, key: KeyObject): void {
  try {
    done(new Uint8Array(sign('sha256', bytes, key)))
  } catch (error) {
    fail(error)
  }
}

type Thread = (batch: readonly Asked[]) => void

/** Batches are answered in their order. A thread that ends fails all that wait, and the next batch gets another one. */
function startThread(key: KeyObject, onEnd: () => void): Thread {
  const worker = new Worker(new URL('signing_worker.ts', import.meta.url), {
    workerData: key,
    env: {},
  })
  worker.unref()
  const waiting: (readonly Asked[])[] = []
  const failAll = (error: unknown): void => {
    onEnd()
    for (const { fail } of waiting.splice(0).flat()) fail(error)
  }
  worker.on('message', (answer: readonly Uint8Array[] | string) => {
    for (const [at, { done, fail }] of (waiting.shift() ?? []).entries()) {
      const signature = typeof answer === 'string' ? undefined : answer[at]
      if (signature) done(signature)
      else fail(new Error(String(answer)))
    }
    if (waiting.length === 0) worker.unref()
  })
  worker.on('error', failAll)
  worker.on('exit', (code) => {
    failAll(new Error(`the signing thread ended with ${String(code)}`))
  })
  return (batch) => {
    // Somebody waits for these.
    worker.ref()
    waiting.push(batch)
    worker.postMessage(batch.map(({ bytes }) => bytes))
  }
}

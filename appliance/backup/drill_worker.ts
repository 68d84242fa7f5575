/** The thread of a drill: says how far it is, then what came of it. */
import { parentPort, workerData } from 'node:worker_threads'
import { drillRestore, type DrillAsked } from './drill_work.ts'
import type { DrillSaid } from './drill.ts'

const say = (said: DrillSaid): void => parentPort?.postMessage(said)

try {
  const asked = workerData as DrillAsked
  say({
    restored: await drillRestore(asked, (step) => {
      say({ step })
    }),
  })
} catch (error) {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN'
  say({ failed: { code, message: String(error) } })
}

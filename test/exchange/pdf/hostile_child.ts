/**
 * Reads files in a process of its own, one after the other, and prints a JSON line a file: what it cost and how it was answered. `hostile.test.ts` starts it with names of
 * bombs or of files.
 */
import { readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { inspectPdf, readPdfForensic } from '../../../exchange/pdf/index.ts'
import { verifyFile } from '../../../exchange/verify/index.ts'
import { bombs } from './bombs.ts'
import { samplePdf } from './sample.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const steps: Readonly<Record<string, (bytes: Uint8Array) => unknown>> = {
  inspect: (bytes) => inspectPdf(bytes).findings.map(({ code }) => code),
  forensic: (bytes) => readPdfForensic(bytes).damage.map(({ code }) => code),
  verify: async (bytes) =>
    (await verifyFile({ name: 'a', bytes, trust: [], at: new Date(0) })).verdict,
}

async function measure(name: string, bytes: Uint8Array): Promise<void> {
  const cost: Record<string, unknown> = { name }
  for (const [step, run] of Object.entries(steps)) {
    collect()
    const before = process.cpuUsage()
    const answer = await run(bytes)
    const { user, system } = process.cpuUsage(before)
    // Without a collection in between: what it took beside the file.
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    cost[step] = { ms: Math.round((user + system) / 1000), answer, heapUsed, arrayBuffers }
  }
  process.stdout.write(
    `${JSON.stringify({ ...cost, bytes: bytes.length, maxRss: process.resourceUsage().maxRSS * 1024 })}\n`,
  )
}

for (const [step] of Object.entries(steps)) await steps[step]?.(samplePdf())
process.stdout.write(
  `${JSON.stringify({ name: 'start', maxRss: process.resourceUsage().maxRSS * 1024 })}\n`,
)
for (const name of process.argv.slice(2)) {
  const made = bombs[name]
  await measure(name, made ? made() : readFileSync(name))
}

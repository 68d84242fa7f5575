/** What sealing leaves behind in memory: nothing that grows with the number of files. */
import { setTimeout as delay } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import test from 'ava'
import { prepareSeal, sealToBaselineLta } from '../../../exchange/seal/index.ts'
import { samplePdf } from '../pdf/sample.ts'
import { testMark } from './bases.ts'
import { createTestPki } from './pki.ts'

const pki = createTestPki({ suites: ['ecdsa-p256-sha256'] })
const unit = pki.units[0] ?? pki.tsa
const { certificate, algorithm } = unit
const certificates = [certificate, pki.root]

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Heap and buffers in use, once the collector's own threads have given back what they found. */
async function memoryInUse(): Promise<number> {
  let least = Infinity
  for (let round = 0; round < 10; round++) {
    collect()
    await delay(20)
    const { heapUsed, external } = process.memoryUsage()
    least = Math.min(least, heapUsed + external)
  }
  return least
}

/** What 1,800 files leave is more than this only if each leaves a kilobyte: they are some forty megabytes together. */
const maxGrowth = 2 * 1024 * 1024

test('two thousand seals leave nothing behind in memory', async (t) => {
  const evidence = await pki.evidence(0)
  const sealMany = async (files: number): Promise<void> => {
    for (let at = 0; at < files; at++) {
      const prepared = prepareSeal({
        ...{ pdf: samplePdf(), certificate, certificates, algorithm, page: 0, name: 'Unit' },
        ...{ mark: testMark(100), centre: { x: 200, y: 200 }, fieldName: 'seal-1' },
        at: new Date('2026-09-01T08:00:00Z'),
        docMdp: 2,
      })
      const signature = await unit.sign(prepared.attributes)
      await sealToBaselineLta({
        ...{ prepared, signature, algorithm, certificate, certificates },
        ...{ stamp: pki.stamp, evidence: () => Promise.resolve(evidence) },
      })
    }
  }
  await sealMany(200)
  const before = await memoryInUse()
  await sealMany(1800)
  const grown = (await memoryInUse()) - before
  t.true(grown < maxGrowth, `${String(grown)} bytes more after 2,000 files`)
})

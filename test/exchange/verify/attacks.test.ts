/** Hostile PDFs, read from shared data: each gets a report in time, and none passes. The exploits of signatures are in `corpora.test.ts`. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import test from 'ava'
import { verifyFile } from '../../../exchange/verify/index.ts'

const folder = new URL('../../../../shared/data/pdf/', import.meta.url)
const maxMsAFile = 60_000
const at = new Date('2026-11-23T00:00:00Z')

test('every file of rub-pdf101 gets a report in time', async (t) => {
  t.timeout(300_000)
  if (!existsSync(folder)) {
    t.log('skipped: ../shared/data/pdf is not here')
    t.pass()
    return
  }
  for (const name of globSync('rub-pdf101/**/*.pdf', { cwd: folder }).toSorted()) {
    const bytes = new Uint8Array(readFileSync(new URL(encodeURI(name), folder)))
    const start = performance.now()
    const report = await verifyFile({ name, bytes, trust: [], at })
    t.true(performance.now() - start < maxMsAFile, `${name} takes too long`)
    t.not(report.verdict, 'TOTAL-PASSED', name)
    t.false(
      report.findings.some(({ code }) => code === 'INTERNAL_ERROR'),
      name,
    )
  }
  t.pass()
})

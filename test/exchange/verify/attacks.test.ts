/** Published attacks on signed PDFs, read from shared data: no file has every signature INTACT, none passes, all get a report in time. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import test from 'ava'
import { verifyFile } from '../../../exchange/verify/index.ts'

const folder = new URL('../../../../shared/data/pdf/', import.meta.url)
/** Signed as prepared, and not yet manipulated: the seal is intact, and says so. */
const honest = /3_original-document-shadowed-signed\.pdf$/
const maxMsAFile = 10_000

const at = new Date('2026-11-23T00:00:00Z')

for (const corpus of [
  'pdf-insecurity-2019',
  'rub-shadow-2020',
  'rub-pdf101',
  'esig-dss',
  'pyhanko',
]) {
  test(`every file of ${corpus} gets a report in time, and no attack is taken for intact`, async (t) => {
    t.timeout(300_000)
    if (!existsSync(folder)) {
      t.log('skipped: ../shared/data/pdf is not here')
      t.pass()
      return
    }
    const isAttack = corpus === 'pdf-insecurity-2019' || corpus === 'rub-shadow-2020'
    for (const name of globSync(`${corpus}/**/*.pdf`, { cwd: folder }).toSorted()) {
      const bytes = new Uint8Array(readFileSync(new URL(encodeURI(name), folder)))
      const start = performance.now()
      const report = await verifyFile({ name, bytes, trust: [], at })
      t.true(performance.now() - start < maxMsAFile, `${name} takes too long`)
      t.not(report.verdict, 'TOTAL-PASSED', name)
      t.false(
        report.findings.some(({ code }) => code === 'INTERNAL_ERROR'),
        name,
      )
      if (isAttack && !honest.test(name) && report.signatures.length > 0) {
        t.true(
          report.signatures.some(({ integrity }) => integrity !== 'INTACT'),
          name,
        )
      }
    }
    t.pass()
  })
}

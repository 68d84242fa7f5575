/**
 * Hostile files: the bombs of `bombs.ts` in a process that has 256 MB beyond what it began with, and PDF101's files (loops, bombs, disclosure, manipulation, launching), each
 * verified and inspected. Floods have 8 MB, 99 with SEALBOX_TEST_FULL=1.
 */
import { execFile } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import test from 'ava'
import { inspectPdf } from '../../../exchange/pdf/index.ts'
import { verifyFile } from '../../../exchange/verify/index.ts'
import { bombs } from './bombs.ts'

const mega = 1024 * 1024
const maxBytes = 256 * mega

interface Cost {
  readonly name: string
  readonly bytes: number
  readonly maxRss: number
  readonly inspect: { readonly ms: number; readonly answer: readonly string[] }
  readonly forensic: { readonly ms: number; readonly answer: readonly string[] }
  readonly verify: { readonly ms: number; readonly answer: string }
}

const start = promisify(execFile)

/** What each file cost; the process is given up if it needs more memory or does not end. */
async function costsOf(files: readonly string[]): Promise<Cost[]> {
  const child = new URL('hostile_child.ts', import.meta.url).pathname
  const { stdout } = await start(
    process.execPath,
    ['--max-old-space-size=256', '--max-semi-space-size=8', child, ...files],
    { timeout: 10 * 60_000, maxBuffer: 16 * mega },
  )
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Cost)
}

test('every bomb is answered within its memory, and what cannot be looked through is refused', async (t) => {
  t.timeout(15 * 60_000)
  const folder = mkdtempSync(join(tmpdir(), 'sealbox-bombs-'))
  t.teardown(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  let slowest = { name: '', ms: 0 }
  for (const [name, make] of Object.entries(bombs)) writeFileSync(join(folder, name), make())
  const names = Object.keys(bombs)
  const [begun, ...costs] = await costsOf(names.map((name) => join(folder, name)))
  t.deepEqual(
    costs.map(({ name }) => name.slice(folder.length + 1)),
    names,
  )
  for (const { name, inspect, verify, forensic, maxRss } of costs) {
    t.not(verify.answer, 'TOTAL-PASSED', name)
    t.true(maxRss - (begun?.maxRss ?? 0) <= maxBytes, `${name}: ${String(maxRss / mega)} MB`)
    for (const { ms } of [inspect, verify, forensic]) if (ms > slowest.ms) slowest = { name, ms }
  }
  const refused = (name: string): readonly string[] =>
    costs.find((cost) => cost.name.endsWith(name))?.inspect.answer ?? []
  t.true(refused('contents that unpack to 300 MB').includes('TOO_MUCH_CONTENT'))
  t.true(refused('forms in forms').includes('TOO_MUCH_CONTENT'))
  t.true(refused('many arrays of zeros').includes('DAMAGED'))
  t.log(`the slowest: ${slowest.name}, ${String(slowest.ms)} ms of processor time`)
  const peak = Math.max(...costs.map(({ maxRss }) => maxRss)) - (begun?.maxRss ?? 0)
  t.log(
    `${String(costs.length)} bombs, at most ${String(Math.round(peak / mega))} MB beyond the start`,
  )
})

// Well formed and harmless by structure; or the honest originals beside the attacks.
const spared = /E1-next-outline-original|E1-commented-out-1/

test('files of PDF101 get a report each and are flagged before sealing', async (t) => {
  const folder = new URL('../../../../shared/data/pdf/rub-pdf101/', import.meta.url)
  if (!existsSync(folder)) {
    t.log('shared data is not here: PDF101 skipped')
    t.pass()
    return
  }
  const files = globSync('**/*.pdf', { cwd: folder.pathname })
  for (const file of files) {
    const bytes = readFileSync(new URL(file, folder))
    const report = await verifyFile({ name: file, bytes, trust: [], at: new Date(0) })
    t.not(report.verdict, 'TOTAL-PASSED', file)
    t.false(
      report.findings.some(({ code }) => code === 'INTERNAL_ERROR'),
      file,
    )
    const { findings } = inspectPdf(bytes)
    if (!spared.test(file)) t.true(findings.length > 0, `${file} is not flagged`)
  }
  t.is(files.length, 103)
})

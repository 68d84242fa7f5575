/** `sealbox doctor`: what it says of a running box and of one that stands still, and that it changes neither. */
import { execFile } from 'node:child_process'
import { chmod, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { tmpdir } from 'node:os'
import { promisify } from 'node:util'
import test from 'ava'
import { answerHealth, askHealth } from '../../../appliance/health/line.ts'
import { reportLines } from '../../../appliance/health/words.ts'
import { stoppedHealth } from '../../../appliance/health/stopped.ts'
import { ApplianceError } from '../../../appliance/errors.ts'
import type { HealthReport } from '../../../web/index.ts'
import { serveNewBox, type ServedBox } from '../in_process.ts'

const launcher = new URL('../../../appliance/sealbox', import.meta.url).pathname
let box: ServedBox

test.before(async () => {
  box = await serveNewBox()
})
test.after.always(() => box.close())

interface Said {
  readonly status: number
  readonly text: string
}

async function doctor(...args: readonly string[]): Promise<Said> {
  try {
    const { stdout } = await promisify(execFile)(launcher, ['doctor', ...args])
    return { status: 0, text: stdout }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { status: code, text: stdout + stderr }
  }
}

/** A copy of the folder as it lies, once the box is stopped. */
async function copyOf(t: { teardown: (end: () => Promise<void>) => void }): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'sealbox-doctor-'))
  t.teardown(() => rm(parent, { recursive: true }))
  await cp(box.data, join(parent, 'data'), { recursive: true })
  return join(parent, 'data')
}

const stateOf = ({ checks }: HealthReport, code: string): string | undefined =>
  checks.find((check) => check.code === code)?.state

test.serial('a running box says over its line how it is, in both languages', async (t) => {
  const report = await askHealth(box.data)
  t.true(report?.running)
  t.true(report?.fit)
  t.is(stateOf(report as HealthReport, 'journal'), 'ok')
  const { status, text } = await doctor('--data', box.data, '--language', 'en')
  t.regex(text, /running/)
  t.regex(text, /Journal: running/)
  t.is(status, { ok: 0, bad: 1, warn: 2 }[report?.state ?? 'bad'])
  t.regex(reportLines(report as HealthReport, 'zh').join('\n'), /日志：正常/)
})

test.serial('a box deeper than an address of a socket is long is asked all the same', async (t) => {
  const parent = await mkdtemp(join(tmpdir(), `sealbox-${'deep'.repeat(30)}-`))
  t.teardown(() => rm(parent, { recursive: true }))
  t.is(await askHealth(parent), undefined)
  const report = (await askHealth(box.data)) as HealthReport
  const log = { info: () => undefined, error: (_: object, words: string) => t.fail(words) }
  const line = await answerHealth({ directory: parent, report: () => Promise.resolve(report), log })
  t.is((await askHealth(parent))?.box, report.box)
  await line.close()
  t.deepEqual(await readdir(parent), [])
})

test.serial('a box that holds the line and says nothing is unreachable, not well', async (t) => {
  const parent = await mkdtemp(join(tmpdir(), 'sealbox-mute-'))
  const mute = createServer(() => undefined)
  await new Promise<void>((resolve) => mute.listen(join(parent, 'health.sock'), resolve))
  t.teardown(async () => {
    mute.close()
    await rm(parent, { recursive: true })
  })
  const error = await t.throwsAsync(askHealth(parent, { patienceMs: 200 }))
  t.true(error instanceof ApplianceError && error.code === 'BOX_UNREACHABLE')
})

test.serial('nobody but the owner may open the line', (t) => {
  t.is(statSync(join(box.data, 'health.sock')).mode & 0o777, 0o600)
})

test.serial('a stopped box is read whole, and not a byte of its journal changes', async (t) => {
  await box.stop()
  t.false((await readdir(box.data)).includes('health.sock'))
  const segment = join(box.data, 'journal', '00000001.seg')
  const before = await readFile(segment)
  const report = await stoppedHealth(box.data)
  t.false(report.running)
  t.false(report.fit)
  for (const code of ['journal', 'views', 'keys', 'search', 'crl'])
    t.is(stateOf(report, code), 'ok')
  t.deepEqual(await readFile(segment), before)
})

test.serial('a flipped bit in the journal is named, and the status says failed', async (t) => {
  const data = await copyOf(t)
  const segment = join(data, 'journal', '00000001.seg')
  const bytes = await readFile(segment)
  const at = Math.floor(bytes.length / 2)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  await writeFile(segment, bytes)
  const { status, text } = await doctor('--data', data, '--language', 'en')
  t.is(status, 1)
  t.regex(text, /failed {2}Journal: damaged after \d+ entries: journal segment 00000001\.seg/)
  t.regex(text, /Delete nothing/)
})

test.serial('a key file that others can read is named', async (t) => {
  const data = await copyOf(t)
  await chmod(join(data, 'keys', 'issuing.key'), 0o644)
  const report = await stoppedHealth(data)
  t.is(stateOf(report, 'keys'), 'bad')
  t.regex(report.checks.find(({ code }) => code === 'keys')?.en.value ?? '', /issuing\.key/)
})

test.serial('a folder without a box is no box that is well', async (t) => {
  const parent = await mkdtemp(join(tmpdir(), 'sealbox-none-'))
  t.teardown(() => rm(parent, { recursive: true }))
  t.is((await doctor('--data', parent)).status, 66)
})

/**
 * The restore drill of the issue: a box with a thousand documents, backed up while it serves, into a blank folder; every document verifies
 * by the command line, CRL numbers and document numbers go on; cut, altered and stale are refused.
 */
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { pino } from 'pino'
import { openBox } from '../../../appliance/box/box.ts'
import { openDataFolder } from '../../../appliance/box/data_folder.ts'
import { demoTexts } from '../../../appliance/demo/texts.ts'
import { send } from '../../../appliance/demo/work.ts'
import { serve } from '../../../appliance/box/serve.ts'
import { toPem } from '../../../ca/index.ts'
import { enrolDistrict, serveNewBox } from '../in_process.ts'
import { full, run, sealbox, temporaryFolder } from '../places.ts'
import { fillWithDocuments } from './thousand.ts'

const count = full ? 5000 : 1000
const log = pino({ level: 'silent' })

test('a box with a thousand documents comes back whole, and goes on', async (t) => {
  const served = await serveNewBox(log)
  t.teardown(() => served.close())
  const { units } = await enrolDistrict(served.known, served.code, 2)
  const { files, last } = await fillWithDocuments(served.box, units, count)
  t.is(new Set(files).size, count)
  const folder = await temporaryFolder(t)
  const backup = join(folder, 'box.sealbox-backup')
  const made = await run(sealbox, ['backup', backup, '--data', served.data])
  t.is(made.status, 0, made.stderr)
  const { number: crlNumber } = await served.box.parts.authority.crl('issuing')
  const { port } = served.serving
  const root = toPem('CERTIFICATE', served.box.parts.authority.chain.at(-1) ?? new Uint8Array())
  await served.stop()

  const directory = join(folder, 'restored')
  const bytes = await readFile(backup)
  for (const [name, wrong] of Object.entries({
    cut: bytes.subarray(0, -1000),
    altered: flipped(bytes),
  })) {
    const path = join(folder, name)
    await writeFile(path, wrong)
    const refused = await run(sealbox, ['restore', path, '--data', directory])
    t.is(refused.status, 1)
    t.regex(refused.stderr, name === 'cut' ? /ends before its end/ : /was altered/)
    t.false(existsSync(directory))
  }
  const restored = await run(sealbox, ['restore', backup, '--data', directory])
  t.is(restored.status, 0, restored.stderr)
  await verifyAll(t, { directory, files, root, folder })

  const box = await openBox({ directory, log, url: served.known.url })
  const serving = await serve(box, { port, pkiPort: 0, bind: '127.0.0.1' })
  t.teardown(async () => {
    await serving.close()
    await box.close()
  })
  t.true((await box.parts.authority.crl('issuing')).number > crlNumber)
  const [text] = demoTexts(undefined, 1)
  const trip = await send(units, 0, text ?? { title: '', text: '' })
  t.regex(trip.number, new RegExp(`〕${String(last + 1)}号$`))
})

function flipped(bytes: Buffer): Buffer {
  const altered = Buffer.from(bytes)
  altered.writeUInt8(altered.readUInt8(5_000_000) ^ 1, 5_000_000)
  return altered
}

/** By the command line, as an auditor does, from the files of the restored box. */
async function verifyAll(
  t: ExecutionContext,
  of: {
    readonly directory: string
    readonly files: readonly string[]
    readonly root: string
    readonly folder: string
  },
): Promise<void> {
  const { directory, files, root, folder } = of
  const out = join(folder, 'pdf')
  await mkdir(out)
  const data = await openDataFolder(directory)
  for (const file of files) {
    await writeFile(join(out, `${file}.pdf`), await data.blobs.get(file as never))
  }
  await data.journalFiles.close()
  await data.close()
  const trust = join(folder, 'root.pem')
  await writeFile(trust, root)
  const names = files.map((file) => join(out, `${file}.pdf`))
  const verified = await run(sealbox, ['verify', ...names, '--trust', trust, '--json'])
  t.is(verified.status, 0, verified.stderr.slice(0, 500))
  const verdicts = verified.stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { verdict: string }).verdict)
  t.is(verdicts.length, files.length)
  t.deepEqual([...new Set(verdicts)], ['TOTAL-PASSED'])
}

/**
 * A full disk: every act that cannot be kept is refused with a problem that says so, nothing is half-done, and once there is
 * space again and the box was restarted, everything that was answered is there. On a small tmpfs of the test's own.
 */
import { spawnSync } from 'node:child_process'
import { closeSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { sha256Hex } from '../../ca/index.ts'
import { startBoxProcess, type BoxProcess } from '../../appliance/demo/box_process.ts'
import { ApplianceError, exitStatus } from '../../appliance/errors.ts'
import { draftOf } from './in_process.ts'
import { check, openLedger, verifyAll, work } from './load.ts'
import { full, newFolder, run, sealbox, seed, seededNumbers } from './places.ts'

/** Bytes that are left when the work begins; so failures fall on blobs, on the journal, and on the views. In full 20 more. */
const draw = seededNumbers('disk')
const leftovers = [
  0,
  40_000,
  400_000,
  ...Array.from({ length: full ? 20 : 0 }, () => draw(1_000_000)),
]
const diskBytes = 48 * 1024 * 1024

/** Fills a disk but for `leave` bytes. */
function fill(folder: string, leave: number): void {
  const file = openSync(join(folder, 'filler'), 'w')
  const chunk = Buffer.alloc(1 << 16)
  try {
    for (;;) {
      const { bavail, bsize } = statfsSync(folder)
      const room = bavail * bsize - leave
      if (room <= 0) break
      writeSync(file, chunk, 0, Math.min(chunk.length, room))
    }
  } finally {
    closeSync(file)
  }
}

/** Whether it is a problem of the box's own that a person can be told: 5xx with a code and words, no surprise. */
function isClearRefusal(error: unknown): boolean {
  if (!(error instanceof ApplianceError) || error.code !== 'BOX_REFUSED') return false
  const { status, code } = error.details
  return Number(status) >= 500 && typeof code === 'string' && code !== 'INTERNAL'
}

const attachmentOf = (bytes: Uint8Array) => ({
  name: '名单',
  fileName: '名单.txt',
  bytes: bytes.length,
  sha256: sha256Hex(bytes),
})

test(`a full disk refuses clearly, halves nothing and loses nothing (${String(leftovers.length)} times; in full 23; seed ${String(seed)})`, async (t) => {
  t.timeout(full ? 900_000 : 300_000)
  const folder = await newFolder()
  const disk = join(folder, 'disk')
  await mkdir(disk)
  const size = `size=${String(diskBytes)}`
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', size, 'tmpfs', disk]).status !== 0) {
    t.log('left out: no right to mount a small disk')
    await rm(folder, { recursive: true })
    t.pass()
    return
  }
  t.teardown(async () => {
    spawnSync('umount', ['-l', disk])
    await rm(folder, { recursive: true, force: true })
  })
  const data = join(disk, 'data')
  let box = await startBoxProcess({ data })
  t.teardown(() => box.process.kill('SIGKILL'))
  const { port, pkiPort } = box.ready
  const ledger = await openLedger(box, 2)
  const [unit, other] = ledger.units
  if (unit === undefined || other === undefined) throw new TypeError('two units')
  const codes: string[] = []
  let from = 0
  const isDown = (): boolean => codes.slice(from).some((code) => /^(JOURNAL|BLOB)_/.test(code))
  const ends = (error: unknown): boolean => {
    const words = error instanceof ApplianceError ? JSON.stringify(error.details) : String(error)
    // Some time after it said that it stops, the box has ended.
    const hasEnded = isDown() && error instanceof ApplianceError && error.code === 'BOX_UNREACHABLE'
    t.true(hasEnded || isClearRefusal(error), words)
    if (error instanceof ApplianceError) {
      const { code } = error.details
      codes.push(typeof code === 'string' ? code : error.code)
    }
    return true
  }
  for (const [round, leave] of leftovers.entries()) {
    fill(disk, leave)
    from = codes.length
    await work(ledger, 0, ends)
    await work(ledger, 1, ends)
    const uploaded = new Uint8Array(600_000).fill(round + 1)
    const taken = unit.clerk.upload('attachment', '名单.txt', uploaded)
    const refusal = await t.throwsAsync<ApplianceError>(taken, { instanceOf: ApplianceError })
    t.true(['BOX_REFUSED', 'BOX_UNREACHABLE'].includes(refusal.code))
    const { status } = await health(box)
    if (isDown()) t.true(status === 503 || status === 'ended', String(status))

    rmSync(join(disk, 'filler'))
    await box.stop()
    // After a failed write the box ends by itself within a second or two, with the status that asks for a restart; told to stop
    // while its process is already going, it goes by the signal.
    const { exitCode, signalCode } = box.process
    const isOrderly = exitCode === 0 || exitCode === exitStatus.software || signalCode === 'SIGTERM'
    t.true(isOrderly, `ended with ${String(exitCode ?? signalCode)}`)
    box = await startBoxProcess({ data, port, pkiPort })
    await check(t, ledger)
    // What was refused was not kept: an attachment that nobody took in is none.
    const attachments = [attachmentOf(uploaded)]
    const refused = unit.clerk.draft({ ...draftOf(unit, [other]), attachments })
    const unknown = { details: { code: 'ATTACHMENT_UNKNOWN' } }
    t.like(await t.throwsAsync(refused), unknown)
  }
  t.log([...new Set(codes)].join(', '))
  t.true(codes.length >= leftovers.length * 2)
  await verifyAll(t, ledger)
  ledger.close()
  await box.stop()
  const verified = await run(sealbox, ['journal', 'verify', '--data', data])
  t.is(verified.status, 0, verified.stdout)
})

/** What `/healthz` says, or that the box has ended by itself after a failed write. */
async function health(box: BoxProcess): Promise<{ readonly status: number | 'ended' }> {
  try {
    const { status } = await fetch(`${box.pkiUrl}/healthz`)
    return { status }
  } catch (error) {
    if (error instanceof TypeError) return { status: 'ended' }
    throw error
  }
}

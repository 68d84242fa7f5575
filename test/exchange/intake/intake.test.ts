/** The state machine of uploads over a real store, with a scanner that says what a test wants: what is accepted, waits, is refused. */
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { openDataFolder } from '../../../appliance/box/data_folder.ts'
import type { Sha256 } from '../../../ca/index.ts'
import {
  createIntake,
  type Decided,
  type Intake,
  type Scanner,
  type ScanResult,
} from '../../../exchange/index.ts'
import { createWaitingRoom, type Waiting } from '../../../exchange/intake/waiting.ts'

const clock = {
  now: () => new Date('2026-11-25T08:00:00Z'),
  state: 'confirmed' as const,
  timeSource: 'host' as const,
}
const unit = '11440100000000001X'
const other = '11440100000000002X'
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const hashOf = (bytes: Uint8Array): Sha256 =>
  createHash('sha256').update(bytes).digest('hex') as Sha256

const clean: ScanResult = { state: 'clean', signatures: 'set 1' }
const virus: ScanResult = { state: 'found', code: 'VIRUS_FOUND', name: 'X', signatures: 'set 1' }
const down: ScanResult = { state: 'unavailable', reason: 'down' }

/** A scanner whose word can be changed. */
function saying(first: ScanResult): { now: ScanResult; asked: number; scanner: Scanner } {
  const said = {
    now: first,
    asked: 0,
    scanner: {
      scan: () => {
        said.asked++
        return Promise.resolve(said.now)
      },
    },
  }
  return said
}

const endless = (): Promise<number> => Promise.resolve(Infinity)

async function store(t: ExecutionContext) {
  const directory = mkdtempSync(join(tmpdir(), 'sealbox-intake-'))
  const data = await openDataFolder(directory)
  t.teardown(async () => {
    await data.close()
    rmSync(directory, { recursive: true })
  })
  const intake = (scanner?: Scanner): Intake =>
    createIntake({
      ...{ blobs: data.blobs, scratch: data.scratch, clock, free: endless },
      inspectors: [],
      scanner,
    })
  return { data, intake }
}

const take = (intake: Intake, text: string, by = unit) =>
  intake.take({ ...{ unit: by, fileName: 'a', bytes: bytesOf(text) }, purpose: 'attachment' })

test('without a scanner a file is accepted, and the answer says that it was not scanned', async (t) => {
  const { intake } = await store(t)
  const plain = intake()
  t.false(plain.isScanned)
  t.like(await take(plain, 'a'), { state: 'accepted', virusCheck: { state: 'not-scanned' } })
  t.is((await plain.uploadedBy(unit, hashOf(bytesOf('a'))))?.scanned, undefined)
})

test('what was kept unscanned is scanned before it is used, once the box has a scanner', async (t) => {
  const { intake } = await store(t)
  for (const text of ['good', 'bad']) await take(intake(), text)
  const [good, bad] = [hashOf(bytesOf('good')), hashOf(bytesOf('bad'))]
  const said = saying(down)
  const scanned = intake(said.scanner)
  t.like(await scanned.look(unit, good), { state: 'waiting' })
  await t.throwsAsync(scanned.uploadedBy(unit, good), { code: 'UPLOAD_WAITING' })
  said.now = clean
  t.like(await scanned.uploadedBy(unit, good), { scanned: { signatures: 'set 1' } })
  const { asked } = said
  await scanned.uploadedBy(unit, good)
  t.is(said.asked, asked, 'once')
  said.now = virus
  t.is(await scanned.uploadedBy(unit, bad), undefined)
  t.like(await scanned.look(unit, bad), { state: 'refused' })
  // Back without a scanner it stays refused.
  t.is(await intake().uploadedBy(unit, bad), undefined)
})

test('a file that waits is kept over a restart, is no upload yet, and is decided once', async (t) => {
  const { intake, data } = await store(t)
  const said = saying(down)
  t.like(await take(intake(said.scanner), 'wait'), { state: 'waiting' })
  const name = hashOf(bytesOf('wait'))
  for await (const blob of data.blobs.names()) t.fail(blob)
  const again = intake(said.scanner)
  await t.throwsAsync(again.uploadedBy(unit, name), { code: 'UPLOAD_WAITING' })
  t.is(await again.uploadedBy(other, name), undefined, 'a hash alone gives no right')
  t.is(await again.look(other, name), undefined)
  t.like(await again.waiting(), { files: 1, bytes: 4, since: '2026-11-25T08:00:00.000Z' })
  said.now = clean
  t.like(await again.scanWaiting(), [{ unit, sha256: name, state: 'accepted' }])
  t.deepEqual(await again.scanWaiting(), [])
  t.deepEqual(await again.uploadedBy(unit, name), {
    ...{ purposes: ['attachment'], bytes: 4 },
    scanned: { signatures: 'set 1', at: '2026-11-25T08:00:00.000Z' },
  })
})

test('a file over which the scanner fails keeps no other from its turn, and is refused after three times', async (t) => {
  const { intake } = await store(t)
  const said = saying(down)
  const scanned = intake(said.scanner)
  for (const text of ['poison', 'letter 1', 'letter 2']) await take(scanned, text)
  const poison = hashOf(bytesOf('poison'))
  const failing = intake({
    scan: (bytes) => Promise.resolve(hashOf(bytes) === poison ? { ...down, onFile: true } : clean),
  })
  t.is((await failing.scanWaiting()).length, 2)
  t.deepEqual(await failing.scanWaiting(), [])
  t.like(await failing.scanWaiting(), [{ sha256: poison, state: 'refused' }])
  t.is((await failing.waiting()).files, 0)
  t.like((await failing.look(unit, poison))?.findings, [{ code: 'SCAN_INCOMPLETE' }])
})

test('what waits is looked at a file of each unit in turn, also of one that comes meanwhile', async (t) => {
  const { intake } = await store(t)
  const waiting = intake(saying(down).scanner)
  for (const text of ['1', '2', '3']) await take(waiting, text)
  await take(waiting, 'b', other)
  const asked: string[] = []
  const third = '11440100000000003X'
  const sweeping: Intake = intake({
    scan: async (_, { unit: of, isPatient }) => {
      asked.push(of)
      t.true(isPatient)
      if (asked.length === 1) await take(waiting, 'late', third)
      return clean
    },
  })
  t.is((await sweeping.scanWaiting()).length, 5)
  t.deepEqual(asked, [unit, other, unit, third, unit])
})

test('each decision is told before it is done: what could not be told is decided again', async (t) => {
  const { intake } = await store(t)
  const waiting = intake(saying(down).scanner)
  const texts = ['1', '2', '3']
  for (const text of texts) await take(waiting, text)
  const sweeping = intake(saying(virus).scanner)
  const told: string[] = []
  let calls = 0
  const tell = ({ sha256, finding }: Decided): Promise<void> => {
    if (++calls === 2) return Promise.reject(new Error('the journal is read-only'))
    t.is(finding?.code, 'VIRUS_FOUND')
    told.push(sha256)
    return Promise.resolve()
  }
  await t.throwsAsync(sweeping.scanWaiting(tell), { message: /read-only/ })
  t.is((await sweeping.waiting()).files, 1, 'the others had their turn')
  await sweeping.scanWaiting(tell)
  t.deepEqual(told.toSorted(), texts.map((text) => hashOf(bytesOf(text))).toSorted())
  t.is((await sweeping.waiting()).files, 0)
})

test('newer signatures that find something take an older acceptance away', async (t) => {
  const { intake } = await store(t)
  const said = saying(clean)
  const scanned = intake(said.scanner)
  await take(scanned, 'new kind')
  said.now = virus
  t.like(await take(scanned, 'new kind'), { state: 'refused' })
  t.is(await scanned.uploadedBy(unit, hashOf(bytesOf('new kind'))), undefined)
  said.now = clean
  t.like(await take(scanned, 'new kind'), { state: 'accepted' })
  t.truthy(await scanned.uploadedBy(unit, hashOf(bytesOf('new kind'))))
})

test('while the scanner is down, the same octets that it let pass before need not wait', async (t) => {
  const { intake } = await store(t)
  const said = saying(clean)
  const scanned = intake(said.scanner)
  await take(scanned, 'again')
  said.now = down
  t.like(await take(scanned, 'again'), { state: 'accepted', virusCheck: { state: 'clean' } })
  t.like(await take(scanned, 'again', other), { state: 'waiting' }, 'another unit’s is its own')
})

test('uploads that wait have so much room and no more, a unit and in all', async (t) => {
  const { data } = await store(t)
  const room = createWaitingRoom(
    { scratch: data.scratch, free: endless },
    { ofUnit: 100, ofAll: 150, files: 3 },
  )
  const put = (by: string, text: string): Promise<void> => {
    const bytes = bytesOf(text)
    const waiting: Waiting = {
      ...{ unit: by, sha256: hashOf(bytes), purposes: ['attachment'], fileName: 'a' },
      ...{ bytes: bytes.length, since: '2026-11-25T08:00:00.000Z', findings: [] },
    }
    return room.put(waiting, bytes)
  }
  const full = { code: 'UPLOAD_WAITING_FULL' }
  await put(unit, 'x'.repeat(90))
  await put(unit, 'x'.repeat(90))
  t.like(await room.count(unit), { files: 1, bytes: 90 }, 'the same file again is one')
  await t.throwsAsync(put(unit, 'y'.repeat(11)), full)
  await t.throwsAsync(put(other, 'x'.repeat(61)), full)
  for (const text of ['1', '2']) await put(unit, text)
  await t.throwsAsync(put(unit, '3'), full)
  await put(other, 'x'.repeat(50))
  for await (const waiting of room.list()) await room.remove(waiting)
  t.like(await room.count(), { files: 0, bytes: 0, since: undefined })
  await put(unit, 'z'.repeat(100))
})

test('nothing more waits where the disk would be filled to its end', async (t) => {
  const { data } = await store(t)
  const disk = { free: 0 }
  const room = createWaitingRoom({
    scratch: data.scratch,
    free: () => Promise.resolve(disk.free),
  })
  const bytes = new Uint8Array(1000)
  const waiting: Waiting = {
    ...{ unit, sha256: hashOf(bytes), purposes: ['attachment'], fileName: 'a', bytes: 1000 },
    ...{ since: '2026-11-25T08:00:00.000Z', findings: [] },
  }
  const full = { code: 'UPLOAD_WAITING_FULL' }
  for (disk.free of [0, 1024 ** 2, 1024 ** 3 + 2999]) {
    await t.throwsAsync(room.put(waiting, bytes), full)
  }
  disk.free = 1024 ** 3 + 3000
  await room.put(waiting, bytes)
  disk.free = 0
  await t.notThrowsAsync(room.put(waiting, bytes), 'the same file again takes no more')
})

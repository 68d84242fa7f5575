/** Backups on a disk that is nearly full: refused before the first octet, tried once a day, and no copy stays that nobody needs. */
import { existsSync } from 'node:fs'
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { pino } from 'pino'
import { ageKeyPair } from '../../../appliance/backup/age/index.ts'
import { createBackupBoard, type RunningBoard } from '../../../appliance/backup/board.ts'
import { backupEntry } from '../../../appliance/backup/entries.ts'
import { createBackupDesk } from '../../../appliance/backup/desk.ts'
import {
  drillOf,
  makeAside,
  removeLeftovers,
  restoreOf,
  shelfOf,
} from '../../../appliance/backup/beside.ts'
import type { BackupSource } from '../../../appliance/backup/make.ts'
import { journalSigner, sourceOf } from '../../../appliance/backup/of_box.ts'
import type { RestoreStep } from '../../../appliance/backup/restore.ts'
import { reserveIn } from '../../../appliance/backup/room.ts'
import type { DiskRoom, LookAtRoom } from '../../../appliance/disk_room.ts'
import { createStickWriter } from '../../../appliance/backup/stick.ts'
import { MachineError } from '../../../appliance/machine/errors.ts'
import { boxActor, CaError, systemRandom, utf8 } from '../../../ca/index.ts'
import { backupCheck } from '../../../web/health/kept.ts'
import { temporaryFolder } from '../places.ts'
import { restoreInto, smallBox, takeApart, type SmallBox } from './small_box.ts'

const gib = 1024 ** 3
const plenty: DiskRoom = { free: 500 * gib, total: 1000 * gib }
const little: DiskRoom = { free: 2 * gib, total: 1000 * gib }

interface Watched {
  readonly board: RunningBoard
  /** How many backups were begun. */
  readonly begun: () => number
}

/** The board of a small box, on a disk that says of itself what the test wants. */
async function boardOf(
  t: ExecutionContext,
  small: SmallBox,
  look: LookAtRoom,
  sealedKeys?: BackupSource['sealedKeys'],
): Promise<Watched> {
  const { box, data } = small
  const { journal, random, clock } = box
  const signer = await journalSigner(box.services, box.keys)
  let begun = 0
  const source = () => {
    begun += 1
    return { ...sourceOf({ ...box, directory: data, signer }), ...(sealedKeys && { sealedKeys }) }
  }
  const desk = createBackupDesk({ journal, clock, random, mode: 'trial', source, look })
  const stop = new AbortController()
  const board = createBackupBoard({
    ...{ directory: data, desk, journal, clock, random, source, look },
    ...{ zone: 'Asia/Shanghai', mode: 'trial', signal: stop.signal },
    log: pino({ level: 'silent' }),
  })
  t.teardown(async () => {
    stop.abort()
    await board.idle()
  })
  // Each backup asks for its source twice: for its name and for itself.
  return { board, begun: () => begun / 2 }
}

const nightly = { isOn: true, fullEveryDays: 7, hour: 2, keep: 2 }
const onShelf = async ({ data }: SmallBox): Promise<string[]> =>
  readdir(shelfOf(data)).catch(() => [])

test('a full disk refuses a backup before its first octet, and it is tried once a day', async (t) => {
  const small = await smallBox(t)
  await small.fill(3)
  const { board, begun } = await boardOf(t, small, () => Promise.resolve(little))
  await board.schedule(boxActor, nightly)
  for (let round = 0; round < 3; round++) {
    await board.tend()
    await board.idle()
  }
  t.is((await board.state()).failed, 'BACKUP_DISK_FULL')
  t.is(begun(), 1)
  t.deepEqual(await onShelf(small), [])
  await board.drill(boxActor)
  await board.idle()
  const { drill } = await board.state()
  t.deepEqual(drill?.findings, ['BACKUP_DISK_FULL'])
  t.false(existsSync(drillOf(small.data)))
})

test('the issuing keys are asked for once there is room, and what they say against it is told', async (t) => {
  const small = await smallBox(t)
  let room = little
  let isChanged = true
  const asked: string[] = []
  const { board } = await boardOf(
    t,
    small,
    () => Promise.resolve(room),
    (recipient) => {
      asked.push(recipient)
      const changed = new CaError('CA_KEYS_RECIPIENT_CHANGED', 'for another so far')
      return isChanged ? Promise.reject(changed) : Promise.resolve(utf8('sealed'))
    },
  )
  const make = async (): Promise<string | undefined> => {
    await board.begin(boxActor, 'full')
    await board.idle()
    return (await board.state()).failed
  }
  t.is(await make(), 'BACKUP_DISK_FULL')
  t.deepEqual(asked, [], 'they would keep the recipient of a backup that nobody has')
  room = plenty
  t.is(await make(), 'CA_KEYS_RECIPIENT_CHANGED')
  t.deepEqual(asked, [small.recipient])
  isChanged = false
  t.is(await make(), undefined)
  const [made = ''] = await onShelf(small)
  const files = await takeApart(join(shelfOf(small.data), made), small.identity)
  t.is(files.find(({ name }) => name === 'keys-process.age')?.content.toString(), 'sealed')
})

test('health says what to do where the issuing keys would not go into a backup', (t) => {
  const advice = (failed: string): string | undefined =>
    backupCheck(
      { w: (_: string, en: string) => en, now: new Date(), time: String, day: String } as never,
      { backup: { lastAt: new Date(), everyHours: 24, failed } } as never,
    )?.advice
  t.regex(advice('CA_KEYS_RECIPIENT_CHANGED') ?? '', /console/)
  t.regex(advice('CA_KEYS_SILENT') ?? '', /restart the box/)
  t.regex(advice('BACKUP_DISK_FULL') ?? '', /has room/)
})

test('room that runs out while a backup is written ends it, and leaves nothing', async (t) => {
  const small = await smallBox(t)
  await small.fill(1)
  const big = new Uint8Array(40 * 1024 * 1024)
  for (const at of [0, 1]) {
    big[0] = at
    await small.box.data.blobs.put(big)
  }
  let looks = 0
  const { board } = await boardOf(t, small, () => {
    looks += 1
    return Promise.resolve(looks <= 2 ? plenty : { ...plenty, free: gib })
  })
  await board.begin(boxActor, 'full')
  await board.idle()
  t.is((await board.state()).failed, 'BACKUP_DISK_FULL')
  t.deepEqual(await onShelf(small), [])
})

/** A full one, by the schedule that was set; gives why not. */
async function makeFull(board: RunningBoard): Promise<string | undefined> {
  await board.begin(boxActor, 'full')
  await board.idle()
  // Names carry the second.
  await new Promise((resolve) => setTimeout(resolve, 1001))
  return (await board.state()).failed
}

test('the oldest backups give way before their time where a new one has no room, up to the last', async (t) => {
  const small = await smallBox(t)
  await small.fill(1)
  let room: () => Promise<DiskRoom> = () => Promise.resolve(plenty)
  const { board } = await boardOf(t, small, () => room())
  await board.schedule(boxActor, { ...nightly, keep: 4 })
  const before: string[] = []
  for (let at = 0; at < 3; at++) {
    t.is(await makeFull(board), undefined)
    before.push(...(await onShelf(small)).filter((name) => !before.includes(name)))
  }
  // A disk that holds three, of which four are to be kept.
  room = async () => ((await onShelf(small)).length > 2 ? little : plenty)
  t.is(await makeFull(board), undefined)
  const after = await onShelf(small)
  t.is(after.length, 3)
  t.false(after.includes(before[0] ?? ''))
  // The last one stays, whatever room there is.
  room = () => Promise.resolve(little)
  t.is(await makeFull(board), 'BACKUP_DISK_FULL')
  t.is((await onShelf(small)).length, 1)
})

test('backups for an earlier key leave the shelf once as many newer ones lie there', async (t) => {
  const small = await smallBox(t)
  await small.fill(1)
  const { board } = await boardOf(t, small, () => Promise.resolve(plenty))
  await board.schedule(boxActor, nightly)
  t.is(await makeFull(board), undefined)
  const [first = ''] = await onShelf(small)
  const { recipient } = ageKeyPair(systemRandom(32))
  const keyed = backupEntry('backup.keyed', boxActor, { recipient, shares: null })
  await small.box.journal.commit({ entries: [keyed] })
  t.is(await makeFull(board), undefined)
  t.true((await onShelf(small)).includes(first))
  t.is(await makeFull(board), undefined)
  const after = await onShelf(small)
  t.is(after.length, 2)
  t.false(after.includes(first))
})

test('a restore leaves free what a box on the same disk works with, before and while it writes', async (t) => {
  const small = await smallBox(t)
  await small.fill(1)
  const big = new Uint8Array(40 * 1024 * 1024)
  for (const at of [0, 1]) {
    big[0] = at
    await small.box.data.blobs.put(big)
  }
  const full = await small.backUp('full')
  const refused = { code: 'BACKUP_DISK_FULL' }
  const look = () => Promise.resolve(little)
  await t.throwsAsync(restoreInto(small, [full], { look }), refused)
  const steps: string[] = []
  let looks = 0
  const filling = () => Promise.resolve(++looks <= 2 ? plenty : { ...plenty, free: gib })
  const onStep = ({ step }: RestoreStep) => steps.push(step)
  await t.throwsAsync(restoreInto(small, [full], { look: filling, onStep }), refused)
  t.false(steps.includes('journal'))
  t.deepEqual(
    (await readdir(small.folder)).filter((name) => name.includes('restore')),
    [],
  )
})

test('on another file system than the data nothing is kept free', async (t) => {
  const [data, look] = [await temporaryFolder(t), () => Promise.resolve(plenty)]
  t.is(await reserveIn('/proc', { data, look }), 0)
  t.is(await reserveIn(data, { data, look }), 2 * gib)
  const small = () => Promise.resolve({ free: 0, total: 10 * gib })
  t.is(await reserveIn(data, { data, look: small }), gib / 2)
})

test('what a power cut left beside the data goes at the next start and before the next backup', async (t) => {
  const small = await smallBox(t)
  const shelf = shelfOf(small.data)
  await mkdir(shelf)
  const left = join(shelf, 'box-20261125T020000-full.sealbox-backup.partial')
  const other = join(shelf, 'notes of somebody')
  await writeFile(left, 'half')
  await writeFile(other, 'kept')
  const { board } = await boardOf(t, small, () => Promise.resolve(plenty))
  await board.begin(boxActor, 'full')
  await board.idle()
  t.false(existsSync(left))
  await writeFile(left, 'half')
  const folders = [drillOf(small.data), restoreOf(small.data)]
  for (const folder of folders) {
    await makeAside(folder)
    await mkdir(join(folder, 'data'))
  }
  // A box that somebody restored to look at, and a copy in the very place: theirs.
  await mkdir(`${small.data}.restore/journal`, { recursive: true })
  await removeLeftovers(small.data)
  for (const folder of folders) t.false(existsSync(folder))
  t.true(existsSync(`${small.data}.restore/journal`))
  await mkdir(join(drillOf(small.data), 'journal'), { recursive: true })
  await removeLeftovers(small.data)
  t.true(existsSync(join(drillOf(small.data), 'journal')))
  t.false(existsSync(left))
  t.true(existsSync(other))
  t.is((await onShelf(small)).length, 2)
})

type Ask = Parameters<typeof createStickWriter>[0]['ask']

const name = 'night.sealbox-backup'

async function backupFile(t: ExecutionContext): Promise<{ path: string; outgoing: string }> {
  const folder = await temporaryFolder(t)
  const [path, outgoing] = [join(folder, name), join(folder, 'out')]
  await mkdir(outgoing)
  await writeFile(path, 'x'.repeat(1000))
  return { path, outgoing }
}

test('a copy for a stick stays nowhere: not without a stick, not when root refuses, not after it was taken', async (t) => {
  const { path, outgoing } = await backupFile(t)
  const seen: string[][] = []
  const refusal = new MachineError('STICK_SPACE_MISSING', 'full', { details: { needed: 1000 } })
  const asks: Readonly<Record<string, (act: string) => unknown>> = {
    STICK_ABSENT: () => {
      throw new MachineError('STICK_ABSENT', 'no stick')
    },
    STICK_FILE_EXISTS: () => ({ files: [{ name, kind: 'backup', bytes: 1 }] }),
    STICK_SPACE_MISSING: (act) => {
      if (act === 'write-usb') throw refusal
      return { files: [] }
    },
  }
  for (const [code, answer] of Object.entries(asks)) {
    const ask = (async (act: string) => {
      seen.push(await readdir(outgoing))
      return answer(act)
    }) as never as Ask
    const stick = createStickWriter({ ask, outgoing })
    const error = await t.throwsAsync(stick.copy(path, name), { code })
    if (code === 'STICK_SPACE_MISSING') t.like(error, { details: { needed: 1000 } })
    t.deepEqual(await readdir(outgoing), [], code)
  }
  // Looked for first, copied then.
  t.deepEqual(seen, [[], [], [], [name]])
  t.is((await stat(path)).size, 1000)
})

test('a copy for a stick is refused where the data need the room, and one that was left is forgotten', async (t) => {
  const { path, outgoing } = await backupFile(t)
  const ask = (() => Promise.resolve({ files: [] })) as never as Ask
  const look = () => Promise.resolve(little)
  const stick = createStickWriter({ ask, outgoing, look })
  await t.throwsAsync(stick.copy(path, name), { code: 'BACKUP_DISK_FULL' })
  await writeFile(join(outgoing, name), 'left')
  await writeFile(join(outgoing, `.${name}.partial`), 'left')
  await stick.forget([name])
  t.deepEqual(await readdir(outgoing), [])
  await rm(path)
})

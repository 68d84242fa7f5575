/** The scrub: whatever is not as the journal says is named, and what is written meanwhile is no damage. */
import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { Level } from 'level'
import { boxActor, visitEntries, type Entry, type Sha256 } from '../../../ca/index.ts'
import { decodeRecord, encodeRecord } from '../../../ca/journal/views.ts'
import { openDataFolder, type DataFolder } from '../../../appliance/box/data_folder.ts'
import { createNightlyScrub } from '../../../appliance/health/nightly_scrub.ts'
import { createPace } from '../../../appliance/health/pace.ts'
import { scrub } from '../../../appliance/health/scrub.ts'
import { isScrubDue } from '../../../appliance/health/scrub_due.ts'
import {
  readScrub,
  readScrubTries,
  writeScrub,
  type ScratchStore,
} from '../../../appliance/health/scrub_state.ts'
import type { ScrubState } from '../../../web/index.ts'
import { newFolder } from '../places.ts'
import { serveNewBox } from '../in_process.ts'

let made: string
let names: Sha256[]
const never = new AbortController().signal

/** A stopped box with a few files that entries name. */
test.before(async () => {
  const box = await serveNewBox()
  const { blobs, journal } = box.box.parts
  names = await Promise.all(
    Array.from({ length: 20 }, (_, at) =>
      blobs.put(new TextEncoder().encode(`file ${String(at)}`)),
    ),
  )
  for (const file of names) {
    const entry = { type: 'test.kept', actor: boxActor, subject: 'box', files: [file], data: {} }
    await journal.commit({ entries: [entry] })
  }
  await box.stop()
  made = box.data
})
test.after.always(() => rm(join(made, '..'), { recursive: true, force: true }))

async function copyOf(t: ExecutionContext): Promise<string> {
  const folder = await newFolder()
  t.teardown(() => rm(folder, { recursive: true }))
  const data = join(folder, 'data')
  await cp(made, data, { recursive: true })
  return data
}

const endless = (): Promise<number> => Promise.resolve(Infinity)

async function scrubOf(directory: string): Promise<ScrubState> {
  const data = await openDataFolder(directory)
  try {
    const entries = (to: number) => entriesOf(data, to)
    const parts = { directory, data, entries, now: () => new Date(), free: endless }
    return await scrub(parts, { share: 1, signal: never })
  } finally {
    await data.journalFiles.close()
    await data.close()
  }
}

async function* entriesOf({ journalFiles }: DataFolder, to: number): AsyncGenerator<Entry> {
  const all: Entry[] = []
  await visitEntries(journalFiles, (entry) => all.push(entry))
  yield* all.slice(0, to)
}

async function inVolume(
  data: string,
  change: (volume: Level<Buffer, Buffer>) => Promise<void>,
): Promise<void> {
  const encodings = { keyEncoding: 'buffer', valueEncoding: 'buffer', compression: false } as const
  const volume = new Level<Buffer, Buffer>(join(data, 'blobs', '0001'), encodings)
  await volume.open()
  await change(volume)
  await volume.close()
}

async function inViews<T>(
  data: string,
  change: (views: Level<string, Uint8Array>) => Promise<T>,
): Promise<T> {
  const views = new Level<string, Uint8Array>(join(data, 'views'), {
    keyEncoding: 'utf8',
    valueEncoding: 'view',
  })
  await views.open()
  const changed = await change(views)
  await views.close()
  return changed
}

test('a box whose data is whole has no finding, and every record was read', async (t) => {
  const state = await scrubOf(await copyOf(t))
  t.deepEqual(state.findings, [])
  t.true(state.files >= names.length)
  t.true(state.views > state.entries)
})

test('a flipped bit in a file is named, and a file that an entry names and nobody has is missed', async (t) => {
  const data = await copyOf(t)
  const [damaged, gone] = [String(names[0]), String(names[3])]
  await inVolume(data, async (volume) => {
    for await (const [key, value] of volume.iterator()) {
      if (!value.equals(Buffer.from('file 0'))) continue
      value[0] = (value[0] ?? 0) ^ 1
      await volume.put(key, value)
    }
    await volume.del(Buffer.concat([Buffer.from('h'), Buffer.from(gone, 'hex')]))
  })
  t.deepEqual((await scrubOf(data)).findings, [
    { code: 'BLOB_DAMAGED', name: damaged },
    { code: 'BLOB_MISSING', name: gone },
  ])
})

test('a view that says something else than the journal, one that is gone and one that nobody wrote are named', async (t) => {
  const data = await copyOf(t)
  const [holder = ''] = await inViews(data, async (views) => {
    const key = 'ca/box'
    const record = decodeRecord(key, await views.get(key))
    // Well formed, its checksum right: what a lost write leaves.
    const value = { ...(record.value as object), districtName: '别的区' }
    await views.put(key, encodeRecord(key, { ...record, value }))
    const keys = await views.keys({ gte: 'ca/holder/', limit: 1 }).all()
    await views.del(keys[0] ?? '')
    await views.put('zz/nobody', encodeRecord('zz/nobody', { version: 1, value: {} }))
    return keys
  })
  t.deepEqual((await scrubOf(data)).findings, [
    { code: 'VIEW_DIFFERS', name: '"ca/box"' },
    { code: 'VIEW_DIFFERS', name: JSON.stringify(holder) },
    { code: 'VIEW_DIFFERS', name: '"zz/nobody"' },
  ])
})

test('a flipped bit in the journal is named by segment and offset, in a commit’s first line too', async (t) => {
  const data = await copyOf(t)
  const segment = join(data, 'journal', '00000001.seg')
  const whole = await readFile(segment)
  const third = Math.floor(whole.length / 3)
  for (const at of [
    third,
    whole.indexOf('sealbox-commit/1', third),
    whole.lastIndexOf('commit/1'),
  ]) {
    const bytes = Buffer.from(whole)
    bytes[at] = (bytes[at] ?? 0) ^ 1
    await writeFile(segment, bytes)
    const [found, ...others] = (await scrubOf(data)).findings
    t.is(found?.code, 'JOURNAL_DAMAGED')
    t.regex(found?.name ?? '', /00000001\.seg is damaged at byte \d+/)
    t.deepEqual(others, [])
  }
})

test('what is written while it reads is no damage, and it leaves nothing behind', async (t) => {
  const directory = await copyOf(t)
  const { openBox } = await import('../../../appliance/box/box.ts')
  const log = { info: () => undefined, error: () => undefined }
  const box = await openBox({ directory, log, url: 'https://localhost:8443' })
  t.teardown(() => box.close())
  const ending = new AbortController()
  const writing = (async () => {
    for (let at = 0; !ending.signal.aborted; at++) {
      const file = await box.parts.blobs.put(new TextEncoder().encode(`later ${String(at)}`))
      const entry = { type: 'test.kept', actor: boxActor, subject: 'box', files: [file], data: {} }
      await box.journal.commit({ entries: [entry] })
    }
  })()
  const state = await box.scrub({ share: 1, signal: never })
  ending.abort()
  await writing
  t.deepEqual(state.findings, [])
  await t.throwsAsync(readFile(join(directory, 'scrub', 'CURRENT')))
})

test('it ends when it is told to', async (t) => {
  const ending = new AbortController()
  const pace = createPace({ share: 0.5, signal: ending.signal })
  await pace()
  ending.abort()
  await t.throwsAsync(pace())
})

function storeOf(kept: Map<string, string>): ScratchStore {
  return {
    get: (key) => Promise.resolve(kept.get(key)),
    put: (key, value) => {
      kept.set(key, value)
      return Promise.resolve()
    },
  }
}

test('that it could not be done is kept with the reason, and since when none ended, until one does', async (t) => {
  const directory = await copyOf(t)
  const data = await openDataFolder(directory)
  t.teardown(async () => {
    await data.journalFiles.close()
    await data.close()
  })
  const [start, hour] = [new Date('2026-11-25T15:00:00Z'), 3_600_000]
  const time = { now: start, free: 0, isBroken: false }
  const scratch = storeOf(new Map())
  const log = { info: () => undefined, error: () => undefined }
  const night = createNightlyScrub(
    {
      ...{ directory, data, now: () => time.now, free: () => Promise.resolve(time.free) },
      entries: (to) => {
        if (time.isBroken) throw new Error('EIO')
        return entriesOf(data, to)
      },
    },
    { scratch, zone: 'Asia/Shanghai', signal: never, log, share: 1 },
  )
  await night()
  t.deepEqual(await readScrubTries(scratch), { since: start }, 'in the evening none is due')
  time.now = new Date(start.getTime() + 4 * hour)
  await t.throwsAsync(night(), { message: /too little room/ })
  t.deepEqual(await readScrubTries(scratch), { since: start, failed: 'NO_ROOM' })
  ;[time.free, time.isBroken] = [Infinity, true]
  await t.throwsAsync(night(), { message: 'EIO' })
  t.deepEqual(await readScrubTries(scratch), { since: start, failed: 'FAILED' })
  t.is(await readScrub(scratch), undefined)
  time.isBroken = false
  await night()
  t.deepEqual(await readScrubTries(scratch), { since: time.now })
  t.deepEqual((await readScrub(scratch))?.endedAt, time.now)
})

test('what it found is kept, and what cannot be read is as nothing', async (t) => {
  const kept = new Map<string, string>()
  const scratch = storeOf(kept)
  t.is(await readScrub(scratch), undefined)
  const state: ScrubState = {
    ...{ endedAt: new Date('2026-11-25T02:00:00Z'), entries: 3, views: 5, files: 1 },
    findings: [{ code: 'BLOB_MISSING', name: 'a' }],
  }
  await writeScrub(scratch, state)
  t.deepEqual(await readScrub(scratch), state)
  for (const key of kept.keys()) kept.set(key, '{"endedAt":')
  t.is(await readScrub(scratch), undefined)
})

const startedAt = new Date('2026-11-25T00:00:00Z')
const after = (hours: number): Date => new Date(startedAt.getTime() + hours * 3_600_000)

for (const [title, due, of] of [
  ['runs at night a day after the last one', true, { hour: 2, at: after(30), lastAt: after(6) }],
  ['rests by day', false, { hour: 12, at: after(30), lastAt: after(6) }],
  ['does not run twice in a night', false, { hour: 4, at: after(28), lastAt: after(26) }],
  ['runs by day once nights were missed', true, { hour: 12, at: after(80), lastAt: after(6) }],
  ['leaves a box that just started alone', false, { hour: 2, at: after(0.1), lastAt: undefined }],
  ['believes no scrub of tomorrow', true, { hour: 12, at: after(10), lastAt: after(20) }],
] as const) {
  test(`a scrub ${title}`, (t) => {
    t.is(isScrubDue({ startedAt, ...of }), due)
  })
}

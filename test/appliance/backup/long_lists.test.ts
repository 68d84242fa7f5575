/** More damaged files, missing files and document numbers than one entry of the journal holds: they are put on record all the same. */
import { join } from 'node:path'
import test from 'ava'
import type { BoxRestored, NumbersRestored } from '../../../appliance/backup/entries.ts'
import { afterRestore } from '../../../appliance/backup/pending.ts'
import { readRestoration, writeRestoration } from '../../../appliance/backup/restoration.ts'
import { noSeenHeads } from '../../../appliance/backup/seen.ts'
import { isSha256, sha256Hex, utf8, type Entry, type Sha256 } from '../../../ca/index.ts'
import { keys } from '../../../exchange/keyspace.ts'
import { restoreParameters } from '../../../web/index.ts'
import { restoreInto, smallBox, type SmallBox } from './small_box.ts'

const hashes = (count: number): Sha256[] =>
  Array.from({ length: count }, (_, at) => sha256Hex(utf8(`file ${String(at)}`)))

/** Names as long as an order takes them. */
const longest = { unit: 'U'.repeat(40), series: '号'.repeat(100) }

async function entriesOf({ box }: SmallBox, type: string): Promise<Entry[]> {
  const found: Entry[] = []
  for await (const entry of box.journal.read(0)) if (entry.type === type) found.push(entry)
  return found
}

async function linesOf({ box }: SmallBox, entry: Entry | undefined): Promise<string[]> {
  const [name = ''] = entry?.files ?? []
  if (!isSha256(name)) return []
  const text = new TextDecoder().decode(await box.data.blobs.get(name))
  return text.trimEnd().split('\n')
}

test('of many dispatches of a series the last number is kept, and only what the register lacks', async (t) => {
  const box = await smallBox(t)
  const full = await box.backUp('full')
  const rows = (unit: string, from: number) =>
    Array.from({ length: 700 }, (_, at) => ({ unit, series: '测', year: 2026, number: from + at }))
  const numbers = [...rows('A', 1), ...rows('B', 300), ...rows('C', 5)]
  const { restoration } = await restoreInto(box, [full], {
    seen: () => Promise.resolve({ ...noSeenHeads, heads: 1, numbers }),
  })
  t.deepEqual(
    restoration.numbers.map(({ unit, number }) => [unit, number]),
    [
      ['A', 700],
      ['B', 999],
      ['C', 704],
    ],
  )
  // What the register of the backup has is not named again.
  const { journal } = box.box
  const went = await afterRestoreOf(box, { numbers: restoration.numbers })
  await went.goOn(box.box.authority)
  const record = await journal.views.get(keys.series('B', '测', 2026))
  t.is(record?.value, 999)
  const again = await restoreInto(box, [await box.backUp('again')], {
    ...{
      seen: () =>
        Promise.resolve({ ...noSeenHeads, heads: 1, numbers: [...numbers, ...rows('D', 1)] }),
    },
    directory: join(box.folder, 'again-restored'),
  })
  t.deepEqual(
    again.restoration.numbers.map(({ unit }) => unit),
    ['D'],
  )
})

test('numbers of more series than any district has are refused with the way out', async (t) => {
  const box = await smallBox(t)
  const full = await box.backUp('full')
  const numbers = Array.from({ length: 10_001 }, (_, at) => ({
    ...{ unit: `U${String(at)}`, series: '测', year: 2026, number: 1 },
  }))
  const seen = () => Promise.resolve({ ...noSeenHeads, heads: 1, numbers })
  await t.throwsAsync(restoreInto(box, [full], { seen }), { code: 'BACKUP_HEADS_UNUSABLE' })
})

async function afterRestoreOf(
  { data, box }: SmallBox,
  of: Partial<Parameters<typeof writeRestoration>[1]>,
) {
  await writeRestoration(data, {
    ...{ format: 'sealbox-restored/1', backup: sha256Hex(utf8('backup')), confirm: false },
    ...{ madeAt: '2026-11-25T08:00:00.000Z', restoredAt: '2026-11-26T08:00:00.000Z' },
    ...{ head: { size: 1, root: Buffer.alloc(32).toString('base64') }, seen: null },
    ...{ numbers: [], missing: [] },
    ...of,
  })
  return afterRestore({ directory: data, journal: box.journal, blobs: box.data.blobs })
}

test('a restored box with thousands of lost files and of known series goes on, and says all of them', async (t) => {
  const box = await smallBox(t)
  const missing = hashes(2000)
  const numbers = Array.from({ length: 2000 }, (_, at) => ({
    ...longest,
    ...{ year: at, number: 99_999 },
  }))
  const pending = await afterRestoreOf(box, { missing, numbers })
  await pending.goOn(box.box.authority)
  t.is(readRestoration(box.data), undefined)
  const [entry] = await entriesOf(box, 'box.restored')
  const data = entry?.data as BoxRestored | undefined
  t.is(data?.missingCount, 2000)
  t.deepEqual(await linesOf(box, entry), missing)
  const more = await entriesOf(box, 'numbers.restored')
  const rest = more.flatMap((one) => (one.data as NumbersRestored).numbers)
  t.deepEqual([...(data?.numbers ?? []), ...rest], numbers)
  const { views } = box.box.journal
  const last = await views.get(keys.series(longest.unit, longest.series, 1999))
  t.is(last?.value, 99_999)
})

test('what officers order names the list of numbers, and units learn nothing of it', async (t) => {
  const box = await smallBox(t)
  const numbers = [{ unit: 'A', series: '测', year: 2026, number: 7 }]
  const pending = await afterRestoreOf(box, { numbers, confirm: true })
  const facts = pending.restored()
  if (facts === undefined) throw new TypeError('nothing waits')
  const order = { act: 'restore-backup', ...restoreParameters(facts) } as const
  t.false(JSON.stringify(order).includes('测'))
  await t.notThrowsAsync(pending.act.check(order))
  const other = restoreParameters({ ...facts, numbers: [{ ...numbers[0], number: 8 } as never] })
  await t.throwsAsync(pending.act.check({ act: 'restore-backup', ...other }), {
    code: 'ORDER_NOTHING_RESTORED',
  })
})

test('a backup of a disk that is dying is on record with all that is damaged', async (t) => {
  const box = await smallBox(t)
  const names = hashes(1200)
  Object.assign(box.box.data.blobs, {
    *arrivals() {
      for (const name of names) yield { name, bytes: new Uint8Array(3) }
    },
  })
  const path = join(box.folder, 'dying')
  const made = await box.desk.make({ path, since: 'full', target: 'file' })
  t.is(made.damagedCount, 1200)
  const [entry] = await entriesOf(box, 'backup.stored')
  t.deepEqual(await linesOf(box, entry), names)
})

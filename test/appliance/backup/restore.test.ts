/** Backups of a small box: what comes back, and what a restore refuses and how it calls it. */
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { makeAside, restoreOf } from '../../../appliance/backup/beside.ts'
import { openDataFolder, pathsOf, readBoxFile } from '../../../appliance/box/data_folder.ts'
import { nameOfBackup } from '../../../appliance/backup/desk.ts'
import { signManifest } from '../../../appliance/backup/manifest.ts'
import { journalSigner } from '../../../appliance/backup/of_box.ts'
import { readKnown } from '../../../appliance/backup/read.ts'
import { signCheckpoint, utf8 } from '../../../ca/index.ts'
import { openJournalFiles, verifyJournal } from '../../../ca/journal/index.ts'
import { seededNumbers } from '../places.ts'
import {
  putTogether,
  restoreInto,
  smallBox,
  strangersKey,
  takeApart,
  type ArchiveFile,
} from './small_box.ts'

test('a full backup and its increments give back journal, files, keys and what is being typed', async (t) => {
  const box = await smallBox(t)
  const first = await box.fill(30)
  await box.box.data.scratch.put('draft/unit/one', '{"title":"草稿"}')
  const full = await box.backUp('full')
  const second = await box.fill(20)
  const one = await box.backUp('one', 'last')
  const third = await box.fill(5)
  const two = await box.backUp('two', await nameOfBackup(one))
  const { entries, restoration } = await restoreInto(box, [two, full, one])
  t.is(entries, restoration.head.size)
  t.is(entries, box.box.journal.size - 1, 'all but the entry that tells of the last backup')
  const directory = join(box.folder, 'restored')
  t.deepEqual(readBoxFile(directory), readBoxFile(box.data))
  t.deepEqual(await readdir(pathsOf(directory).keys), await readdir(pathsOf(box.data).keys))
  const data = await openDataFolder(directory)
  for (const name of [...first, ...second, ...third]) {
    t.deepEqual(await data.blobs.get(name), await box.box.data.blobs.get(name))
  }
  t.is(await data.scratch.get('draft/unit/one'), '{"title":"草稿"}')
  await data.close()
  const report = await verifyJournal({ files: openJournalFiles(pathsOf(directory).journal) })
  t.true(report.ok)
  t.is(report.entries, entries)
})

test('an increment holds only what came since, and is as large', async (t) => {
  const box = await smallBox(t)
  await box.fill(30)
  const full = await box.backUp('full')
  const fresh = await box.fill(2)
  const one = await box.backUp('one', 'last')
  const files = await takeApart(one, box.identity)
  const blobs = files.filter(({ name }) => name.startsWith('blobs/')).map(({ name }) => name)
  t.deepEqual(blobs.toSorted(), fresh.map((name) => `blobs/${name}`).toSorted())
  t.true((await readFile(one)).length < (await readFile(full)).length / 5)
})

test('entries that come in while a backup is written are the next one’s, and both restore', async (t) => {
  const box = await smallBox(t)
  await box.fill(40)
  const [path] = await Promise.all([box.backUp('full'), box.fill(40)])
  const { entries } = await restoreInto(box, [path])
  t.true(entries < box.box.journal.size)
  const next = await box.backUp('next', 'last')
  const both = await restoreInto(box, [path, next], { directory: join(box.folder, 'both') })
  t.is(both.entries, box.box.journal.size - 1)
})

test('a chain with a gap, doubled, branched, mixed with another box’s, or without its beginning is refused', async (t) => {
  const box = await smallBox(t)
  const full = await box.backUp('full')
  await box.fill(1)
  const one = await box.backUp('one', 'last')
  await box.fill(1)
  const two = await box.backUp('two', 'last')
  const branch = await box.backUp('branch', await nameOfBackup(full))
  const again = await box.backUp('again')
  const broken: readonly (readonly string[])[] = [
    [one],
    [one, two],
    [full, two],
    [full, one, branch],
    [full, again],
    [again, one],
  ]
  for (const paths of broken) {
    await t.throwsAsync(restoreInto(box, paths), { code: 'BACKUP_CHAIN_BROKEN' }, paths.join())
  }
  // The same file twice is one file.
  await restoreInto(box, [full, full, one])
  const other = await smallBox(t, { fresh: true })
  const theirs = await other.backUp('theirs')
  const keys = { identities: [box.identity, other.identity] }
  await t.throwsAsync(restoreInto(other, [theirs, one], keys), { code: 'BACKUP_FOREIGN' })
})

test('a backup that was cut or altered anywhere is refused, and leaves nothing', async (t) => {
  const box = await smallBox(t)
  await box.fill(10)
  const whole = await readFile(await box.backUp('full'))
  const draw = seededNumbers('altered backup')
  const path = join(box.folder, 'wrong')
  for (let round = 0; round < 12; round++) {
    const wrong = Buffer.from(whole)
    const at = draw(whole.length)
    const isCut = round % 2 === 0
    if (!isCut) wrong.writeUInt8(wrong.readUInt8(at) ^ 1, at)
    await writeFile(path, isCut ? wrong.subarray(0, at) : wrong)
    const error = await t.throwsAsync(restoreInto(box, [path]))
    const { code } = error as { code?: string }
    t.regex(String(code), /^BACKUP_(?:CUT|ALTERED|MALFORMED|LOCKED)$/, String(at))
    t.false(existsSync(join(box.folder, 'restored')))
    t.false(existsSync(restoreOf(join(box.folder, 'restored'))))
  }
})

test('another key opens nothing, and a folder that holds anything is left alone', async (t) => {
  const box = await smallBox(t)
  const full = await box.backUp('full')
  const identities = [strangersKey()]
  await t.throwsAsync(restoreInto(box, [full], { identities }), { code: 'BACKUP_LOCKED' })
  await t.throwsAsync(restoreInto(box, [full], { directory: box.data }), {
    code: 'DATA_FOLDER_FOREIGN',
  })
  await t.throwsAsync(restoreInto(box, [full], { root: '0'.repeat(64) }), {
    code: 'BACKUP_FOREIGN',
  })
  await t.throwsAsync(restoreInto(box, [join(box.folder, 'none')]), { code: 'FILE_MISSING' })
})

/** What who knows the recipient, or a custodian, may put into a file of his own, and how it is refused. */
const forgeries: readonly {
  readonly title: string
  readonly code: RegExp
  readonly forge: (files: ArchiveFile[]) => ArchiveFile[]
}[] = [
  {
    title: 'a file that is missing',
    code: /INCOMPLETE|MALFORMED/,
    forge: (files) => files.filter(({ name }) => name !== firstBlob(files)),
  },
  {
    title: 'a file that is missing, with a count that fits',
    code: /INCOMPLETE/,
    forge: (files) =>
      counted(
        files.filter(({ name }) => name !== firstBlob(files)),
        -1,
      ),
  },
  {
    title: 'a file with other bytes',
    code: /ALTERED/,
    forge: (files) => changed(files, firstBlob(files), (content) => flip(content, 3)),
  },
  {
    title: 'a file that nobody named, under a name that leads out',
    code: /MALFORMED/,
    forge: (files) => files.toSpliced(-1, 0, { name: '../../etc/x', content: Buffer.from('x') }),
  },
  {
    title: 'a second manifest',
    code: /MALFORMED/,
    forge: (files) => [...files.slice(0, 1), ...files],
  },
  {
    title: 'another box.json',
    code: /ALTERED|MALFORMED/,
    forge: (files) => changed(files, 'box.json', (content) => flip(content, 10)),
  },
  {
    title: 'another sealed key',
    code: /ALTERED|MALFORMED/,
    forge: (files) => changed(files, 'keys/journal.key', (content) => flip(content, 40)),
  },
  {
    title: 'parts in another order',
    code: /MALFORMED/,
    forge: (files) => files.toSpliced(1, 2, ...files.slice(1, 3).toReversed()),
  },
  {
    title: 'a journal with an altered entry',
    code: /FORGED/,
    forge: (files) => changed(files, 'journal/00000001.seg', (content) => flip(content, 900)),
  },
  {
    title: 'a manifest with another head',
    code: /FORGED|MALFORMED/,
    forge: (files) =>
      changed(files, 'manifest.txt', (content) =>
        Buffer.from(content.toString().replace(/"size":(\d+)/, '"size":1')),
      ),
  },
  {
    title: 'a manifest whose signature is another’s',
    code: /FORGED|MALFORMED/,
    forge: (files) =>
      changed(files, 'manifest.txt', (content) => flip(content, content.length - 8)),
  },
  {
    title: 'something after its end',
    code: /MALFORMED/,
    forge: (files) => [...files, { name: 'end.json', content: Buffer.from('{}') }],
  },
  { title: 'no end', code: /MALFORMED/, forge: (files) => files.slice(0, -1) },
  { title: 'nothing at all', code: /MALFORMED/, forge: () => [] },
]

const firstBlob = (files: readonly ArchiveFile[]): string =>
  files.find(({ name }) => name.startsWith('blobs/'))?.name ?? ''

function changed(
  files: readonly ArchiveFile[],
  name: string,
  change: (content: Buffer) => Buffer,
): ArchiveFile[] {
  return files.map((file) =>
    file.name === name ? { name, content: change(Buffer.from(file.content)) } : file,
  )
}

function counted(files: readonly ArchiveFile[], by: number): ArchiveFile[] {
  return changed(files, 'end.json', (content) => {
    const end = JSON.parse(content.toString()) as { files: number }
    return Buffer.from(JSON.stringify({ ...end, files: end.files + by }))
  })
}

function flip(content: Buffer, at: number): Buffer {
  content.writeUInt8(content.readUInt8(at) ^ 1, at)
  return content
}

test('who can encrypt to the custodians still cannot alter a backup: each forgery is refused', async (t) => {
  const box = await smallBox(t)
  await box.fill(4)
  const files = await takeApart(await box.backUp('full'), box.identity)
  const path = join(box.folder, 'forged')
  await putTogether(path, box.recipient, files)
  await restoreInto(box, [path], { directory: join(box.folder, 'same') })
  for (const { title, code, forge } of forgeries) {
    await putTogether(path, box.recipient, forge(files))
    const error = await t.throwsAsync(restoreInto(box, [path]), undefined, title)
    t.regex(String((error as { code?: string } | undefined)?.code), code, title)
  }
})

test('a backup that claims a smaller journal than it holds is refused', async (t) => {
  const box = await smallBox(t)
  await box.fill(4)
  const before = await takeApart(await box.backUp('before'), box.identity)
  await box.fill(4)
  const after = await takeApart(await box.backUp('after'), box.identity)
  // The manifest that was signed for the smaller one, with the longer journal behind it.
  const journal = after.find(({ name }) => name.startsWith('journal/'))
  const mixed = before.map((file) => (file.name === journal?.name ? journal : file))
  const path = await putTogether(join(box.folder, 'mixed'), box.recipient, mixed)
  await t.throwsAsync(restoreInto(box, [path]), { code: 'BACKUP_MALFORMED' })
})

test('an increment under a foreign root is refused, though the full backup has the right one', async (t) => {
  const [box, forger] = [await smallBox(t), await smallBox(t, { fresh: true })]
  await box.fill(3)
  const full = await box.backUp('full')
  const root = (await readKnown(full, [box.identity])).root
  await box.fill(3)
  const genuine = await box.backUp('genuine', 'last')
  await restoreInto(box, [full, genuine], { root, directory: join(box.folder, 'good') })
  const [first, ...rest] = await takeApart(genuine, box.identity)
  const theirs = (await readKnown(await forger.backUp('theirs'), [forger.identity])).manifest
  const { manifest } = await readKnown(genuine, [box.identity])
  const signer = await journalSigner(forger.box.services, forger.box.keys)
  const head = await box.box.journal.head(manifest.head.size)
  const forged = {
    ...manifest,
    certificates: theirs.certificates,
    checkpoint: await signCheckpoint(head, { origin: manifest.box, signer }),
  }
  const content = Buffer.from(await signManifest(forged, signer))
  const files = [{ name: first?.name ?? '', content }, ...rest]
  const path = await putTogether(join(box.folder, 'forged'), box.recipient, files)
  t.not((await readKnown(path, [box.identity])).root, root)
  await t.throwsAsync(restoreInto(box, [full, path], { root }), { code: 'BACKUP_FOREIGN' })
})

test('a file that was damaged on the box is named, and the rest is backed up and restored', async (t) => {
  const box = await smallBox(t)
  const names = await box.fill(6)
  const { blobs } = box.box.data
  const arrivals = blobs.arrivals.bind(blobs)
  const [first = ''] = names
  // As a flipped bit on the disk shows up.
  Object.assign(box.box.data.blobs, {
    async *arrivals(...range: Parameters<typeof arrivals>) {
      for await (const blob of arrivals(...range)) {
        yield blob.name === first
          ? { name: blob.name, bytes: flip(Buffer.from(blob.bytes), 1) }
          : blob
      }
    },
  })
  const path = join(box.folder, 'with damage')
  const made = await box.desk.make({ path, since: 'full', target: 'file' })
  t.deepEqual(made.damaged, [first])
  const { restoration } = await restoreInto(box, [path])
  t.deepEqual(restoration.missing, [first])
})

test('where there is no room, or no such place, nothing is left and the reason is said', async (t) => {
  const box = await smallBox(t)
  await box.fill(3)
  await t.throwsAsync(box.backUp('none/there'), { code: 'BACKUP_TARGET' })
  t.deepEqual(
    (await readdir(box.folder)).filter((name) => name.includes('partial')),
    [],
  )
  // In the place of a segment it would destroy what it saves.
  await t.throwsAsync(box.backUp('data/journal/00000001.seg'), { code: 'BACKUP_TARGET' })
  await t.throwsAsync(box.backUp('x', 'last'), { code: 'BACKUP_UNKNOWN' })
  await t.throwsAsync(box.backUp('x', 'abcdef0123'), { code: 'BACKUP_UNKNOWN' })
})

test('what a restore that broke off left behind is thrown away by the next', async (t) => {
  const box = await smallBox(t)
  const full = await box.backUp('full')
  const directory = join(box.folder, 'next')
  const aside = restoreOf(directory)
  await makeAside(aside)
  await mkdir(join(aside, 'next'))
  await writeFile(join(aside, 'next', 'planted'), utf8('x'))
  await restoreInto(box, [full], { directory })
  t.false(existsSync(join(directory, 'planted')))
  t.false(existsSync(aside))
  // Of somebody else nothing is thrown away.
  await mkdir(restoreOf(join(box.folder, 'third')))
  await writeFile(join(restoreOf(join(box.folder, 'third')), 'theirs'), utf8('x'))
  await t.throwsAsync(restoreInto(box, [full], { directory: join(box.folder, 'third') }), {
    code: 'DATA_FOLDER_FOREIGN',
  })
  t.true(existsSync(join(restoreOf(join(box.folder, 'third')), 'theirs')))
})

test('a folder that somebody else makes in the place of the draft gets nothing', async (t) => {
  const box = await smallBox(t)
  await box.fill(3)
  const full = await box.backUp('full')
  const draft = restoreOf(join(box.folder, 'restored'))
  let isOver = false
  // As another user of the machine would in a folder that all may write to.
  const plant = async (): Promise<void> => {
    while (!isOver) {
      await mkdir(draft, { mode: 0o777 })
        .then(() => writeFile(join(draft, 'planted'), 'x'))
        .catch(() => undefined)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const planting = plant()
  const error = await restoreInto(box, [full]).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  isOver = true
  await planting
  const isPlanted = existsSync(join(box.folder, 'restored', 'planted'))
  t.false(isPlanted, String(error))
})

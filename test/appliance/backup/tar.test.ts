/** The archive inside backups: GNU tar reads it, and nothing but plain files of known names gets in. */
import { execFileSync } from 'node:child_process'
import { readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { isListedName, readBlobName, readPieceName } from '../../../appliance/backup/names.ts'
import { readTar, tarEnd, tarHeader, tarPadding } from '../../../appliance/backup/tar.ts'
import { utf8 } from '../../../ca/index.ts'
import { temporaryFolder } from '../places.ts'

const at = new Date('2026-11-23T08:00:00Z')

function archive(files: readonly (readonly [string, Uint8Array])[]): Buffer {
  const parts = files.flatMap(([name, content]) => [
    tarHeader({ name, bytes: content.length }, at),
    content,
    tarPadding(content.length),
  ])
  return Buffer.concat([...parts, tarEnd])
}

async function* chunks(bytes: Uint8Array, size = 700) {
  for (let from = 0; from < bytes.length; from += size) {
    yield await Promise.resolve(bytes.subarray(from, from + size))
  }
}

async function read(bytes: Uint8Array): Promise<[string, string][]> {
  const files: [string, string][] = []
  for await (const { name, content } of readTar(chunks(bytes))) {
    const parts: Uint8Array[] = []
    for await (const part of content) parts.push(part)
    files.push([name, Buffer.concat(parts).toString()])
  }
  return files
}

const files: readonly (readonly [string, Uint8Array])[] = [
  ['manifest.txt', utf8('a')],
  [`blobs/${'a'.repeat(64)}`, utf8('x'.repeat(512))],
  ['journal/00000001.seg+12345', new Uint8Array()],
  ['end.json', utf8('{}')],
]

test('GNU tar takes out what was put in, and we read what GNU tar writes as ustar', async (t) => {
  const folder = await temporaryFolder(t)
  const path = join(folder, 'a.tar')
  await writeFile(path, archive(files))
  execFileSync('tar', ['-xf', path, '-C', folder])
  for (const [name, content] of files) {
    t.deepEqual(await readFile(join(folder, name)), Buffer.from(content), name)
  }
  const theirs = execFileSync('tar', [
    '--format=ustar',
    '--blocking-factor=1',
    '-cf',
    '-',
    '-C',
    folder,
    'end.json',
  ])
  t.deepEqual(await read(theirs), [['end.json', '{}']])
})

test('links, folders, devices, extensions, long names and foreign headers are refused', async (t) => {
  const folder = await temporaryFolder(t)
  await symlink('/etc/passwd', join(folder, 'box.json'))
  const link = execFileSync('tar', [
    '--format=ustar',
    '--blocking-factor=1',
    '-cf',
    '-',
    '-C',
    folder,
    'box.json',
  ])
  await t.throwsAsync(read(link), { code: 'BACKUP_MALFORMED' })
  for (const type of ['1', '2', '3', '5', '6', '7', 'g', 'x', 'L', '\0']) {
    const bytes = archive(files)
    bytes.write(type, 156, 'latin1')
    // With a checksum that fits, as an attacker writes it.
    const kept = Buffer.from(bytes.subarray(0, 512)).fill(' ', 148, 156)
    const sum = kept.reduce((all, octet) => all + octet, 0)
    bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
    await t.throwsAsync(read(bytes), { code: 'BACKUP_MALFORMED' }, type)
  }
})

test('an archive that was cut, continued, or has a wrong checksum or padding is refused', async (t) => {
  const whole = archive(files)
  t.deepEqual((await read(whole)).length, files.length)
  for (const end of [0, 100, 512, 513, 1024, 1536, 2000, whole.length - 512, whole.length - 1]) {
    await t.throwsAsync(read(whole.subarray(0, end)), { code: 'BACKUP_MALFORMED' }, String(end))
  }
  await t.throwsAsync(read(Buffer.concat([whole, utf8('x')])), { code: 'BACKUP_MALFORMED' })
  for (const place of [0, 124, 148, 515]) {
    const altered = Buffer.from(whole)
    altered.writeUInt8(altered.readUInt8(place) ^ 1, place)
    await t.throwsAsync(read(altered), { code: 'BACKUP_MALFORMED' }, String(place))
  }
})

test('no name leads out of the folder of data, or to a place of its own', (t) => {
  const wrong = [
    ...[
      '../box.json',
      '/etc/passwd',
      'keys/../box.json',
      'keys/a.key/b',
      'keys/A.key',
      'keys/.key',
    ],
    ...['box.json\n', 'views/000001.log', 'lock', 'restored.json', 'control.sock', 'keys/', ''],
    ...['seal-pictures/../x.png', 'seal-pictures/a.png', 'blobs/0001/CURRENT', 'VERSION/'],
  ]
  for (const name of wrong) {
    t.false(isListedName(name), name)
    t.is(readBlobName(name), undefined)
    t.is(readPieceName(name), undefined)
  }
  for (const name of [
    'journal/1.seg',
    'journal/00000001.seg+0',
    'journal/00000001.seg+01',
    'journal/../00000001.seg',
  ]) {
    t.is(readPieceName(name), undefined, name)
  }
  t.deepEqual(readPieceName('journal/00000012.seg+7'), { segment: 12, offset: 7 })
})

/** The zip of an evidence bundle: written so that anyone reads it, read so that nothing hides in it. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import test from 'ava'
import fc from 'fast-check'
import { utf8 } from '../../../ca/index.ts'
import { writeZip, type ZipMember } from '../../../exchange/bundle/zip_write.ts'
import { readZip } from '../../../exchange/verify/bundle/zip.ts'

const members: readonly ZipMember[] = [
  { name: 'mimetype', bytes: utf8('application/vnd.etsi.asic-e+zip') },
  { name: 'receipts/西宁.json', bytes: utf8('{}') },
  packed('verifier.html', utf8('x'.repeat(100_000))),
]
const zip = writeZip(members)

function packed(name: string, bytes: Uint8Array, deflated = deflateRawSync(bytes)): ZipMember {
  return { name, bytes, deflated: new Uint8Array(deflated) }
}

function problemOf(bytes: Uint8Array): string | undefined {
  const reading = readZip(bytes)
  return 'problem' in reading ? reading.problem : undefined
}

/** A copy with 16- or 32-bit numbers put in, little-endian. */
function patched(bytes: Uint8Array, ...patches: readonly (readonly [number, 2 | 4, number])[]) {
  const copy = bytes.slice()
  const view = new DataView(copy.buffer)
  for (const [at, width, value] of patches) {
    if (width === 2) view.setUint16(at, value, true)
    else view.setUint32(at, value, true)
  }
  return copy
}

const end = zip.length - 22
const directoryAt = new DataView(zip.buffer).getUint32(end + 16, true)

test('what is written is read back, in order', (t) => {
  const reading = readZip(zip)
  if ('problem' in reading) return t.fail(reading.problem)
  t.deepEqual(
    [...reading.members.keys()],
    members.map(({ name }) => name),
  )
  for (const { name, bytes } of members) t.deepEqual(reading.members.get(name), bytes)
})

test('unzip reads what is written, and find nothing wrong', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'bundle-zip-'))
  t.teardown(() => {
    rmSync(folder, { recursive: true })
  })
  const file = join(folder, 'a.asice')
  writeFileSync(file, zip)
  t.regex(execFileSync('unzip', ['-t', file], { encoding: 'utf8' }), /No errors detected/)
  execFileSync('unzip', ['-q', file, '-d', folder], { env: { ...process.env, LC_ALL: 'C.UTF-8' } })
  t.is(readFileSync(join(folder, 'receipts', '西宁.json'), 'utf8'), '{}')
  // EN 319 162-1 A.1: the type stands at octet 38, for programs that look no further.
  t.is(new TextDecoder().decode(zip.subarray(38, 38 + 31)), 'application/vnd.etsi.asic-e+zip')
})

test('what Info-ZIP packs anew is read as well', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'bundle-zip-'))
  t.teardown(() => {
    rmSync(folder, { recursive: true })
  })
  for (const name of ['a.json', 'b.json']) writeFileSync(join(folder, name), '1'.repeat(1000))
  execFileSync('zip', ['-q', '-r', 'again.zip', '.'], { cwd: folder })
  const reading = readZip(new Uint8Array(readFileSync(join(folder, 'again.zip'))))
  t.deepEqual('members' in reading && [...reading.members.keys()].toSorted(), ['a.json', 'b.json'])
})

const big = utf8('x'.repeat(100_000))
const attacks: readonly (readonly [title: string, bytes: Uint8Array, problem: RegExp])[] = [
  ['bytes before the first member', new Uint8Array([0, ...zip]), /beside the central directory/],
  [
    'bytes before the first member, offsets corrected',
    hiddenAtStart(),
    /beside the members, at 0|not where the directory says/,
  ],
  ['bytes between members and directory', hiddenBeforeDirectory(), /beside the members/],
  ['bytes after the end', new Uint8Array([...zip, 0]), /not where the file ends/],
  ['a comment', patched(new Uint8Array([...zip, 65]), [end + 20, 2, 1]), /not where the file ends/],
  ['a directory that names fewer members', withoutLastHeader(), /beside the members/],
  ['a path twice', writeZip([...members, ...members.slice(1, 2)]), /twice there/],
  [
    'a path twice, in other letters',
    writeZip([...members, { name: 'MimeType', bytes: big }]),
    /twice there/,
  ],
  [
    'a path twice, composed otherwise',
    writeZip([
      { name: 'é', bytes: big },
      { name: 'é'.normalize('NFD'), bytes: big },
    ]),
    /twice there/,
  ],
  ...['../evil', 'a/../../evil', '/etc/passwd', 'a\\b', 'C:evil', './a', 'a//b', 'a\nb'].map(
    (name) =>
      [
        `the path ${JSON.stringify(name)}`,
        writeZip([{ name, bytes: big }]),
        /leads elsewhere/,
      ] as const,
  ),
  ['an encrypted member', patched(zip, [6, 2, 1], [directoryAt + 8, 2, 1]), /encrypted/],
  ['sizes after the data', patched(zip, [6, 2, 8], [directoryAt + 8, 2, 8]), /only after the data/],
  ['an unknown method', patched(zip, [8, 2, 12], [directoryAt + 10, 2, 12]), /compressed oddly/],
  ['headers that disagree on the name', patched(zip, [30, 2, 0x5858]), /two headers disagree/],
  ['headers that disagree on the method', patched(zip, [8, 2, 8]), /two headers disagree/],
  ['a wrong checksum', patched(zip, [14, 4, 1], [directoryAt + 16, 4, 1]), /damaged/],
  ['zip64 in the end record', patched(zip, [end + 10, 2, 0xffff]), /zip64/],
  ['zip64 in a header', patched(zip, [directoryAt + 24, 4, 0xffffffff]), /zip64/],
  ['several parts', patched(zip, [end + 4, 2, 1]), /several parts/],
  [
    'a symbolic link',
    patched(zip, [directoryAt + 4, 2, 0x031e], [directoryAt + 40, 2, 0xa1ff]),
    /not a plain file/,
  ],
  [
    'a member that unpacks to more than it says',
    writeZip([packed('bomb', new Uint8Array(10), deflateRawSync(new Uint8Array(50_000_000)))]),
    /does not unpack/,
  ],
  [
    'content behind the last block of a member',
    writeZip([packed('a', big, Buffer.concat([deflateRawSync(big), Buffer.from('hidden')]))]),
    /does not unpack/,
  ],
  ['more members than a bundle has', writeZip(manyMembers(5001)), /too many members/],
  ['members that say they unpack to 4 GB', hugeSizes(), /too much/],
]

for (const [title, bytes, problem] of attacks) {
  test(`refused: ${title}`, (t) => {
    t.regex(problemOf(bytes) ?? 'read', problem)
  })
}

function hiddenAtStart(): Uint8Array {
  return patched(new Uint8Array([1, 2, 3, 4, ...zip]), [end + 4 + 16, 4, directoryAt + 4])
}

function hiddenBeforeDirectory(): Uint8Array {
  const [front, back] = [zip.subarray(0, directoryAt), zip.subarray(directoryAt)]
  return patched(new Uint8Array([...front, 1, 2, 3, 4, ...back]), [
    end + 4 + 16,
    4,
    directoryAt + 4,
  ])
}

function withoutLastHeader(): Uint8Array {
  const last = 46 + 'verifier.html'.length
  const cut = new Uint8Array([...zip.subarray(0, end - last), ...zip.subarray(end)])
  const length = end - last - directoryAt
  return patched(cut, [end - last + 8, 2, 2], [end - last + 10, 2, 2], [end - last + 12, 4, length])
}

function manyMembers(count: number): ZipMember[] {
  return Array.from({ length: count }, (_, at) => ({
    name: `m${String(at)}`,
    bytes: big.subarray(0, 1),
  }))
}

function hugeSizes(): Uint8Array {
  const bomb = writeZip([packed('a', new Uint8Array(1), deflateRawSync(new Uint8Array(1)))])
  const at = new DataView(bomb.buffer).getUint32(bomb.length - 6, true)
  return patched(bomb, [22, 4, 0xf0000000], [at + 24, 4, 0xf0000000])
}

test('any bytes, and any change of a zip, get an answer', (t) => {
  const parameters = { seed: 20261125, numRuns: 300 }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      readZip(bytes)
    }),
    parameters,
  )
  fc.assert(
    fc.property(fc.nat({ max: zip.length - 1 }), fc.nat({ max: 255 }), (at, byte) => {
      const copy = zip.slice()
      copy[at] = byte
      readZip(copy)
    }),
    parameters,
  )
  t.pass()
})

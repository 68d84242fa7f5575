/**
 * The initramfs: one script (`initramfs/init`), busybox that runs it, veritysetup with its libraries, and the modules that lead to the disk. It holds
 * no keys, opens no network, and has no way to a prompt. It does not touch the data partition.
 */
import { existsSync, lstatSync, readFileSync, readlinkSync } from 'node:fs'
import { basename, dirname, isAbsolute, join } from 'node:path'
import { constants, zstdCompressSync } from 'node:zlib'
import { readDependencies, withDependencies, type Base } from './base_tree.ts'
import { imageFolder } from './build_folders.ts'
import { cpio, type CpioEntry } from './cpio.ts'
import { ImageError } from './errors.ts'
import { bootModules } from './modules.ts'
import { tool } from './tools.ts'

const libraryFolders = ['usr/lib/x86_64-linux-gnu', 'usr/lib64']
/** Named by its whole path in every program; the others are found in /lib. */
const loader = 'ld-linux-x86-64.so.2'
const fastLevel = 3
const smallLevel = 19

/** The compressed archive; `small` takes longer. */
export async function initramfs(base: Base, small: boolean): Promise<Uint8Array> {
  const folders = ['dev', 'proc', 'sys', 'run', 'root', 'modules', 'lib', 'lib64'].map(
    (path): CpioEntry => ({ path, kind: 'folder' }),
  )
  const modules = moduleEntries(base)
  const archive = cpio([
    ...folders,
    { path: 'dev/console', kind: 'console' },
    program('init', join(imageFolder, 'initramfs/init')),
    program('busybox', join(base.boot, 'busybox')),
    program('veritysetup', join(base.boot, 'veritysetup')),
    ...(await libraryEntries(base)),
    ...modules,
    {
      path: 'modules.load',
      kind: 'file',
      content: Buffer.from(modules.map(({ path }) => `${basename(path)}\n`).join('')),
    },
  ])
  const level = small ? smallLevel : fastLevel
  return zstdCompressSync(archive, {
    params: { [constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_checksumFlag]: 1 },
  })
}

function program(path: string, file: string): CpioEntry {
  return { path, kind: 'program', content: readFileSync(file) }
}

function moduleEntries(base: Base): readonly CpioEntry[] {
  const folder = join(base.root, 'usr/lib/modules', base.kernel)
  return withDependencies(readDependencies(folder), bootModules).map((path, index) => ({
    path: `modules/${String(index).padStart(3, '0')}-${basename(path)}`,
    kind: 'file',
    content: readFileSync(join(folder, path)),
  }))
}

/** The libraries that veritysetup needs, and those need, from the tree: never from the building machine. */
async function libraryEntries(base: Base): Promise<readonly CpioEntry[]> {
  const wanted = [loader]
  await addNeeded(join(base.boot, 'veritysetup'), wanted)
  for (const name of wanted) await addNeeded(libraryPath(base, name), wanted)
  return wanted.map((name) =>
    program(`${name === loader ? 'lib64' : 'lib'}/${name}`, libraryPath(base, name)),
  )
}

async function addNeeded(file: string, wanted: string[]): Promise<void> {
  const dynamic = (await tool('readelf', ['--dynamic', '--wide', file])).toString()
  for (const match of dynamic.matchAll(/\(NEEDED\)[^[]*\[([^\]]+)\]/g)) {
    const name = match[1] ?? ''
    if (!wanted.includes(name)) wanted.push(name)
  }
}

/** Where a library lies in the tree; its links are followed inside the tree, as an absolute one would lead to the building machine's own. */
function libraryPath(base: Base, name: string): string {
  for (const folder of libraryFolders) {
    let path = join(base.root, folder, name)
    for (let link = linkOf(path); link !== undefined; link = linkOf(path)) {
      path = isAbsolute(link) ? join(base.root, link) : join(dirname(path), link)
    }
    if (existsSync(path)) return path
  }
  throw new ImageError('IMAGE_INPUT_MISSING', `no package of the lock has ${name}`)
}

function linkOf(path: string): string | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true
    ? readlinkSync(path)
    : undefined
}

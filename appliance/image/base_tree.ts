/**
 * The base of the root tree: the locked packages unpacked, never configured. Their scripts want a shell and a running system; what they would
 * do here (users, links, settings) stands in `users.ts` and `tree/`. So the same lock gives the same tree, without root and without a chroot. ADR 0033.
 */
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  globSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cacheFolder } from './build_folders.ts'
import { lockedFiles, lockHash, readLock } from './lock.ts'
import { bootModules, rootModules } from './modules.ts'
import { droppedOfSystemd, keptProgramPrefixes, keptPrograms } from './programs.ts'
import { pipeTools, tool } from './tools.ts'

export interface Base {
  /** The root tree without product and settings; not to be changed. */
  readonly root: string
  /** `vmlinuz`, `busybox`, `veritysetup`, `linuxx64.efi.stub`, `systemd-bootx64.efi`. */
  readonly boot: string
  /** Release of the kernel: the name of its folder of modules. */
  readonly kernel: string
  /** Licence texts of the packages, one file a package. */
  readonly licences: string
}

/** The base for the present lock, made if the cache has none. */
export async function baseTree(): Promise<Base> {
  const folder = join(cacheFolder('base'), recipeHash())
  if (!existsSync(folder)) {
    const work = mkdtempSync(join(cacheFolder('base'), 'work-'))
    await unpackBase(work)
    renameSync(work, folder)
  }
  const [kernel = ''] = readdirSync(join(folder, 'root/usr/lib/modules'))
  return {
    root: join(folder, 'root'),
    boot: join(folder, 'boot'),
    kernel,
    licences: join(folder, 'licences'),
  }
}

/** The lock, and the code that makes a tree of it. */
function recipeHash(): string {
  const hash = createHash('sha256').update(lockHash())
  for (const name of ['base_tree.ts', 'programs.ts', 'modules.ts']) {
    hash.update(readFileSync(fileURLToPath(new URL(name, import.meta.url))))
  }
  return hash.digest('hex').slice(0, 24)
}

async function unpackBase(work: string): Promise<void> {
  const packages = readLock()
  const files = await lockedFiles(packages)
  const [root, boot, whole, licences] = ['root', 'boot', 'whole', 'licences'].map((name) =>
    join(work, name),
  )
  if (!root || !boot || !whole || !licences) throw new RangeError('four folders')
  for (const folder of [root, boot, whole, licences]) mkdirSync(folder)
  mergeUsr(root)
  mergeUsr(whole)
  for (const { name, use } of packages) {
    const into = use === 'boot' || name.startsWith('linux-image-') ? whole : root
    await unpack(files.get(name) ?? '', into)
  }
  keepLicences(root, licences)
  keepLicences(whole, licences)
  takeBootParts(whole, boot)
  renameSync(join(root, 'usr/sbin/veritysetup'), join(boot, 'veritysetup'))
  await takeModules(whole, root)
  removeUnneeded(root)
  rmSync(whole, { recursive: true })
}

/** As Debian 12 has it: the old folders are links into usr. */
function mergeUsr(root: string): void {
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    mkdirSync(join(root, 'usr', name), { recursive: true })
    symlinkSync(`usr/${name}`, join(root, name))
  }
}

function unpack(file: string, into: string): Promise<void> {
  const keep = ['--keep-directory-symlink', '--no-same-owner', '--mode=u+rw']
  return pipeTools(['dpkg-deb', '--fsys-tarfile', file], ['tar', '-x', ...keep, '-C', into])
}

function keepLicences(root: string, licences: string): void {
  for (const path of globSync(join(root, 'usr/share/doc/*/copyright'))) {
    cpSync(path, join(licences, basename(join(path, '..'))), { dereference: true })
  }
}

function takeBootParts(whole: string, boot: string): void {
  const efi = join(whole, 'usr/lib/systemd/boot/efi')
  const [kernel = ''] = globSync(join(whole, 'boot/vmlinuz-*'))
  renameSync(kernel, join(boot, 'vmlinuz'))
  renameSync(join(whole, 'usr/bin/busybox'), join(boot, 'busybox'))
  for (const name of ['linuxx64.efi.stub', 'systemd-bootx64.efi'])
    renameSync(join(efi, name), join(boot, name))
}

async function takeModules(whole: string, root: string): Promise<void> {
  const [kernel = ''] = readdirSync(join(whole, 'usr/lib/modules'))
  await tool('depmod', ['-b', whole, kernel])
  const from = join(whole, 'usr/lib/modules', kernel)
  const to = join(root, 'usr/lib/modules', kernel)
  for (const path of withDependencies(readDependencies(from), [...bootModules, ...rootModules])) {
    cpSync(join(from, path), join(to, path))
  }
  for (const name of ['modules.order', 'modules.builtin', 'modules.builtin.modinfo']) {
    cpSync(join(from, name), join(to, name))
  }
  await tool('depmod', ['-b', root, kernel])
}

/** Path of each module and of those it needs, as `modules.dep` has them: the needed ones first. */
export type ModuleDependencies = ReadonlyMap<string, readonly string[]>

/** Reads `modules.dep` of a folder of modules; keyed by the module's name with `_`. */
export function readDependencies(folder: string): ModuleDependencies {
  const lines = readFileSync(join(folder, 'modules.dep'), 'utf8').trim().split('\n')
  return new Map(
    lines.map((line) => {
      const [path = '', needs = ''] = line.split(':')
      const chain = [...needs.trim().split(' ').filter(Boolean).reverse(), path]
      return [moduleName(path), chain]
    }),
  )
}

function moduleName(path: string): string {
  return basename(path).replace(/\.ko$/, '').replaceAll('-', '_')
}

/** Paths of the named modules and of all they need, each once, the needed ones first. What is built into the kernel is passed over. */
export function withDependencies(
  known: ModuleDependencies,
  names: readonly string[],
): readonly string[] {
  return [...new Set(names.flatMap((name) => known.get(name) ?? []))]
}

const unneededFolders = [
  ...[
    'usr/share/doc',
    'usr/share/man',
    'usr/share/locale',
    'usr/share/info',
    'usr/share/lintian',
    'usr/share/bug',
  ],
  ...[
    'usr/share/bash-completion',
    'usr/share/zsh',
    'usr/share/initramfs-tools',
    'usr/share/polkit-1',
    'usr/share/dbus-1',
  ],
  ...[
    'usr/share/apport',
    'usr/share/gcc',
    'usr/share/gdb',
    'usr/share/zoneinfo/right',
    'usr/share/zoneinfo/posix',
    'usr/share/factory',
  ],
  ...[
    'usr/lib/udev/hwdb.d',
    'usr/lib/systemd/catalog',
    'usr/lib/x86_64-linux-gnu/gconv',
    'usr/lib/kernel',
    'usr/lib/init',
  ],
  ...[
    'usr/lib/x86_64-linux-gnu/security',
    'usr/lib/x86_64-linux-gnu/perl',
    'usr/lib/pam.d',
    'usr/games',
    'boot',
    'etc',
    'var',
  ],
  ...[
    'usr/lib/tmpfiles.d',
    'usr/lib/sysusers.d',
    'usr/lib/environment.d',
    'usr/lib/binfmt.d',
    'usr/share/mime',
    'usr/share/pkgconfig',
  ],
  ...[
    'usr/lib/modules-load.d',
    'usr/lib/systemd/network',
    'usr/lib/sysctl.d',
    'usr/lib/ssl/misc',
    'usr/lib/ssl/certs',
    'usr/lib/clamav',
  ],
]

function removeUnneeded(root: string): void {
  for (const folder of unneededFolders) rmSync(join(root, folder), { recursive: true, force: true })
  for (const folder of ['usr/bin', 'usr/sbin']) {
    for (const name of readdirSync(join(root, folder))) {
      if (!isKept(name)) rmSync(join(root, folder, name))
    }
  }
  const systemd = join(root, 'usr/lib/systemd')
  for (const path of readdirSync(systemd, { recursive: true, encoding: 'utf8' })) {
    if (droppedOfSystemd.some((rule) => rule.test(path)))
      rmSync(join(systemd, path), { recursive: true, force: true })
  }
  dropDangling(systemd)
}

/** Links whose target went with its package. */
function dropDangling(folder: string): void {
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const full = join(folder, path)
    if (
      lstatSync(full, { throwIfNoEntry: false })?.isSymbolicLink() === true &&
      path.includes('.wants/') &&
      !existsSync(full)
    )
      rmSync(full)
  }
}

function isKept(name: string): boolean {
  return (
    Object.hasOwn(keptPrograms, name) ||
    keptProgramPrefixes.some((prefix) => name.startsWith(prefix))
  )
}

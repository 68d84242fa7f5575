/**
 * `image build`: from the lock and the sources to a disk. All steps are pure functions of the inputs: the same lock, sources, version, certificates and
 * time give the same bytes. ADR 0033.
 */
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { sha256OfFile } from '../../ca/index.ts'
import { baseTree, type Base } from './base_tree.ts'
import { imageFolder } from './build_folders.ts'
import { makeDisk } from './disk.ts'
import { makeEsp } from './esp.ts'
import { initramfs } from './initramfs.ts'
import { publicFiles, requireFiles } from './keys.ts'
import { kernelImageName, smallestDataMebibytes } from './layout.ts'
import { lockHash } from './lock.ts'
import { addProduct } from './product_tree.ts'
import { addSbom } from './sbom.ts'
import { attachSignatures, makeSignatures } from './sign.ts'
import { sourceDateEpoch, tool } from './tools.ts'
import { makeBundle } from './upgrade_bundle.ts'
import { commandLine, makeKernelImage, osRelease } from './uki.ts'
import { makeRootImage } from './verity.ts'

export interface BuildOptions {
  readonly version: string
  /** Folder for the disk, its parts and `build.json`. */
  readonly out: string
  /** The owner's keys; of an unsigned build the public files suffice. */
  readonly keys: string
  readonly unsigned: boolean
  /** Takes a minute longer, and a fifth less room. */
  readonly small: boolean
  readonly dataMebibytes?: number
  /** A folder that is laid over the tree last; of tests alone, no command knows it. */
  readonly overlay?: string
  readonly say: (line: string) => void
}

export interface Built {
  readonly version: string
  readonly disk: string
  /** Of the disk; hexadecimal. */
  readonly sha256: string
  readonly rootHash: string
}

/** Version of what `build.json` and `/etc/sealbox/image.json` hold (`docs/formats/image.md`). */
export const imageFormat = 1

/** Builds a disk; `IMAGE_…` codes where an input is missing or differs. */
export async function buildImage(options: BuildOptions): Promise<Built> {
  const { out, keys, version, unsigned, say } = options
  requireFiles(
    keys,
    unsigned ? ['release.crt'] : [...publicFiles, 'db.key', 'policy.key', 'release.key'],
  )
  const parts = join(out, 'parts')
  mkdirSync(parts, { recursive: true })
  say('base: the locked packages')
  const base = await baseTree()
  say('root: product and settings')
  const tree = join(out, 'tree')
  rmSync(tree, { recursive: true, force: true })
  await assembleTree(tree, base, options)
  say('root: erofs and verity tree')
  const root = await makeRootImage(
    tree,
    { image: join(parts, 'root.erofs'), tree: join(parts, 'root.verity') },
    options.small,
  )
  rmSync(tree, { recursive: true, force: true })
  say('kernel image')
  await kernelParts(parts, base, { ...options, rootHash: root.rootHash })
  if (!unsigned) {
    say('signatures')
    await makeSignatures(unsignedOf(parts), { keys, version }, join(out, 'signatures'))
  }
  return finish(options, root.rootHash)
}

async function assembleTree(tree: string, base: Base, options: BuildOptions): Promise<void> {
  await tool('cp', ['-a', '--reflink=auto', base.root, tree])
  cpSync(join(imageFolder, 'tree'), tree, { recursive: true, verbatimSymlinks: true })
  for (const folder of [
    'proc',
    'sys',
    'dev',
    'run',
    'tmp',
    'var',
    'root',
    'efi',
    'etc/sealbox',
    'usr/share/sealbox',
  ])
    mkdirSync(join(tree, folder), { recursive: true })
  const file = (path: string, content: string): void => {
    writeFileSync(join(tree, path), content)
  }
  file('etc/os-release', osRelease(options.version))
  // Git keeps no modes: nobody but root reads it, though it holds no password.
  chmodSync(join(tree, 'etc/shadow'), 0o600)
  file(
    'etc/sealbox/image.json',
    `${JSON.stringify({ format: imageFormat, version: options.version })}\n`,
  )
  copyFileSync(join(options.keys, 'release.crt'), join(tree, 'usr/share/sealbox/release.pem'))
  await addProduct(tree, options.version)
  await addSbom(tree, base, options.version)
  if (options.overlay !== undefined) {
    cpSync(options.overlay, tree, { recursive: true, verbatimSymlinks: true })
  }
}

async function kernelParts(
  parts: string,
  base: Base,
  options: BuildOptions & { readonly rootHash: string },
): Promise<void> {
  const path = (name: string): string => join(parts, name)
  writeFileSync(path('root-hash'), options.rootHash)
  writeFileSync(path('cmdline'), commandLine(options.rootHash))
  writeFileSync(path('os-release'), osRelease(options.version))
  writeFileSync(path('initrd'), await initramfs(base, options.small))
  copyFileSync(join(base.boot, 'vmlinuz'), path('vmlinuz'))
  copyFileSync(join(base.boot, 'systemd-bootx64.efi'), path('loader.efi'))
  const sections = {
    osRelease: path('os-release'),
    commandLine: path('cmdline'),
    vmlinuz: path('vmlinuz'),
    initrd: path('initrd'),
  }
  await makeKernelImage(join(base.boot, 'linuxx64.efi.stub'), sections, path('kernel.efi'))
}

function unsignedOf(parts: string): { readonly loader: string; readonly kernel: string } {
  return { loader: join(parts, 'loader.efi'), kernel: join(parts, 'kernel.efi') }
}

export interface FinishOptions {
  readonly version: string
  readonly out: string
  readonly unsigned: boolean
  /** Folder of the owner's keys; without it published signatures are attached. */
  readonly keys?: string
  readonly dataMebibytes?: number
}

/** From the parts in `out/parts`, and the signatures in `out/signatures` unless it stays unsigned, to the disk. */
export async function finish(options: FinishOptions, rootHash: string): Promise<Built> {
  const { out, version, unsigned, keys, dataMebibytes = smallestDataMebibytes } = options
  const parts = join(out, 'parts')
  const signatures = join(out, 'signatures')
  const bootable = unsigned
    ? unsignedOf(parts)
    : await attachSignatures(unsignedOf(parts), signatures)
  const keyFiles = unsigned
    ? {}
    : Object.fromEntries(
        ['PK', 'KEK', 'db'].map((name) => [
          `loader/keys/auto/${name}.auth`,
          join(signatures, `${name}.auth`),
        ]),
      )
  const onEsp = {
    'EFI/BOOT/BOOTX64.EFI': bootable.loader,
    [`EFI/Linux/${kernelImageName(version)}`]: bootable.kernel,
    ...keyFiles,
  }
  const esp = join(parts, 'esp.img')
  await makeEsp(esp, onEsp, parts)
  if (!unsigned) {
    const { kernel } = bootable
    const release = readFileSync(join(signatures, 'release.crt'), 'utf8')
    await makeBundle({
      version,
      out,
      rootHash,
      kernel,
      release,
      ...(keys !== undefined && { keys }),
    })
  }
  const disk = join(out, `sealbox-${version}${unsigned ? '.unsigned' : ''}.img`)
  await makeDisk(
    { esp, root: join(parts, 'root.erofs'), verity: join(parts, 'root.verity'), dataMebibytes },
    disk,
  )
  const built = { version, disk, sha256: await sha256OfFile(disk), rootHash }
  const record = {
    format: imageFormat,
    ...built,
    disk: undefined,
    epoch: sourceDateEpoch(),
    lock: lockHash(),
  }
  writeFileSync(join(out, 'build.json'), `${JSON.stringify(record, null, 2)}\n`)
  return built
}

/** The root hash of a build that lies in `out`. */
export function rootHashOf(out: string): string {
  return readFileSync(join(out, 'parts/root-hash'), 'utf8')
}

/**
 * The product as a container: Node, its libraries out of the locked Debian packages, the product, one user and nothing else: no shell, no
 * package manager, no login. What the disk image adds (verified boot, encrypted data, its own clock, firewall and upgrades) is the host's matter here.
 */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unitCommands } from './bundle.ts'
import { ImageError } from './errors.ts'
import { lockedFiles, readLock } from './lock.ts'
import { writeOciArchive, writeOciLayout, type OciConfig } from './oci.ts'
import { addProduct } from './product_tree.ts'
import { pipeTools } from './tools.ts'

/** What Node needs to run. */
const packages = ['libc6', 'libstdc++6', 'libgcc-s1', 'gcc-12-base', 'tzdata']
/** As the disk image has it (`appliance/machine/users.ts`). */
const user = 700
const dataFolder = '/var/lib/sealbox'

/** Of packages: what runs, and what must be said of whose it is. */
const kept = ['usr/lib', 'usr/lib64', 'usr/share/zoneinfo', 'usr/share/doc']

export interface BuiltContainer {
  /** Folder in the OCI layout. */
  readonly layout: string
  /** The same as one file. */
  readonly archive: string
  /** Of the manifest: what a registry or an engine calls it by. */
  readonly digest: string
}

/** Builds it into `out`. Throws what `lockedFiles` and the tools throw. */
export async function buildContainer(options: {
  readonly version: string
  readonly out: string
}): Promise<BuiltContainer> {
  const { version, out } = options
  const tree = mkdtempSync(join(tmpdir(), 'sealbox-container-'))
  try {
    await unpackLibraries(tree)
    addAccounts(tree)
    const started = unitCommands().filter(({ words }) => words.join() === 'start')
    await addProduct(tree, version, started)
    mkdirSync(out, { recursive: true })
    const layout = join(out, `sealbox-${version}.oci`)
    const archive = `${layout}.tar`
    const digest = await writeOciLayout({
      ...{ tree, out: layout, owned: [dataFolder.slice(1)] },
      tag: `localhost/sealbox:${version}`,
      config: configOf(version),
    })
    await writeOciArchive(layout, archive)
    return { layout, archive, digest }
  } finally {
    rmSync(tree, { recursive: true, force: true })
  }
}

function configOf(version: string): OciConfig {
  return {
    entrypoint: ['/usr/bin/node', '--disable-proto=delete', '/usr/lib/sealbox/appliance/cli.js'],
    command: ['start', '--bind', '0.0.0.0'],
    user: `${String(user)}:${String(user)}`,
    env: { SEALBOX_DATA: `${dataFolder}/data`, NODE_ENV: 'production', TZ: 'UTC' },
    ports: ['8443/tcp', '8080/tcp'],
    volumes: [dataFolder],
    workingFolder: dataFolder,
    labels: {
      'org.opencontainers.image.title': 'Sealbox',
      'org.opencontainers.image.version': version,
      'org.opencontainers.image.licenses': 'Apache-2.0',
    },
  }
}

async function unpackLibraries(tree: string): Promise<void> {
  const wanted = readLock().filter(({ name }) => packages.includes(name))
  if (wanted.length !== packages.length) {
    throw new ImageError('IMAGE_INPUT_MISSING', 'the lock lacks a library that Node needs')
  }
  const files = await lockedFiles(wanted)
  const whole = join(tree, 'whole')
  for (const name of ['usr/lib', 'usr/lib64']) mkdirSync(join(whole, name), { recursive: true })
  for (const { name } of wanted) {
    await pipeTools(
      ['dpkg-deb', '--fsys-tarfile', files.get(name) ?? ''],
      ['tar', '-x', '--no-same-owner', '--transform=s,^\\./lib,./usr/lib,', '-C', whole],
    )
  }
  for (const path of kept) {
    if (!existsSync(join(whole, path))) continue
    cpSync(join(whole, path), join(tree, path), { recursive: true, verbatimSymlinks: true })
  }
  rmSync(whole, { recursive: true })
}

/** A user with a number, a home that is the volume, and the places that a process expects. */
function addAccounts(tree: string): void {
  for (const path of ['etc', 'tmp', 'proc', 'sys', 'dev', `.${dataFolder}`]) {
    mkdirSync(join(tree, path), { recursive: true })
  }
  chmodSync(join(tree, 'tmp'), 0o1777)
  // The loader's name stands in every program.
  for (const name of ['lib', 'lib64']) symlinkSync(`usr/${name}`, join(tree, name))
  const id = String(user)
  const account = `sealbox:x:${id}:${id}:Sealbox:${dataFolder}:/nonexistent\n`
  writeFileSync(join(tree, 'etc/passwd'), account)
  writeFileSync(join(tree, 'etc/group'), `sealbox:x:${id}:\n`)
  writeFileSync(join(tree, 'etc/nsswitch.conf'), 'passwd: files\ngroup: files\nhosts: files dns\n')
}

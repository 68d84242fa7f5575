/**
 * The lock: each Debian package of the image by name, version and SHA-256 (`lock/packages.json`). Written anew by `image lock` from what apt says
 * today; a build takes what stands in it and nothing else, from the machine's own mirror, whose name is nowhere in the project.
 */
import { createHash } from 'node:crypto'
import {
  existsSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  mkdtempSync,
  mkdirSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod'
import { cacheFolder, imageFolder } from './build_folders.ts'
import { ImageError } from './errors.ts'
import { bootPackages, leftOut, rootPackages } from './packages.ts'
import { tool } from './tools.ts'

const lockedPackage = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/),
  version: z.string().regex(/^[0-9A-Za-z.+:~-]+$/),
  architecture: z.enum(['amd64', 'all']),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** `root`: unpacked into the root tree; `boot`: parts of the boot chain. */
  use: z.enum(['root', 'boot']),
})
const lockFile = z.strictObject({ packages: z.array(lockedPackage).max(500) })

export type LockedPackage = z.infer<typeof lockedPackage>

const lockPath = join(imageFolder, 'lock/packages.json')

/** The packages as they are locked, in order of name. */
export function readLock(): readonly LockedPackage[] {
  return lockFile.parse(JSON.parse(readFileSync(lockPath, 'utf8'))).packages
}

/** SHA-256 over the lock: names what is made of it. */
export function lockHash(): string {
  return createHash('sha256').update(readFileSync(lockPath)).digest('hex')
}

/**
 * The file of a locked package in the cache, fetched if it is not there: apt checks the mirror's signature, we the hash. `IMAGE_INPUT_MISSING` where the
 * mirror has this version no longer, `IMAGE_INPUT_DIFFERS` where it has other bytes.
 */
export async function lockedFiles(
  packages: readonly LockedPackage[],
): Promise<ReadonlyMap<string, string>> {
  const folder = cacheFolder('packages')
  const fileOf = (row: LockedPackage): string => join(folder, `${row.sha256}.deb`)
  const missing = packages.filter((row) => !existsSync(fileOf(row)))
  if (missing.length > 0) await fetchInto(folder, missing)
  for (const row of packages) {
    if (!existsSync(fileOf(row)) || sha256Of(fileOf(row)) !== row.sha256) {
      throw new ImageError(
        'IMAGE_INPUT_DIFFERS',
        `${row.name} ${row.version} is not the locked one`,
      )
    }
  }
  return new Map(packages.map((row) => [row.name, fileOf(row)]))
}

async function fetchInto(folder: string, packages: readonly LockedPackage[]): Promise<void> {
  const exact = packages.map(({ name, version }) => `${name}=${version}`)
  await fetched(exact, folder).catch((cause: unknown) => {
    const words =
      'the mirror has some locked packages no longer; `image lock` locks the present ones'
    throw new ImageError('IMAGE_INPUT_MISSING', words, { cause })
  })
}

/** Fetches packages by apt and puts each into the folder under its hash; gives what they are. */
async function fetched(
  names: readonly string[],
  folder: string,
): Promise<readonly Omit<LockedPackage, 'use'>[]> {
  const work = mkdtempSync(join(folder, 'fetch-'))
  try {
    await tool('apt-get', ['download', '-qq', '-o', 'APT::Sandbox::User=root', ...names], {
      cwd: work,
    })
    const files = readdirSync(work).filter((name) => name.endsWith('.deb'))
    const rows = await Promise.all(files.map((name) => described(join(work, name))))
    for (const { path, row } of rows) renameSync(path, join(folder, `${row.sha256}.deb`))
    return rows.map(({ row }) => row)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

async function described(path: string) {
  const format = '--showformat=${Package}\\n${Version}\\n${Architecture}'
  const said = (await tool('dpkg-deb', ['--show', format, path])).toString()
  const [name = '', version = '', architecture = ''] = said.split('\n')
  const row = lockedPackage
    .omit({ use: true })
    .parse({ name, version, architecture, sha256: sha256Of(path) })
  return { path, row }
}

function sha256Of(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}

/** Locks what the mirror has today, with all that the wanted packages need, less what is left out. */
export async function writeLock(): Promise<readonly LockedPackage[]> {
  const needed = await neededBy(Object.keys(rootPackages))
  const root = needed.filter((name) => !leftOut.includes(name))
  const boot = Object.keys(bootPackages)
  const rows = await fetched([...root, ...boot], cacheFolder('packages'))
  const packages = rows
    .map((row) => ({
      ...row,
      use: boot.includes(row.name) ? ('boot' as const) : ('root' as const),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  writeFileSync(lockPath, `${JSON.stringify(lockFile.parse({ packages }), null, 2)}\n`)
  return packages
}

/** What apt would install on a machine that has nothing. */
async function neededBy(names: readonly string[]): Promise<readonly string[]> {
  const work = mkdtempSync(join(tmpdir(), 'sealbox-lock-'))
  try {
    writeFileSync(join(work, 'status'), '')
    mkdirSync(join(work, 'archives/partial'), { recursive: true })
    const options = [
      `Dir::State::status=${join(work, 'status')}`,
      `Dir::Cache::archives=${join(work, 'archives')}`,
    ]
    const args = [
      'install',
      '--simulate',
      '-y',
      '-qq',
      '--no-install-recommends',
      '-o',
      'Debug::NoLocking=1',
    ]
    const said = await tool('apt-get', [
      ...args,
      ...options.flatMap((option) => ['-o', option]),
      ...names,
    ])
    return [...said.toString().matchAll(/^Inst (\S+)/gm)].map((match) => match[1] ?? '')
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

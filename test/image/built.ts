/** The image that the tests boot: built once for the present sources, with keys of the tests' own. Test support. */
import { createHash } from 'node:crypto'
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildImage } from '../../appliance/image/build.ts'
import {
  cacheFolder,
  imageFolder,
  productFolder,
  productPath,
} from '../../appliance/image/build_folders.ts'
import { makeKeys } from '../../appliance/image/keys.ts'
import { ownTurn } from './turn.ts'

export interface BuiltImage {
  /** Folder of the build: `parts/`, `signatures/`. */
  readonly out: string
  /** The disk; to be copied, never written to. */
  readonly disk: string
  readonly keys: string
  readonly version: string
}

/** Data partitions of the tests: room for a few hundred documents, and what is kept free beside them. */
const dataMebibytes = 4096

/** One image for the whole of a run, whatever somebody edits meanwhile. */
const known = new Map<string, Promise<BuiltImage>>()

/** The image of the present sources as `version`; from the cache if it was built before. */
export function builtImage(version = '0.1.0'): Promise<BuiltImage> {
  const made = known.get(version) ?? present(version)
  known.set(version, made)
  return made
}

const units = 'etc/systemd/system'

/** One whose service ends as soon as it is started, in all else like the others. */
export function brokenImage(version: string): Promise<BuiltImage> {
  const overlay = mkdtempSync(join(tmpdir(), 'sealbox-broken-'))
  const changes = join(overlay, units, 'sealbox.service.d')
  mkdirSync(changes, { recursive: true })
  const ends = '[Service]\nExecStart=\nExecStart=/usr/bin/node --eval process.exit(1)\n'
  writeFileSync(join(changes, 'broken.conf'), ends)
  return present(version, { overlay, kind: 'broken' })
}

/** One without the product: kernel and systemd are the same, `/var`, which our disk would hold, is in memory. `bareIsUp` is seen once systemd is done. */
export function bareImage(version = '0.1.0'): Promise<BuiltImage> {
  const overlay = mkdtempSync(join(tmpdir(), 'sealbox-bare-'))
  const wants = join(overlay, units, 'multi-user.target.wants')
  mkdirSync(wants, { recursive: true })
  const write = (name: string, text: string): void => {
    writeFileSync(join(overlay, units, name), text)
  }
  for (const name of readdirSync(join(imageFolder, 'tree', units))) {
    // An empty unit is a masked one (systemd.unit(5)).
    if (/^sealbox.*\.(?:service|path|socket)$/.test(name)) write(name, '')
  }
  const product = join(overlay, productPath)
  mkdirSync(product, { recursive: true })
  writeFileSync(join(product, 'read-ahead'), '')
  write('var.mount', '[Mount]\nWhat=tmpfs\nWhere=/var\nType=tmpfs\n')
  write(
    'bare.service',
    '[Unit]\nAfter=multi-user.target\n' +
      '[Service]\nExecStart=/usr/bin/systemctl --version\nStandardOutput=tty\nTTYPath=/dev/ttyS0\n',
  )
  symlinkSync('../bare.service', join(wants, 'bare.service'))
  return present(version, { overlay, kind: 'bare' })
}

/** What `systemctl --version` says. */
export const bareIsUp = /systemd \d+ \(/

/** Files laid over the product's tree, and how such an image is called. */
interface Changed {
  readonly overlay: string
  readonly kind: string
}

async function present(version: string, changed?: Changed): Promise<BuiltImage> {
  const keys = await testKeys()
  const kind = changed === undefined ? '' : `-${changed.kind}-${hashOf(changed.overlay, ['**'])}`
  const out = join(cacheFolder('tests'), `${version}-${sourcesHash()}${kind}`)
  const built = { out, keys, version, disk: join(out, `sealbox-${version}.img`) }
  const turn = await ownTurn('build')
  try {
    if (!existsSync(join(out, 'build.json'))) await buildInto(out, built, changed)
  } finally {
    await turn[Symbol.asyncDispose]()
  }
  if (changed !== undefined) rmSync(changed.overlay, { recursive: true })
  return built
}

async function buildInto(
  out: string,
  { keys, version }: BuiltImage,
  changed: Changed | undefined,
): Promise<void> {
  const work = `${out}.work`
  rmSync(work, { recursive: true, force: true })
  const say = (): void => undefined
  await buildImage({
    ...{ version, out: work, keys, unsigned: false, small: false, dataMebibytes, say },
    ...(changed && { overlay: changed.overlay }),
  })
  renameSync(work, out)
}

/** Keys of the tests: made once on this machine. */
export async function testKeys(): Promise<string> {
  const folder = join(cacheFolder('tests'), 'keys')
  if (!existsSync(join(folder, 'db.auth'))) {
    rmSync(folder, { recursive: true, force: true })
    await makeKeys(folder)
  }
  return folder
}

/** Of all that goes into an image: another byte, another name. */
const sourcesHash = (): string =>
  hashOf(productFolder, ['package-lock.json', '{appliance,ca,exchange,provisioning,web}/**'])

/** Of the names and files below a folder that the patterns match. */
function hashOf(folder: string, patterns: readonly string[]): string {
  const hash = createHash('sha256')
  for (const name of globSync([...patterns], { cwd: folder }).toSorted()) {
    const path = join(folder, name)
    hash.update(`${name}\n`)
    if (statSync(path, { throwIfNoEntry: false })?.isFile() === true)
      hash.update(readFileSync(path))
  }
  return hash.digest('hex').slice(0, 24)
}

/** A machine of files: two slots, an ESP that is a folder, a release key made by OpenSSL, and bundles for it. Test support. */
import { execFileSync } from 'node:child_process'
import { createPrivateKey } from 'node:crypto'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromPem, sha256Hex, signerOf, type Sha256, type Signer } from '../../../ca/index.ts'
import { entryName } from '../../../appliance/upgrade/entries.ts'
import type { Machine, SlotName } from '../../../appliance/upgrade/machine.ts'
import type { Manifest } from '../../../appliance/upgrade/manifest.ts'
import { signManifest, writeBundle } from '../../../appliance/upgrade/write_bundle.ts'

export const slotBytes = { root: 3 * 1024 * 1024, verity: 64 * 1024 }
export const at = new Date('2026-11-25T08:00:00.000Z')
export const now = (): Date => at

export interface ReleaseKey {
  readonly signer: Signer
  readonly pem: string
  readonly certificateFile: string
}

export interface BuiltBundle {
  readonly path: string
  /** SHA-256 of the manifest. */
  readonly manifest: Sha256
  readonly bytes: Readonly<Record<'root' | 'verity' | 'uki', Buffer>>
}

export interface BenchMachine {
  readonly folder: string
  readonly machine: Machine
  readonly release: ReleaseKey
  /** Builds a bundle; octets of its parts are drawn from its version. */
  build(of: {
    readonly version: string
    readonly signer?: Signer
    readonly data?: Manifest['data']
    readonly rootBytes?: number
  }): Promise<BuiltBundle>
  /** Puts it where the product leaves it. */
  offer(bundle: BuiltBundle): Promise<void>
  /** Names on the ESP, sorted. */
  entries(): Promise<string[]>
  /** What a slot holds. */
  slot(part: 'root' | 'verity', slot: SlotName): Promise<Buffer>
  /** As if the loader had started this: its name counts down, and this version runs. */
  start(version: string, slot: SlotName): Promise<void>
  remove(): Promise<void>
}

/** Of elliptic curves, which are made fast, or RSA, whose signatures do not vary. */
export function makeReleaseKey(folder: string, name: string, kind = 'ec'): ReleaseKey {
  const [key, certificateFile] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)]
  const curve = kind === 'ec' ? ['-pkeyopt', 'ec_paramgen_curve:P-256'] : []
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', kind, ...curve, '-nodes', '-days', '9000', '-sha256'],
      ...['-subj', `/CN=Sealbox release ${name}`, '-keyout', key, '-out', certificateFile],
    ],
    { stdio: 'pipe' },
  )
  return readKey(key, certificateFile)
}

function readKey(key: string, certificateFile: string): ReleaseKey {
  const read = (path: string): string => execFileSync('cat', [path], { encoding: 'utf8' })
  const pem = read(certificateFile)
  const [certificate = new Uint8Array()] = fromPem('CERTIFICATE', pem)
  return { signer: signerOf(createPrivateKey(read(key)), certificate), pem, certificateFile }
}

/** Version 1.0.0 runs from slot a. */
export async function benchMachine(kind?: string): Promise<BenchMachine> {
  const folder = await mkdtemp(join(tmpdir(), 'sealbox-upgrade-'))
  const inside = (name: string): string => join(folder, name)
  for (const name of ['esp', 'data', 'data/upgrade', 'run', 'built']) await mkdir(inside(name))
  const machine: Machine = {
    ...{ image: inside('image.json'), release: inside('release.pem'), slot: inside('run/slot') },
    partition: (part, slot) => inside(`${part}-${slot}`),
    ...{ entries: inside('esp'), state: inside('state.json'), trial: inside('run/trial') },
    bundle: inside('data/upgrade/staged.sealbox-upgrade'),
    ...{ work: inside('run/work'), data: inside('data') },
  }
  const release = makeReleaseKey(folder, 'one', kind)
  await writeFile(machine.release, release.pem)
  await writeFile(join(machine.data, 'VERSION'), '1\n')
  for (const slot of ['a', 'b'] as const) {
    for (const part of ['root', 'verity'] as const) {
      await writeFile(machine.partition(part, slot), Buffer.alloc(slotBytes[part], slot))
    }
  }
  await writeFile(join(machine.entries, entryName('1.0.0')), 'uki 1.0.0')
  const runs = async (version: string, slot: SlotName): Promise<void> => {
    await writeFile(machine.image, JSON.stringify({ version, format: 1 }))
    await writeFile(machine.slot, `${slot}\n`)
  }
  await runs('1.0.0', 'a')
  let built = 0
  return {
    ...{ folder, machine, release },
    async build({ version, signer = release.signer, data, rootBytes = 2_500_000 }) {
      const bytes = {
        root: pattern(`root ${version}`, rootBytes),
        verity: pattern(`verity ${version}`, 20_000),
        uki: pattern(`uki ${version}`, 1_200_000),
      }
      built += 1
      const into = inside(`built/${String(built)}`)
      await mkdir(into)
      const files = { root: '', verity: '', uki: '' }
      for (const name of ['root', 'verity', 'uki'] as const) {
        files[name] = join(into, name)
        await writeFile(files[name], bytes[name])
      }
      const path = join(into, `sealbox-${version}.sealbox-upgrade`)
      const manifest = await writeBundle({
        ...{ out: path, version, roothash: 'ab'.repeat(32), builtAt: at, files },
        sign: (bytes) => signManifest(bytes, signer),
        ...(data && { data }),
      })
      return { path, manifest: sha256Hex(manifest), bytes }
    },
    offer: ({ path }) => copyFile(path, machine.bundle),
    entries: async () => (await readdir(machine.entries)).toSorted(),
    slot: (part, slot) => readFile(machine.partition(part, slot)),
    start: runs,
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Octets that tell where they are. */
function pattern(seed: string, bytes: number): Buffer {
  const block = Buffer.from(`${seed} `)
  const whole = Buffer.alloc(bytes, block)
  for (let place = 0; place + 8 < bytes; place += 4096) whole.writeUInt32LE(place, place)
  return whole
}

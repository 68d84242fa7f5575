/**
 * Writes an OCI image of one layer as a folder in the OCI layout (image-spec 1.1: image-layout, manifest, config), and as one archive of it.
 * No engine is needed; the same tree gives the same bytes. Any engine runs it: podman, containerd, Docker.
 */
import { createHash } from 'node:crypto'
import {
  createReadStream,
  createWriteStream,
  mkdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { constants, createGzip } from 'node:zlib'
import { sha256OfFile } from '../../ca/index.ts'
import { sourceDateEpoch, tool } from './tools.ts'

/** What a container of the image is started with. */
export interface OciConfig {
  readonly entrypoint: readonly string[]
  readonly command: readonly string[]
  /** Numbers: a name would need a lookup in the image. */
  readonly user: string
  readonly env: Readonly<Record<string, string>>
  /** Such as `8443/tcp`. */
  readonly ports: readonly string[]
  readonly volumes: readonly string[]
  readonly workingFolder: string
  readonly labels: Readonly<Record<string, string>>
}

interface Descriptor {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
}

const media = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
} as const

/** Makes `out` (a layout) of a tree; gives the digest of its manifest. */
export async function writeOciLayout(options: {
  readonly tree: string
  /** Folders of the tree that belong to the user, with all inside; the rest is root's. */
  readonly owned: readonly string[]
  readonly out: string
  /** Such as `localhost/sealbox:0.1.0`. */
  readonly tag: string
  readonly config: OciConfig
}): Promise<string> {
  const { out, tag, config } = options
  const blobs = join(out, 'blobs/sha256')
  rmSync(out, { recursive: true, force: true })
  mkdirSync(blobs, { recursive: true })
  const { layer, diffId } = await writeLayer(blobs, options)
  const created = new Date(sourceDateEpoch() * 1000).toISOString()
  const document = (mediaType: string, value: object): Descriptor => {
    const bytes = Buffer.from(JSON.stringify(value))
    const digest = createHash('sha256').update(bytes).digest('hex')
    writeFileSync(join(blobs, digest), bytes)
    return { mediaType, digest: `sha256:${digest}`, size: bytes.length }
  }
  const manifest = document(media.manifest, {
    ...{ schemaVersion: 2, mediaType: media.manifest },
    config: document(media.config, configOf(config, { created, diffId })),
    layers: [layer],
  })
  const named = { ...manifest, annotations: { 'org.opencontainers.image.ref.name': tag } }
  const index = { schemaVersion: 2, mediaType: media.index, manifests: [named] }
  writeFileSync(join(out, 'index.json'), JSON.stringify(index))
  writeFileSync(join(out, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }))
  return manifest.digest
}

/** The layout as one file, as `podman load` and `skopeo copy oci-archive:` take it. */
export async function writeOciArchive(layout: string, file: string): Promise<void> {
  await tool('tar', [
    ...tarOptions(),
    '-cf',
    file,
    '-C',
    layout,
    'blobs',
    'index.json',
    'oci-layout',
  ])
}

function configOf(
  { entrypoint, command, user, env, ports, volumes, workingFolder, labels }: OciConfig,
  { created, diffId }: { readonly created: string; readonly diffId: string },
): object {
  const set = (names: readonly string[]): object =>
    Object.fromEntries(names.map((name) => [name, {}]))
  return {
    ...{ created, architecture: 'amd64', os: 'linux' },
    config: {
      ...{ User: user, Entrypoint: entrypoint, Cmd: command, WorkingDir: workingFolder },
      ...{ ExposedPorts: set(ports), Volumes: set(volumes), StopSignal: 'SIGTERM', Labels: labels },
      Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    },
    rootfs: { type: 'layers', diff_ids: [diffId] },
    history: [{ created, created_by: 'sealbox image container' }],
  }
}

/** Nothing of the machine that builds: names in order, one time, one owner. */
const tarOptions = (owner = '0:0'): readonly string[] => [
  ...[
    '--sort=name',
    '--format=posix',
    '--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime',
  ],
  ...[
    `--owner=:${owner.split(':')[0] ?? ''}`,
    `--group=:${owner.split(':')[1] ?? ''}`,
    '--numeric-owner',
  ],
  `--mtime=@${String(sourceDateEpoch())}`,
]

async function writeLayer(
  blobs: string,
  of: { readonly tree: string; readonly owned: readonly string[]; readonly config: OciConfig },
): Promise<{ readonly layer: Descriptor; readonly diffId: string }> {
  const [plain, packed] = [join(blobs, 'layer.tar'), join(blobs, 'layer.tar.gz')]
  const { tree, owned, config } = of
  const apart = owned.map((path) => `--exclude=./${path}`)
  await tool('tar', [...tarOptions(), ...apart, '-cf', plain, '-C', tree, '.'])
  for (const path of owned) {
    await tool('tar', [...tarOptions(config.user), '-rf', plain, '-C', tree, `./${path}`])
  }
  // gzip of node:zlib writes no time and no name.
  const gzip = createGzip({ level: constants.Z_BEST_COMPRESSION })
  await pipeline(createReadStream(plain), gzip, createWriteStream(packed))
  const diffId = `sha256:${await sha256OfFile(plain)}`
  const digest = await sha256OfFile(packed)
  const { size } = statSync(packed)
  rmSync(plain)
  await tool('mv', [packed, join(blobs, digest)])
  return { layer: { mediaType: media.layer, digest: `sha256:${digest}`, size }, diffId }
}

/** Writes an upgrade bundle (docs/formats/upgrade.md) from what an image was built of. Used by `sealbox image build`. I/O. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, stat, type FileHandle } from 'node:fs/promises'
import { sha256OfFile, signatureSuites, signCms, type Signer } from '../../ca/index.ts'
import { headerBytes } from './bundle.ts'
import { dataLayouts } from './data_layout.ts'
import { manifestBytes, type Manifest, type PartName } from './manifest.ts'

export interface BundleInput {
  /** The file to write; what lay there is replaced. */
  readonly out: string
  readonly version: string
  /** dm-verity root hash, hexadecimal. */
  readonly roothash: string
  readonly builtAt: Date
  /** Files of the parts. */
  readonly files: Readonly<Record<PartName, string>>
  /** Gives the release key's detached CMS over the manifest: made now (`signManifest`), or published before. */
  readonly sign: (manifest: Uint8Array) => Promise<Uint8Array>
  /** Layouts of the folder of data; those of this product by default. */
  readonly data?: Manifest['data']
}

const partNames = ['root', 'verity', 'uki'] as const satisfies readonly PartName[]

/** Writes the bundle and gives its manifest's bytes. Throws what the file system throws. */
export async function writeBundle(input: BundleInput): Promise<Uint8Array> {
  const { out, version, roothash, builtAt, files, sign, data = dataLayouts } = input
  const [root, verity, uki] = await Promise.all([
    describe('root', files.root),
    describe('verity', files.verity),
    describe('uki', files.uki),
  ])
  const manifest = manifestBytes({
    ...{ version, roothash, builtAt: builtAt.toISOString(), parts: [root, verity, uki] },
    data: { reads: [...data.reads], writes: data.writes },
  })
  const signature = await sign(manifest)
  await using file = await open(out, 'w', 0o644)
  await file.writeFile(headerBytes(manifest, signature))
  for (const name of partNames) await append(file, files[name])
  await file.sync()
  return manifest
}

/** Detached CMS over a manifest, DER. */
export function signManifest(manifest: Uint8Array, signer: Signer): Promise<Uint8Array> {
  const { digest } = signatureSuites[signer.algorithm]
  return signCms({
    signer,
    digest: createHash(digest).update(manifest).digest(),
    certificates: [signer.certificate],
  })
}

async function describe<N extends PartName>(name: N, path: string) {
  const { size: bytes } = await stat(path)
  return { name, bytes, sha256: await sha256OfFile(path) }
}

async function append(file: FileHandle, path: string): Promise<void> {
  for await (const piece of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    await file.writeFile(piece as Buffer)
  }
}

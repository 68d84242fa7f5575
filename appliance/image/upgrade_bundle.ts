/**
 * The upgrade bundle of a build (docs/formats/upgrade.md), beside its disk: the same root, hash tree and signed kernel image. The release
 * key's signature stands in the folder of signatures like all others, so that a third party attaches the published one.
 */
import { createPrivateKey } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { signerOf } from '../../ca/index.ts'
import { fromPem } from '../../ca/path/index.ts'
import { bundleSuffix, verifiedManifest } from '../upgrade/bundle.ts'
import { UpgradeError } from '../upgrade/errors.ts'
import { signManifest, writeBundle } from '../upgrade/write_bundle.ts'
import { ImageError } from './errors.ts'
import { sourceDateEpoch } from './tools.ts'

/** Detached CMS over the manifest, in the folder of signatures. */
export const bundleSignature = 'manifest.p7s'

export interface BundleOf {
  readonly version: string
  readonly out: string
  readonly rootHash: string
  /** Signed. */
  readonly kernel: string
  /** Folder of the owner's keys; without it the published signature is taken. */
  readonly keys?: string
  /** Certificate of the release key, PEM. */
  readonly release: string
}

/** Writes `out/sealbox-VERSION.sealbox-upgrade`; `IMAGE_SIGNATURE_FOREIGN` if a published signature is of another manifest or key. */
export async function makeBundle(of: BundleOf): Promise<string> {
  const { version, out, rootHash, kernel, keys } = of
  const path = join(out, `sealbox-${version}${bundleSuffix}`)
  const parts = join(out, 'parts')
  await writeBundle({
    ...{ out: path, version, roothash: rootHash },
    builtAt: new Date(sourceDateEpoch() * 1000),
    files: { root: join(parts, 'root.erofs'), verity: join(parts, 'root.verity'), uki: kernel },
    sign: (manifest) => (keys === undefined ? published(of, manifest) : made(of, keys, manifest)),
  })
  return path
}

async function made({ out }: BundleOf, keys: string, manifest: Uint8Array): Promise<Uint8Array> {
  const key = createPrivateKey(readFileSync(join(keys, 'release.key')))
  const [certificate] = fromPem('CERTIFICATE', readFileSync(join(keys, 'release.crt'), 'utf8'))
  if (certificate === undefined) throw missing(keys, 'release.crt')
  const signature = await signManifest(manifest, signerOf(key, certificate))
  writeFileSync(join(out, 'signatures', bundleSignature), signature)
  return signature
}

async function published({ out, release }: BundleOf, manifest: Uint8Array): Promise<Uint8Array> {
  const path = join(out, 'signatures', bundleSignature)
  if (!existsSync(path)) throw missing(join(out, 'signatures'), bundleSignature)
  const signature = readFileSync(path)
  try {
    await verifiedManifest({ manifest, signature }, fromPem('CERTIFICATE', release))
  } catch (cause) {
    if (!(cause instanceof UpgradeError)) throw cause
    throw new ImageError('IMAGE_SIGNATURE_FOREIGN', `${path} is no signature of this build`, {
      cause,
    })
  }
  return signature
}

function missing(folder: string, name: string): ImageError {
  return new ImageError('IMAGE_KEYS_MISSING', `${folder} has no ${name}`)
}

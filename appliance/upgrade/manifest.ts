/** The manifest of an upgrade bundle (docs/formats/upgrade.md): what the release key signs, and by whose hash officers order it. Pure. */
import * as z from 'zod'
import { canonicalJson, equal, isSha256, type Sha256 } from '../../ca/path/index.ts'
import { UpgradeError } from './errors.ts'
import { versionPattern } from './version.ts'

/** A manifest has some 700 bytes. */
export const maxManifestBytes = 16 * 1024
const mebibyte = 1024 * 1024

/** What a slot of the disk could hold at most; the slots themselves are asked again before anything is written. */
export const maxPartBytes = {
  root: 2048 * mebibyte,
  verity: 64 * mebibyte,
  /** Held in memory, so that what was judged is what is written. */
  uki: 64 * mebibyte,
} as const

export type PartName = keyof typeof maxPartBytes

const sha256 = z.string().refine(isSha256, { error: 'is no SHA-256' })
const part = <N extends PartName>(name: N) =>
  z.strictObject({
    name: z.literal(name),
    bytes: z.int().min(1).max(maxPartBytes[name]),
    sha256,
  })
const layout = z.int().min(1).max(10_000)

const manifestSchema = z.strictObject({
  type: z.literal('sealbox-upgrade'),
  format: z.literal(1),
  version: z.string().regex(versionPattern),
  /** When the image was built, by whoever built it: nothing is decided by it. */
  builtAt: z.iso.datetime(),
  /** dm-verity root hash, hexadecimal: which slot belongs to the kernel image. */
  roothash: z.string().regex(/^[0-9a-f]{64}$/),
  /** Layouts of the folder of data (docs/formats/data-folder.md) that it opens, and the one that it leaves once it is committed. */
  data: z.strictObject({ reads: z.array(layout).min(1).max(100), writes: layout }),
  /** In the order in which they lie in the bundle. */
  parts: z.tuple([part('root'), part('verity'), part('uki')]),
})
export type Manifest = z.infer<typeof manifestSchema>
export type Part = Manifest['parts'][number]

/** Reads the bytes that were signed; throws `UPGRADE_MALFORMED` on anything but the canonical JSON of a manifest. */
export function readManifest(bytes: Uint8Array): Manifest {
  const manifest = bytes.length > maxManifestBytes ? undefined : parse(bytes)
  if (manifest !== undefined && equal(canonicalJson(manifest), bytes)) return manifest
  throw new UpgradeError('UPGRADE_MALFORMED', 'the manifest cannot be read')
}

/** The one spelling of a manifest, as it is signed. */
export function manifestBytes(manifest: Omit<Manifest, 'type' | 'format'>): Uint8Array {
  return canonicalJson(manifestSchema.parse({ type: 'sealbox-upgrade', format: 1, ...manifest }))
}

export function partOf({ parts }: Manifest, name: PartName): Part & { readonly sha256: Sha256 } {
  const found = parts.find((one) => one.name === name)
  if (found === undefined) throw new TypeError(`a manifest names ${name}`)
  return found
}

function parse(bytes: Uint8Array): Manifest | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return manifestSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined // no UTF-8, or no JSON
  }
}

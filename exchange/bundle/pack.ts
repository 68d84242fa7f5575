/** Packs files into an ASiC-E container (EN 319 162-1 4.4): type first, then the manifest with its signature, then the files in the order given. */
import { hash } from 'node:crypto'
import { utf8, type Sha256 } from '../../ca/index.ts'
import {
  bundleType,
  manifestName,
  mimetypeName,
  signatureName,
  writeManifest,
} from '../verify/bundle/manifest.ts'
import type { Attest } from './attest.ts'
import { writeZip, type ZipMember } from './zip_write.ts'

/** The container's bytes: for the same files and the same signature always the same. */
export async function packBundle(files: readonly ZipMember[], attest: Attest): Promise<Uint8Array> {
  const manifest = writeManifest(
    files.map(({ name, bytes }) => ({ name, sha256: hash('sha256', bytes) as Sha256 })),
  )
  return writeZip([
    { name: mimetypeName, bytes: utf8(bundleType) },
    { name: manifestName, bytes: manifest },
    { name: signatureName, bytes: await attest(manifest) },
    ...files,
  ])
}

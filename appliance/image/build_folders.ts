/** Where the builder keeps what it fetched and made before, and where it works. */
import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The product's own folder, that with package.json. */
export const productFolder = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '')
/** Where the product lies in the image. */
export const productPath = 'usr/lib/sealbox'
export const imageFolder = join(productFolder, 'appliance/image')

/** Fetched packages and unpacked trees, by the hash of what they are made of: `SEALBOX_IMAGE_CACHE`, or the user's cache folder. */
export function cacheFolder(name: string): string {
  const root =
    process.env['SEALBOX_IMAGE_CACHE'] ??
    join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'sealbox-image')
  const path = join(root, name)
  mkdirSync(path, { recursive: true })
  return path
}

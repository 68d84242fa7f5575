/**
 * Signatures stand beside what is built, in a folder of their own, and are attached afterwards: so that a third party who built the same bytes without
 * our keys attaches the published signatures and has the released image, bit by bit.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { signBootPolicy, type KernelSections } from '../disk/index.ts'
import { ImageError } from './errors.ts'
import { frozenTool, tool } from './tools.ts'
import { addSection, readSections } from './uki.ts'

/** Files of the folder of signatures. */
export const signatureFiles = [
  'loader.p7',
  'kernel.p7',
  'boot-policy.json',
  'PK.auth',
  'KEK.auth',
  'db.auth',
  'db.crt',
  'release.crt',
] as const

export interface Unsigned {
  /** The boot loader and the kernel image, not signed. */
  readonly loader: string
  readonly kernel: string
}

/** Makes the signatures of an unsigned build with the owner's keys. */
export async function makeSignatures(
  unsigned: Unsigned,
  by: { readonly keys: string; readonly version: string },
  to: string,
): Promise<void> {
  const { keys, version } = by
  mkdirSync(to, { recursive: true })
  for (const name of ['PK.auth', 'KEK.auth', 'db.auth', 'db.crt', 'release.crt'])
    copyFileSync(join(keys, name), join(to, name))
  const sections: KernelSections = Object.fromEntries(readSections(unsigned.kernel))
  const privateKey = readFileSync(join(keys, 'policy.key'), 'utf8')
  writeFileSync(join(to, 'boot-policy.json'), signBootPolicy({ sections, version, privateKey }))
  await detached(unsigned.loader, keys, join(to, 'loader.p7'))
  const whole = await withBootPolicy(unsigned.kernel, to)
  await detached(whole, keys, join(to, 'kernel.p7'))
}

/** Authenticode; the time of signing is the build's, as `sbsign` asks libcrypto for one. */
async function detached(file: string, keys: string, to: string): Promise<void> {
  const signer = ['--key', join(keys, 'db.key'), '--cert', join(keys, 'db.crt')]
  await frozenTool('sbsign', [...signer, '--detached', '--output', to, file])
}

async function withBootPolicy(kernel: string, signatures: string): Promise<string> {
  const whole = `${kernel}.whole`
  await addSection(kernel, { name: '.pcrsig', file: join(signatures, 'boot-policy.json') }, whole)
  return whole
}

/** Attaches signatures to an unsigned build: gives the signed loader and kernel. `IMAGE_SIGNATURE_FOREIGN` if one is of other bytes or another key. */
export async function attachSignatures(unsigned: Unsigned, signatures: string): Promise<Unsigned> {
  for (const name of signatureFiles) {
    if (!existsSync(join(signatures, name)))
      throw new ImageError('IMAGE_KEYS_MISSING', `${signatures} has no ${name}`)
  }
  const whole = await withBootPolicy(unsigned.kernel, signatures)
  return {
    loader: await attached(unsigned.loader, join(signatures, 'loader.p7'), signatures),
    kernel: await attached(whole, join(signatures, 'kernel.p7'), signatures),
  }
}

async function attached(file: string, signature: string, signatures: string): Promise<string> {
  const signed = `${file}.signed`
  writeFileSync(signed, readFileSync(file))
  await tool('sbattach', ['--attach', signature, signed])
  await tool('sbverify', ['--cert', join(signatures, 'db.crt'), signed]).catch((cause: unknown) => {
    throw new ImageError('IMAGE_SIGNATURE_FOREIGN', `${signature} is no signature of ${file}`, {
      cause,
    })
  })
  return signed
}

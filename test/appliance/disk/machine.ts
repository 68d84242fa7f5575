/**
 * A machine with a disk in a file, a TPM and a person at the console. The header and the TPM are real; only the device mapper, which the
 * testing machine need not have, is left out (the image tests have it). Test support.
 */
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import { existsSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { readBootPolicy, signBootPolicy, type BootPolicy } from '../../../appliance/disk/index.ts'
import type { Console } from '../../../appliance/disk/console.ts'
import type { DataMachine } from '../../../appliance/disk/data_machine.ts'
import { createLuks } from '../../../appliance/disk/luks.ts'
import type { KernelSections } from '../../../appliance/disk/pcr11.ts'
import { temporaryFolder } from '../places.ts'
import type { TestTpm } from './swtpm.ts'

/** A person who types these lines one after the other; asked more, the test fails. */
export interface Person extends Console {
  readonly heard: string[]
}

export function person(...lines: readonly string[]): Person {
  const left = [...lines]
  const heard: string[] = []
  return {
    heard,
    say: (sentence) => heard.push(sentence),
    ask(question) {
      heard.push(`${question}?`)
      const next = left.shift()
      return next === undefined
        ? Promise.reject(new Error(`nobody answers ${question}`))
        : Promise.resolve(next)
    },
    close: () => undefined,
  }
}

/** A policy key, RSA-2048 in PEM. */
export function newOwnerKey(): string {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  }).privateKey
}

const ownerKey = newOwnerKey()

export const octets = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Each version has a root of its own, so its own command line and PCR 11. */
export const sectionsOf = (version: string): KernelSections => ({
  '.linux': octets('a kernel'),
  '.cmdline': octets(`box.roothash=${version}`),
})

export function policyOf(version: string, privateKey = ownerKey): BootPolicy {
  return readBootPolicy(signBootPolicy({ sections: sectionsOf(version), version, privateKey }))
}

/** Starts a machine: firmware measures the Secure Boot state, the stub its sections. */
export async function startTpm(
  { restart, measure }: TestTpm,
  { kernel, firmware = 'our keys' }: { kernel: KernelSections; firmware?: string },
): Promise<void> {
  await restart()
  measure(7, digestOf(octets(firmware)))
  for (const [name, bytes] of Object.entries(kernel)) {
    for (const part of [octets(`${name}\0`), bytes]) measure(11, digestOf(part))
  }
}

function digestOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest())
}

/** The least that cryptsetup allows. */
const cheap = ['--pbkdf-memory', '1024', '--pbkdf-force-iterations', '4', '--pbkdf-parallel', '1']

export interface TestMachine {
  readonly device: string
  /** Switches on: with this version, and this person at the console. */
  readonly start: (options: {
    readonly version?: string
    readonly firmware?: string
    readonly isSecureBoot?: boolean
    readonly console?: Person
    readonly tpm?: TestTpm | undefined
  }) => Promise<DataMachine>
}

/** A new disk, empty as the image brings it. */
export async function newMachine(t: ExecutionContext, tpm?: TestTpm): Promise<TestMachine> {
  const folder = await temporaryFolder(t)
  const device = join(folder, 'data.img')
  writeFileSync(device, '')
  truncateSync(device, 32 * 1024 * 1024)
  const volumeKeyFile = join(folder, 'volume.key')
  return {
    device,
    async start({ version = '1.0.0', firmware = 'our keys', isSecureBoot = true, ...more }) {
      rmSync(volumeKeyFile, { force: true })
      const chip = 'tpm' in more ? more.tpm : tpm
      if (chip) await startTpm(chip, { kernel: sectionsOf(version), firmware })
      return {
        luks: createLuks({ device, volumeKeyFile, argon2id: cheap }),
        ...{ volumeKeyFile, isSecureBoot },
        tpm: chip?.tpm,
        bootPolicy: policyOf(version),
        console: more.console ?? person(),
        random: (bytes) => new Uint8Array(randomBytes(bytes)),
        volume: {
          open: () =>
            existsSync(volumeKeyFile) ? Promise.resolve() : Promise.reject(new Error('locked')),
          makeFileSystem: () => Promise.resolve(),
          checkFileSystem: () => Promise.resolve(false),
          growFileSystem: () => Promise.resolve(true),
        },
      }
    },
  }
}

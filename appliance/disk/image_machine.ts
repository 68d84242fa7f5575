/** The machine as it is in the image: what disk, TPM, signed policy and consoles it has. */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { readBootPolicy, type BootPolicy } from './boot_policy.ts'
import type { Console } from './console.ts'
import { places, type DataMachine, type DataOpened, type RunningMachine } from './data_machine.ts'
import { DiskError } from './errors.ts'
import { createLuks } from './luks.ts'
import { raiseCounter } from './running.ts'
import { createTpm, type Tpm } from './tpm.ts'
import { createVolume } from './volume.ts'

/** Set by the boot stub when it measured into a TPM. */
const stubMeasured =
  '/sys/firmware/efi/efivars/StubPcrKernelImage-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f'
/** Longer than any driver takes to find its chip. */
const tpmPatienceMs = 30_000

/** While the machine starts. */
export async function startingMachine(console: Console): Promise<DataMachine> {
  if (!existsSync(places.device)) {
    throw new DiskError('DISK_MISSING', 'there is no data partition on any disk')
  }
  mkdirSync(places.private, { recursive: true, mode: 0o700 })
  return {
    ...machineWith(await foundTpm()),
    ...{ isSecureBoot: isSecureBoot(), console },
    volume: createVolume({ device: places.device, volumeKeyFile: places.volumeKey }),
  }
}

/** While it runs. */
export function runningMachine(): RunningMachine {
  return machineWith(existsSync(places.tpm) ? openTpm() : undefined)
}

/** How the disk was opened at this start; undefined outside the image. */
export function readOpened(): DataOpened | undefined {
  if (!existsSync(places.opened)) return undefined
  return JSON.parse(readFileSync(places.opened, 'utf8')) as DataOpened
}

/** For health page and console. */
export function writeOpened(opened: DataOpened): void {
  writeFileSync(places.opened, `${JSON.stringify(opened)}\n`, { mode: 0o644 })
}

/** A version was committed: the TPM opens the disk for no older one from now on. Nothing happens where the disk's key is not in a TPM. */
export async function raiseImageCounter(version: string): Promise<void> {
  if (readOpened()?.isSealed !== true) return
  await raiseCounter(runningMachine(), version)
}

function machineWith(tpm: Tpm | undefined): RunningMachine {
  const volumeKeyFile = places.volumeKey
  return {
    luks: createLuks({ device: places.device, volumeKeyFile }),
    ...{ volumeKeyFile, tpm, bootPolicy: bootPolicy() },
    random: (bytes) => new Uint8Array(randomBytes(bytes)),
  }
}

async function foundTpm(): Promise<Tpm | undefined> {
  const until = performance.now() + tpmPatienceMs
  while (!existsSync(places.tpm)) {
    // Only where the firmware has one is it worth waiting.
    if (!existsSync(stubMeasured) || performance.now() > until) return undefined
    await pause(100)
  }
  return openTpm()
}

function openTpm(): Tpm {
  return createTpm({ tcti: `device:${places.tpm}`, folder: places.contexts })
}

/** The policy that this kernel image brought; a malformed one counts as none, since it is the TPM that would refuse it. */
function bootPolicy(): BootPolicy | undefined {
  if (!existsSync(places.bootPolicy)) return undefined
  try {
    return readBootPolicy(readFileSync(places.bootPolicy, 'utf8'))
  } catch (error) {
    if (error instanceof DiskError) return undefined
    throw error
  }
}

/** The variable's four octets of attributes, then 1 where Secure Boot is on (UEFI 3.3). */
function isSecureBoot(): boolean {
  if (!existsSync(places.secureBoot)) return false
  return readFileSync(places.secureBoot)[4] === 1
}

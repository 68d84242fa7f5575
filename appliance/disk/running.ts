/**
 * What is done to the data partition's keys while the box runs, each as root: the counter of versions, PIN, passphrase, recovery passphrase,
 * factory reset. Each step leaves what opened it before until the new one is there.
 */
import { DiskError } from './errors.ts'
import { headerBytes, slotsFor } from './luks.ts'
import type { RunningMachine } from './data_machine.ts'
import { normalRecoveryPassphrase } from './recovery_passphrase.ts'
import { passphraseOctets, weaknessOf } from './secrets.ts'
import { authorisationsOf, sealedKeysOf, sealToTpm } from './tpm_key.ts'
import { versionNumberOf } from './version_number.ts'

/** What the header says of itself, for pages and console. */
export interface DiskKeys {
  readonly hasPassphrase: boolean
  readonly hasRecovery: boolean
  readonly isSealed: boolean
  readonly hasPin: boolean
}

/** Throws `DISK_FOREIGN`. */
export async function diskKeys(machine: RunningMachine): Promise<DiskKeys> {
  const header = await readyHeader(machine)
  const sealed = sealedKeysOf(header)
  const has = (purpose: keyof typeof slotsFor): boolean =>
    slotsFor[purpose].some((slot) => header.slots.includes(slot))
  return {
    ...{ hasPassphrase: has('passphrase'), hasRecovery: has('recovery') },
    ...{ isSealed: sealed.length > 0, hasPin: sealed.some(({ pin }) => pin) },
  }
}

/** A version was committed: from now on the TPM opens the disk for no older one. Whether the counter was raised. */
export async function raiseCounter(machine: RunningMachine, version: string): Promise<boolean> {
  const { tpm } = machine
  const number = versionNumberOf(version)
  const old = await tpm?.readCounter()
  if (tpm === undefined || old === undefined || old >= number) return false
  await tpm.raiseCounter(number, authorisationsOf(machine).owner)
  return true
}

/** Sets the PIN, or takes it away. Throws `DISK_SECRET_WEAK`, and `DISK_LOCKED` where the key is not in a TPM. */
export async function setPin(machine: RunningMachine, pin: string | undefined): Promise<void> {
  if (pin !== undefined && weaknessOf(pin, 'pin')) throw weak('a PIN has 6 characters or more')
  if (!(await diskKeys(machine)).isSealed) {
    throw new DiskError('DISK_LOCKED', 'the disk’s key is not in a TPM, so it can have no PIN')
  }
  await sealToTpm(machine, pin)
}

/** Another passphrase at start. Throws `DISK_SECRET_WEAK`, `DISK_LOCKED` if the old one is wrong. */
export async function changePassphrase(
  machine: RunningMachine,
  { old, next }: { readonly old: string; readonly next: string },
): Promise<void> {
  if (weaknessOf(next, 'passphrase')) throw weak('a passphrase has 12 characters or more')
  await mustOpen(machine, old)
  await machine.luks.replaceSlot('passphrase', passphraseOctets(next))
}

/**
 * Makes a passphrase, already in shares, the one that recovers the disk. Where there is one, `old` must be it: so the custodians came
 * together. Throws `DISK_RECOVERY_MALFORMED`, `DISK_RECOVERY_PRESENT`, `DISK_LOCKED`.
 */
export async function enrolRecovery(
  machine: RunningMachine,
  recovery: {
    readonly passphrase: string
    readonly old?: string | undefined
    /** While there is no box: a ceremony that was broken off left one whose shares are of nothing. */
    readonly mayReplace?: boolean
  },
): Promise<void> {
  const { passphrase, old, mayReplace = false } = recovery
  const next = normalRecoveryPassphrase(passphrase)
  if (!mayReplace && (await diskKeys(machine)).hasRecovery) {
    if (old === undefined) {
      throw new DiskError('DISK_RECOVERY_PRESENT', 'there is a recovery passphrase already')
    }
    await mustOpen(machine, normalRecoveryPassphrase(old))
  }
  await machine.luks.replaceSlot('recovery', passphraseOctets(next))
}

/** Nothing on the disk can be read ever again, by nobody; the next start is a very first one. The caller restarts the machine. */
export async function factoryReset(
  machine: RunningMachine,
  wipe: (octets: number) => void,
): Promise<void> {
  const { lockout } = authorisationsOf(machine)
  // First the keys. Cut after this, the next start finds a header without keys, and makes the partition anew.
  await machine.luks.erase()
  // Then what the TPM holds: its seed changes, so that an old copy of the header is worth nothing.
  await machine.tpm?.clear(lockout).catch((error: unknown) => {
    // A TPM that is not ours was never given the key.
    if (!(error instanceof DiskError)) throw error
  })
  wipe(headerBytes)
}

async function readyHeader({ luks }: RunningMachine) {
  const header = await luks.readHeader()
  if (header.kind === 'ready') return header
  throw new DiskError('DISK_FOREIGN', 'the data partition is not ready')
}

async function mustOpen({ luks }: RunningMachine, typed: string): Promise<void> {
  if (await luks.opens(passphraseOctets(typed))) return
  throw new DiskError('DISK_LOCKED', 'the old passphrase is wrong')
}

function weak(message: string): DiskError {
  return new DiskError('DISK_SECRET_WEAK', message)
}

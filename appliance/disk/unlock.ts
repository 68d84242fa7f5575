/**
 * Opens the data partition, or makes it at the very first boot: by the TPM where it lets us, else by what a person types at the console.
 * Decides; the doing is in `luks.ts`, `tpm_key.ts` and `volume.ts` (docs/adr/0035).
 */
import type { Console } from './console.ts'
import type { DataMachine, DataOpened, TpmRefusal } from './data_machine.ts'
import { DiskError } from './errors.ts'
import { slotsFor, writeVolumeKey, type Header } from './luks.ts'
import { normalRecoveryPassphrase } from './recovery_passphrase.ts'
import { passphraseOctets, weaknessOf } from './secrets.ts'
import { newSecret, ownTpm, refusalToSeal, sealedKeysOf, sealToTpm, unsealAny } from './tpm_key.ts'
import type { DiskQuestion } from './words.ts'

type Ready = Header & { readonly kind: 'ready' }

/** Opens it. Throws `DISK_FOREIGN` for what is not ours; without TPM it waits for a passphrase for ever. */
export async function openData(machine: DataMachine): Promise<DataOpened> {
  // Afterwards not even root gets the key out of the TPM, until the next start; whether it was opened or not.
  const close = async (): Promise<void> => {
    if (machine.isSecureBoot) await machine.tpm?.closeUntilRestart()
  }
  const opened = await openOrMake(machine).catch(async (error: unknown) => {
    await close().catch(() => undefined)
    throw error
  })
  await close()
  return opened
}

async function openOrMake(machine: DataMachine): Promise<DataOpened> {
  const header = await machine.luks.readHeader()
  if (header.kind === 'foreign') {
    throw new DiskError('DISK_FOREIGN', 'the data partition holds something that is not ours')
  }
  return header.kind === 'ready' ? openReady(machine, header) : make(machine)
}

/**
 * The very first boot. Cut at any moment before `finish`, the next start begins anew, since nobody was answered anything; cut after it,
 * `ownTpm` of the next start makes good what is missing.
 */
async function make(machine: DataMachine): Promise<DataOpened> {
  const { luks, volume, console } = machine
  const refusal = await refusalToSeal(machine, false)
  const isSealed = refusal === undefined
  if (!isSealed) console.say(refusal)
  const secret = isSealed
    ? newSecret(machine)
    : passphraseOctets(await newOne(console, 'new-passphrase'))
  console.say('forming')
  writeVolumeKey(machine.volumeKeyFile, machine.random)
  await luks.format({ purpose: isSealed ? 'tpm' : 'passphrase', secret })
  await volume.open()
  await volume.makeFileSystem()
  if (isSealed) await sealToTpm(machine)
  await luks.finish()
  if (isSealed) await ownTpm(machine)
  const openedBy = isSealed ? 'tpm' : 'passphrase'
  return { openedBy, isNew: true, isSealed, refusal, isRepaired: false }
}

async function openReady(machine: DataMachine, header: Ready): Promise<DataOpened> {
  const { openedBy, refusal } = await unlock(machine, header)
  machine.console.say('opened')
  await machine.volume.open()
  const isRepaired = await machine.volume.checkFileSystem()
  if (isRepaired) machine.console.say('repaired')
  if (!(await machine.volume.growFileSystem())) machine.console.say('not-grown')
  const left = openedBy === 'recovery' ? await sealAnew(machine, { header, refusal }) : refusal
  const isSealed = openedBy === 'tpm' || (openedBy === 'recovery' && left === undefined)
  if (isSealed) await ownTpm(machine)
  return { openedBy, isNew: false, isSealed, refusal: left, isRepaired }
}

interface Unlocked {
  readonly openedBy: DataOpened['openedBy']
  /** Why it was not the TPM. */
  readonly refusal: TpmRefusal | undefined
}

async function unlock({ luks, ...machine }: DataMachine, header: Ready): Promise<Unlocked> {
  const { console } = machine
  const tried = await unsealAny({ luks, ...machine }, header)
  if (tried instanceof Uint8Array && (await luks.unlock(tried))) {
    return { openedBy: 'tpm', refusal: undefined }
  }
  const refusal = tried instanceof Uint8Array ? 'other-tpm' : tried
  if (sealedKeysOf(header).length > 0) console.say(refusal)
  const hasPassphrase = slotsFor.passphrase.some((slot) => header.slots.includes(slot))
  for (;;) {
    const typed = await console.ask(hasPassphrase ? 'passphrase' : 'recovery')
    const recovery = recoveryOf(typed)
    // First the quick one: a recovery passphrase looks like no other.
    if (recovery !== undefined && (await luks.unlock(passphraseOctets(recovery)))) {
      return { openedBy: 'recovery', refusal }
    }
    if (hasPassphrase && typed !== '' && (await luks.unlock(passphraseOctets(typed)))) {
      return { openedBy: 'passphrase', refusal }
    }
    console.say('wrong')
  }
}

/** The TPM gets its key back, since it or the firmware changed; an older version does not get it. What stands against it. */
async function sealAnew(
  machine: DataMachine,
  { header, refusal }: { header: Ready; refusal: TpmRefusal | undefined },
): Promise<TpmRefusal | undefined> {
  const sealed = sealedKeysOf(header)
  // A box without sealed key is one that asks for its passphrase: so it was chosen.
  if (sealed.length === 0 || refusal === 'older-version') return refusal
  const against = await refusalToSeal(machine, true)
  if (against !== undefined) return against
  const pin = sealed.some((key) => key.pin) ? await newOne(machine.console, 'new-pin') : undefined
  await sealToTpm(machine, pin)
  machine.console.say('sealed-anew')
  return undefined
}

/** A new secret, typed twice. */
async function newOne(console: Console, question: DiskQuestion): Promise<string> {
  const kind = question === 'new-pin' ? 'pin' : 'passphrase'
  for (;;) {
    const typed = await console.ask(question)
    if (weaknessOf(typed, kind)) console.say('too-short')
    else if ((await console.ask('again')) === typed) return typed
    else console.say('differ')
  }
}

function recoveryOf(typed: string): string | undefined {
  try {
    return normalRecoveryPassphrase(typed)
  } catch {
    return undefined
  }
}

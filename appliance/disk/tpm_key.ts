/** The disk's key in the TPM: whether it may be put there, putting it there, getting it back, and what guards the TPM. */
import { hkdfSync } from 'node:crypto'
import type { DataMachine, RunningMachine, TpmRefusal } from './data_machine.ts'
import { DiskError } from './errors.ts'
import { readVolumeKey, type Header } from './luks.ts'
import { readSealedKey, sealedKeyType, writeSealedKey, type SealedKey } from './sealed_key.ts'
import type { TpmAuthorisations } from './tpm.ts'

const secretBytes = 32
const maxPinTries = 3

/** A new secret in the TPM and in the header; the old sealed key goes last. */
export async function sealToTpm(machine: RunningMachine, pin?: string): Promise<void> {
  const { tpm, bootPolicy: policy, luks, random } = machine
  if (!tpm || !policy) return
  // A TPM that is ours keeps its storage key, and the counter that knows the highest version.
  if (!(await tpm.state()).isOwned) await tpm.prepare(policy.versionNumber)
  const secret = random(secretBytes)
  const sealed = await tpm.seal(secret, { policy, pin })
  await luks.replaceSlot('tpm', secret, (slot) => writeSealedKey(sealed, slot))
}

/** A secret for the header that is made before the TPM's part. */
export const newSecret = ({ random }: RunningMachine): Uint8Array => random(secretBytes)

/** Sets the TPM's authorisations where a power cut kept us from it. */
export async function ownTpm(machine: RunningMachine): Promise<void> {
  const { tpm } = machine
  if (tpm && !(await tpm.state()).isOwned) await tpm.takeOwnership(authorisationsOf(machine))
}

/** What guards the TPM, derived from the volume key: who has opened the partition has it, nobody else. */
export function authorisationsOf(
  machine: Pick<RunningMachine, 'volumeKeyFile'>,
): TpmAuthorisations {
  const volumeKey = readVolumeKey(machine.volumeKeyFile)
  const derived = (use: string): string =>
    Buffer.from(hkdfSync('sha256', volumeKey, '', `sealbox/1 tpm ${use}`, 24)).toString('base64url')
  return { owner: derived('owner'), lockout: derived('lockout') }
}

/** Whether this TPM may be given the key: only under verified boot, and at a first boot only if it is nobody's. */
export async function refusalToSeal(
  machine: DataMachine,
  mayBeOurs: boolean,
): Promise<TpmRefusal | undefined> {
  const { tpm, bootPolicy, isSecureBoot } = machine
  if (!tpm) return 'none'
  if (!bootPolicy) return 'no-boot-policy'
  // Without Secure Boot anybody's loader can measure what ours would have measured.
  if (!isSecureBoot) return 'secure-boot-off'
  try {
    if (!Buffer.from(await tpm.readPcr(11)).equals(bootPolicy.pcr11)) return 'foreign-kernel'
    return (await tpm.state()).isOwned && !mayBeOurs ? 'owned-by-others' : undefined
  } catch (error) {
    return refusalFor(error)
  }
}

/** The sealed keys of a header: two where a replacement was cut short. */
export function sealedKeysOf(header: Header & { kind: 'ready' }): readonly SealedKey[] {
  return Object.values(header.tokens).flatMap((token) => {
    const isOurs =
      typeof token === 'object' && token !== null && 'type' in token && token.type === sealedKeyType
    return isOurs ? [readSealedKey(token)] : []
  })
}

/** The secret that the TPM gives, or why it does not. */
export async function unsealAny(
  machine: DataMachine,
  header: Header & { kind: 'ready' },
): Promise<Uint8Array | TpmRefusal> {
  let refusal: TpmRefusal = 'none'
  for (const sealed of sealedKeysOf(header)) {
    const tried = await unsealOne(machine, sealed).catch(refusalFor)
    if (tried instanceof Uint8Array) return tried
    refusal = tried
  }
  return refusal
}

async function unsealOne(
  machine: DataMachine,
  sealed: SealedKey,
): Promise<Uint8Array | TpmRefusal> {
  const { tpm, bootPolicy: policy } = machine
  if (!tpm) return 'none'
  if (!policy) return 'no-boot-policy'
  // Only to tell people what is wrong: it is the TPM that refuses.
  if ((await tpm.state()).isLockedOut) return 'locked-out'
  const counter = await tpm.readCounter()
  if (counter === undefined) return 'other-tpm'
  if (counter > policy.versionNumber) return 'older-version'
  if (Buffer.from(await tpm.readPcr(7)).toString('hex') !== sealed.pcr7) return 'firmware-changed'
  if (!sealed.pin) return tpm.unseal(sealed, { policy })
  return unsealWithPin(machine, sealed)
}

async function unsealWithPin(
  { tpm, bootPolicy: policy, console }: DataMachine,
  sealed: SealedKey,
): Promise<Uint8Array | TpmRefusal> {
  for (let tries = 0; tpm && policy && tries < maxPinTries; tries++) {
    try {
      return await tpm.unseal(sealed, { policy, pin: await console.ask('pin') })
    } catch (error) {
      if (stepOf(error) !== 'unseal') throw error
      console.say('wrong')
    }
  }
  return 'pin'
}

/** A TPM that does something else than it should is as good as none: the passphrase remains. */
function refusalFor(error: unknown): TpmRefusal {
  if (!(error instanceof DiskError)) throw error
  return stepOf(error) === 'policyauthorize' ? 'foreign-kernel' : 'other-tpm'
}

function stepOf(error: unknown): unknown {
  return error instanceof DiskError ? error.details['step'] : undefined
}

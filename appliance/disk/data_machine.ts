/** What the data partition's acts work on: a machine with a disk, perhaps a TPM, and consoles. Types, and where things lie in the image. */
import type { BootPolicy } from './boot_policy.ts'
import type { Console } from './console.ts'
import type { Luks } from './luks.ts'
import type { Tpm } from './tpm.ts'

/** Why the TPM does not open the disk, or cannot be given its key. */
export type TpmRefusal =
  | 'none'
  | 'no-boot-policy'
  | 'secure-boot-off'
  | 'owned-by-others'
  | 'locked-out'
  | 'other-tpm'
  | 'older-version'
  | 'firmware-changed'
  | 'foreign-kernel'
  | 'pin'

/** A machine that runs: its partition is open, and the volume key lies in its file. */
export interface RunningMachine {
  readonly luks: Luks
  /** On a memory file system, root's only: whoever has it may change the key slots. */
  readonly volumeKeyFile: string
  readonly tpm: Tpm | undefined
  readonly bootPolicy: BootPolicy | undefined
  readonly random: (bytes: number) => Uint8Array
}

/** A machine that starts. */
export interface DataMachine extends RunningMachine {
  readonly isSecureBoot: boolean
  readonly console: Console
  /** The partition as an open device. */
  readonly volume: {
    open(): Promise<void>
    makeFileSystem(): Promise<void>
    /** Whether more than the journal had to be repaired. */
    checkFileSystem(): Promise<boolean>
    /** Gives it the room that the partition has; false where that failed, and it stays as it is. */
    growFileSystem(): Promise<boolean>
  }
}

/** How it went: what health page and console show. */
export interface DataOpened {
  readonly openedBy: 'tpm' | 'passphrase' | 'recovery'
  readonly isNew: boolean
  /** Whether the TPM will open it at the next start; if not, why. */
  readonly isSealed: boolean
  readonly refusal: TpmRefusal | undefined
  readonly isRepaired: boolean
}

export const places = {
  device: '/dev/disk/by-partlabel/sealbox-data',
  /** Root's only. */
  private: '/run/sealbox-disk',
  volumeKey: '/run/sealbox-disk/volume.key',
  contexts: '/run/sealbox-disk/tpm',
  /** What the initial file system took over from the boot stub. */
  bootPolicy: '/run/sealbox-boot/tpm2-pcr-signature.json',
  /** `DataOpened` as JSON, for everybody. */
  opened: '/run/sealbox-boot/disk.json',
  secureBoot: '/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c',
  tpm: '/dev/tpmrm0',
} as const

/** The data partition: sealed to TPM and kernel image, or opened by a passphrase (docs/adr/0035). What other folders use. */
export { DiskError, type DiskErrorCode } from './errors.ts'
export { readBootPolicy, signBootPolicy, type BootPolicy } from './boot_policy.ts'
export { pcr11Of, type KernelSections } from './pcr11.ts'
export { versionNumberOf } from './version_number.ts'
export {
  normalRecoveryPassphrase,
  recoveryOfIdentity,
  recoveryPassphrase,
} from './recovery_passphrase.ts'
export { raiseImageCounter, readOpened } from './image_machine.ts'
export { type DiskJob, type DiskOutcome, eraseWords } from './job.ts'
export { diskRefusals } from './words.ts'

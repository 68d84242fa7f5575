/**
 * What of the kit the box itself uses as well: all but what makes requests and PKCS#12, whose library would be loaded at each start.
 * Isomorphic, as `index.ts`.
 */
export {
  enrolmentCodeBytes,
  enrolmentCodeExpiry,
  enrolmentCodeHash,
  isEnrolmentCodeExpired,
  newEnrolmentCode,
} from './enrolment_code.ts'
export { fingerprintWords, readFingerprint } from './fingerprint_words.ts'
export type { Fingerprint, TypedFingerprint } from './fingerprint_words.ts'
export {
  argon2Costs,
  checkKeyFile,
  maxKeyFileBytes,
  readKeyFile,
  writeKeyFile,
} from './key_file.ts'
export type { Argon2Cost, KeyFile, KeyUse, WrappedKey } from './key_file.ts'
export { exportPkcs8, importPkcs8, importUnitKey, makeUnitKey } from './keys.ts'
export type { UnitKey } from './keys.ts'
export { renewalDue, warningDays, type RenewalDue } from '../renewal/due.ts'
export { holderOfKey, personSeat, signersOf, withCertificates } from './signers.ts'
export {
  maxRequestFileBytes,
  readRequestFile,
  requestedCertificates,
  requestId,
  writeRequestFile,
  type RequestedCertificate,
  type RequestedKey,
} from '../../exchange/unit/index.ts'
export { newUnitSecret, readUnitSecret, unitSecretBytes, writeUnitSecret } from './unit_secret.ts'
export { openKeyFile, wrapKeys } from './wrap.ts'
export type { Argon2id, OpenedKey, UnitSigningKey, Unlocking } from './wrap.ts'

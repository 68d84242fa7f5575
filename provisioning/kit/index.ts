/**
 * The public face of what happens at the unit: keys, requests, PKCS#12, the key file, codes and secrets on paper, fingerprints.
 * Isomorphic: nothing reachable from here imports a `node:` module, does I/O, reads a clock or a random source of its own.
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
export { pkcs12Costs, writePkcs12 } from './pkcs12.ts'
export type { LegacyCrypto, Pkcs12Cost } from './pkcs12.ts'
export { makeRenewalKeys, signRenewal, type Renewable, type RenewalKey } from './renewal.ts'
export { makeRequest } from './request.ts'
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

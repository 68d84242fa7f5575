/**
 * age files (age-encryption.org/v1) with X25519 recipients: what is written here `age -d` opens, and the other way round. No other
 * recipient type, no armour, no passphrases.
 */
export {
  ageKeyPair,
  identityFile,
  publicOf,
  readIdentity,
  readIdentityFile,
  readRecipient,
  type AgeKeyPair,
} from './keys.ts'
export { maxAgeHeaderBytes, readHeader } from './header.ts'
export {
  createAgeWriter,
  openAge,
  type AgeWriter,
  type OpenedAge,
  type ReadPart,
} from './payload.ts'

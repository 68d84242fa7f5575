/**
 * The public face of the trust services: signers and key stores, certificates, revocation, OCSP, time-stamping, the journal. It takes
 * and gives plain data. Path validation has a face of its own, `ca/path/index.ts`, which a browser can load.
 */
export * from './bytes.ts'
export { canonicalJson } from './canonical_json.ts'
export {
  createSystemClock,
  readClocks,
  timeSources,
  type Clock,
  type ClockReading,
  type ClockState,
  type TimeSource,
} from './clock.ts'
export {
  createGuardedClock,
  maxBackMs,
  type ClockStart,
  type GuardedClock,
  type GuardedClockOptions,
} from './time/guard.ts'
export {
  clockConfirmedEntry,
  clockKey,
  holdReasons,
  type ClockConfirmed,
  type ClockHeld,
  type ClockRecord,
  type HoldReason,
} from './time/records.ts'
export { fromPem, toPem } from './pem.ts'
export { sha256OfFile, syncFolder, writeWhole } from './whole_file.ts'
export { systemRandom, type Random } from './random.ts'
export { createTurns as createSlices } from './turns.ts'
export { CaError, type CaErrorCode } from './errors.ts'
export { oids } from './oids.ts'
export {
  digestOctets,
  signatureSuites,
  type SignatureAlgorithm,
  type Signer,
  type SuiteDigest,
} from './signer.ts'
export { nodeCrypto } from './node_crypto.ts'
export { suiteOf, verifySignature } from './verify_signature.ts'
export {
  assembleSignedData,
  signCms,
  signedAttributes,
  type RevocationData,
} from './cms/signed_data.ts'
export { certificatesOnly } from './cms/certificates_only.ts'
export * from './journal/index.ts'

export {
  createKeyFolder,
  createKeyStores,
  createMemoryKeys,
  signerOf,
  signerWith,
  type KeyFolder,
  type MemoryKeys,
  type SigningKey,
} from './keys/key_folder.ts'
export { openToken, type Token, type TokenOptions } from './keys/pkcs11/token.ts'
export { createTokenKeys } from './keys/pkcs11/token_keys.ts'
export {
  openRootKey,
  splitRootKey,
  type Custodian,
  type OfferedShare,
  type OpenedRoot,
  type SplitRoot,
} from './keys/root_shares.ts'
export { readBackupShare, type BackupShare } from './keys/root_share.ts'
export { openBackupKey, splitBackupKey, type OpenedBackupKey } from './keys/backup_shares.ts'
export { openKeyFile, sealKeyFile, type SecretStrength } from './keys/sealed_key_file.ts'
export { buildCertificate, drawSerial } from './certificates/build.ts'
export { urlsBelow, type Urls } from './certificates/extensions.ts'
export type { Subject } from './certificates/name.ts'
export { isProfileName, profiles, type ProfileName } from './certificates/profiles.ts'
export type { ProvenPublicKey } from './certificates/public_key.ts'
export { maxRequestBytes, readRequest } from './certificates/request.ts'
export { hasNamesOf, readRequestNames, type RequestNames } from './certificates/request_names.ts'
export { buildCrl, type RevokedCertificate } from './crl/build.ts'
export { isRevocationReason, revocationReasons, type RevocationReason } from './crl/reasons.ts'
export { readAuthorities } from './authority/read_authorities.ts'
export { createAuthority } from './authority/authority.ts'
export type {
  Authority,
  AuthorityKey,
  AuthorityOptions,
  CertificatesAsked,
  CertificatesPage,
  CertificateState,
  CurrentCrl,
  IssueOptions,
  Prepared,
  PreparedCertificate,
  PublishedCrl,
  ReleaseOptions,
  RevokeOptions,
} from './authority/types.ts'
export { crlDays } from './authority/crls.ts'
export { crlIssuedEntry, issuerId } from './authority/entries.ts'
export { readRevoked, revokedIn } from './authority/crl_keeper.ts'
export { prepareAbsentRevocation } from './authority/revoke.ts'
export { crlPublishedEntry, readPublishedCrl } from './authority/published_crl.ts'
export { caFolds } from './authority/folds.ts'
export {
  countByMonth,
  countEnding,
  countRevoked,
  endingBetween,
  findByDigits,
  minSearchDigits,
  revokedCertificates,
  type EndingAsked,
  type Found,
  type MonthCount,
} from './authority/find.ts'
export { keys as caKeys, type BoxRecord } from './authority/keyspace.ts'
export { isRollOverDue, keyUsagePeriod, rollOverLeadDays } from './services/usage.ts'
export { rollOverService, type ServiceRole } from './district/roll_over_service.ts'
export {
  boxKeyNames,
  currentService,
  readServices,
  serviceActivatedEntry,
  serviceKeyName,
  serviceViewKey,
  type BoxKeyName,
  type ServiceActivated,
  type ServiceGeneration,
  type Services,
} from './services/service.ts'
export { decodeOcspPath, maxOcspRequestBytes } from './ocsp/request.ts'
export type { OcspError } from './ocsp/encode.ts'
export type { OcspAnswer, OcspFigures, OcspResponder } from './ocsp/respond.ts'
export { maxTimeStampRequestBytes, type TimeStampFailure } from './tsp/request.ts'
export { timeStampPolicies, type TimeStampPolicy } from './tsp/policies.ts'
export {
  createTokenRecorder,
  countTokens,
  grantedPage,
  tokensOf,
  type GrantedToken,
  type RecordToken,
  type TimeStampsGranted,
} from './tsp/granted.ts'
export type { CarriedPieces } from './cms/repeated_signature.ts'
export {
  createTimeStampAuthority,
  type StampOptions,
  type TimeStampAnswer,
  type TimeStampAuthority,
  type TimeStampAuthorityOptions,
  type TimeStampKey,
} from './tsp/authority.ts'
export {
  boxActor,
  boxCommonName,
  type BoxIdentity,
  type BoxMode,
} from './district/box_certificate.ts'
export {
  rollOverIssuing,
  rollOverRoot,
  type RolledIssuing,
  type RolledRoot,
  type RollOverParts,
} from './district/roll_over.ts'
export { offlineCrl, offlineCrlDays, type OfflineCrl } from './district/offline_crl.ts'
export {
  ceremonyHeldEntry,
  ceremonyKinds,
  readCeremonies,
  type Ceremony,
  type CeremonyKind,
} from './district/ceremony_record.ts'
export {
  createDistrict,
  createTrialDistrict,
  type District,
  type DistrictCertificates,
  type DistrictOptions,
  type TrialDistrictOptions,
} from './district/first_boot.ts'

/**
 * The public face of reading and judging: certificates, CRLs, OCSP, CMS, time-stamp tokens, certification paths, journal proofs; and of
 * what a unit's key signs.
 * Isomorphic: nothing reachable from here imports a `node:` module, does I/O, reads a clock or a random source; cryptography is WebCrypto unless
 * a port is handed in. Of `ca`, isomorphic faces above import this one and no other.
 */
export * from '../bytes.ts'
export * from '../der/read.ts'
export * as der from '../der/write.ts'
export { derEcdsaSignature } from '../ecdsa_signature.ts'
export { fromPem, toPem } from '../pem.ts'
export { canonicalJson } from '../canonical_json.ts'
export { CaError, readOrExplain, type CaErrorCode } from '../errors.ts'
export { oids } from '../oids.ts'
export { revocationReasons, type RevocationReason } from '../crl/reasons.ts'
export { signedAttributes } from '../cms/signed_data.ts'
export {
  addLeaf,
  emptyFrontier,
  leafHash,
  rootHash,
  verifyConsistency,
  verifyInclusion,
  type Frontier,
} from '../journal/merkle.ts'
export {
  ed25519PublicKey,
  maxCheckpointBytes,
  parseCheckpoint,
  verifyCheckpoint,
  type Checkpoint,
} from '../journal/checkpoint.ts'
export { entryObjection, readEntry } from '../journal/entry.ts'
export type { Entry, Json, JsonObject, TreeHead } from '../journal/types.ts'

export {
  isSelfIssued,
  maxCertificateBytes,
  readCertificate,
  type Certificate,
} from './certificate.ts'
export {
  verifySignerInfo,
  type CmsFinding,
  type CmsFindingCode,
  type CmsVerdict,
  type VerifySignerInfoOptions,
} from './cms_verify.ts'
export { maxCrlBytes, readCrl, type Crl } from './crl.ts'
export type { CrlEntries, RevokedEntry } from './crl_entries.ts'
export { verifyCrl, type CrlVerdict } from './crl_verify.ts'
export type { PathFinding, PathFindingCode } from './findings.ts'
export {
  freshnessOf,
  type Freshness,
  type FreshnessPolicy,
  type RevocationTimes,
} from './freshness.ts'
export { readNameDer, sameName, type GeneralName, type Name } from './names.ts'
export { readOcspResponse, type OcspAnswer, type OcspResponse } from './ocsp_response.ts'
export { verifyOcsp, type OcspFindingCode, type OcspVerdict } from './ocsp_verify.ts'
export { createPieces, signedDataOf, type PathPorts, type Pieces } from './pieces.ts'
export { collectRevocationFacts, type VouchedFact } from './revocation_facts.ts'
export {
  readHash,
  digestWith,
  signatureScheme,
  webDigest,
  webVerifySignature,
  type CryptoPorts,
  type Digest,
  type Hasher,
  type HashName,
  type SignatureCheck,
  type SignatureScheme,
  type VerifySignature,
} from './signatures.ts'
export {
  maxSignedDataBytes,
  readSignedData,
  type EssCertId,
  type SignedAttributes,
  type SignedData,
  type SignerInfo,
} from './signed_data.ts'
export {
  algorithmEnd,
  earlierEnd,
  hashEnd,
  signedEnd,
  type AlgorithmEnd,
} from './algorithm_ends.ts'
export { countStray } from './stray.ts'
export {
  commonValidity,
  slideTime,
  type ProvenFact,
  type RevocationFact,
  type SlideResult,
  type SlideStep,
} from './time_slide.ts'
export { readTimeStampToken, type TimeStampToken } from './time_stamp_token.ts'
export {
  verifyTimeStampToken,
  type TokenFinding,
  type TokenFindingCode,
  type TokenVerdict,
  type VerifyTokenOptions,
} from './token_verify.ts'
export { pathLimits } from './path_search.ts'
export {
  validatePath,
  type AnchorInput,
  type PathReport,
  type ValidatePathOptions,
} from './validate.ts'

/** What path validation can find: a closed set of codes, each naming its clause in the message. */

export type PathFindingCode =
  | 'TARGET_MALFORMED'
  | 'ANCHOR_MALFORMED'
  | 'INTERMEDIATE_MALFORMED'
  | 'CRL_MALFORMED'
  | 'ISSUER_NOT_FOUND'
  | 'LIMIT_EXCEEDED'
  | 'SIGNATURE_INVALID'
  /** An algorithm or key that is not verified here at all: DSA, SHA-1, RSA below 2048 bits. */
  | 'ALGORITHM_UNSUPPORTED'
  | 'NOT_YET_VALID'
  | 'EXPIRED'
  | 'NAME_CHAINING_BROKEN'
  | 'BASIC_CONSTRAINTS_MISSING'
  | 'PATH_LENGTH_EXCEEDED'
  | 'KEY_USAGE_FORBIDS_ISSUING'
  | 'CRITICAL_EXTENSION_UNKNOWN'
  /** A certificate that RFC 5280 4 forbids and that it would be a risk to go by. */
  | 'PROFILE_VIOLATED'
  /** No purpose is left that all certificates of the path allow. */
  | 'PURPOSE_NOT_PERMITTED'
  | 'POLICY_REQUIRED'
  | 'POLICY_MAPPING_OF_ANY_POLICY'
  | 'NAME_NOT_PERMITTED'
  | 'NAME_EXCLUDED'
  | 'NAME_CONSTRAINT_UNSUPPORTED'
  | 'REVOKED'
  | 'REVOCATION_UNDETERMINED'
  /** The only lists that speak of the certificate are not current. */
  | 'REVOCATION_STALE'

export interface PathFinding {
  readonly code: PathFindingCode
  /** For the operator, in English, with the clause of RFC 5280. */
  readonly message: string
  /** Place in `PathReport.path`: 0 is the target, behind the last certificate stands the anchor. */
  readonly certificateIndex?: number
}

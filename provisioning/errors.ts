/** What provisioning throws: a closed set of codes, a message for the operator, details safe to log. */

export type ProvisioningErrorCode =
  | 'ENROLMENT_REQUESTS_WRONG'
  | 'ENROLMENT_CODE_EXPIRED'
  | 'ENROLMENT_CODE_USED'
  | 'ENROLMENT_CODE_UNKNOWN'
  | 'ENROLMENT_CODE_REPLACED'
  | 'ENROLMENT_REQUEST_WAITING'
  | 'ENROLMENT_REQUEST_REFUSED'
  | 'ENROLMENT_REQUEST_UNKNOWN'
  | 'ENROLMENT_REQUEST_DECIDED'
  | 'ENROLMENT_REQUEST_UNDECIDED'
  | 'ENROLMENT_REQUEST_OWN'
  | 'ENROLMENT_CODE_OWN'
  | 'ENROLMENT_KEYS_KNOWN'
  | 'ENROLMENT_DONE'
  | 'ENROLMENT_NOT_DONE'
  | 'ENROLMENT_ORDER_DONE'
  | 'CERTIFICATES_TOO_MANY'
  | 'RENEWAL_NOT_LIVE'
  | 'RENEWAL_NOT_YOURS'
  | 'RENEWAL_SUBJECT_DIFFERS'
  | 'RENEWAL_KEY_FILE_WRONG'
  | 'HOLDER_UNKNOWN'
  | 'PERSON_KNOWN'
  | 'ROSTER_REFUSED'
  | 'KEY_FILE_ABSENT'
  | 'KEY_FILE_LOCKED'
  | 'KEY_FILE_MALFORMED'
  | 'KEY_FILE_TAMPERED'
  | 'KEY_FILE_KEY_REFUSED'
  | 'ENROLMENT_CODE_MISTYPED'
  | 'UNIT_SECRET_MISTYPED'
  | 'FINGERPRINT_MALFORMED'
  | 'PKCS12_REFUSED'

/** A broken promise of this room; `message` and `details` never hold keys, passphrases, unit secrets or codes. */
export class ProvisioningError extends Error {
  readonly code: ProvisioningErrorCode
  readonly details: Readonly<Record<string, unknown>>

  constructor(
    code: ProvisioningErrorCode,
    message: string,
    options: { details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.name = 'ProvisioningError'
    this.code = code
    this.details = options.details ?? {}
  }
}

/** What the trust services and the journal throw: a closed set of codes, a message for the operator, details safe to log. */

export type CaErrorCode =
  | 'CA_CERTIFICATE_UNKNOWN'
  | 'CA_ALREADY_REVOKED'
  | 'CA_NOT_HELD'
  | 'CA_INVALIDITY_DATE_REFUSED'
  | 'CA_ISSUER_OFFLINE'
  | 'CA_ISSUER_REVOKED'
  | 'CA_ISSUER_UNKNOWN'
  | 'CA_REQUEST_MALFORMED'
  | 'CA_REQUEST_POSSESSION_UNPROVEN'
  | 'CA_REQUEST_KEY_REFUSED'
  | 'CA_KEY_FILE_LOCKED'
  | 'CA_KEY_FILE_MALFORMED'
  | 'CA_KEY_FILE_EXISTS'
  | 'CA_KEY_FILE_MISSING'
  | 'CA_KEY_NOT_EXPORTABLE'
  | 'CA_KEY_RECORD_DAMAGED'
  | 'CA_KEYS_RECIPIENT_CHANGED'
  | 'CA_KEYS_SILENT'
  | 'CA_TOKEN_UNAVAILABLE'
  | 'CA_TOKEN_UNKNOWN'
  | 'CA_TOKEN_LOCKED'
  | 'CA_TOKEN_FAILED'
  | 'CA_TOKEN_KEY_LOOSE'
  | 'CA_SHARE_MALFORMED'
  | 'CA_SHARE_ALTERED'
  | 'CA_SHARE_LOCKED'
  | 'CA_SHARE_REPEATED'
  | 'CA_SHARE_FOREIGN'
  | 'CA_SHARES_TOO_FEW'
  | 'CA_ROOT_KEY_FOREIGN'
  | 'CA_PROFILE_VIOLATED'
  | 'CA_TIME_UNAVAILABLE'
  | 'DER_MALFORMED'
  | 'JOURNAL_BEHIND_VIEWS'
  | 'JOURNAL_CONFLICT'
  | 'JOURNAL_DAMAGED'
  | 'JOURNAL_READ_ONLY'
  | 'JOURNAL_UNCONFIRMED'
  | 'JOURNAL_STOPPED'
  | 'JOURNAL_ENTRY_REFUSED'
  | 'VIEW_DAMAGED'
  | 'BLOB_DAMAGED'
  | 'BLOB_MISSING'
  | 'BLOB_TOO_LARGE'
  | 'BLOB_STOPPED'
  | 'CHECKPOINT_MALFORMED'

/** A broken promise of this room; `details` never holds keys, passphrases or text of documents. */
export class CaError extends Error {
  readonly code: CaErrorCode
  readonly details: Readonly<Record<string, unknown>>

  constructor(
    code: CaErrorCode,
    message: string,
    options: { details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.name = 'CaError'
    this.code = code
    this.details = options.details ?? {}
  }
}

/** What `read` gives, or the message of the `CaError` that it refuses with: for who judges what others have made. */
export function readOrExplain<T>(read: () => T): T | { readonly message: string } {
  try {
    return read()
  } catch (error) {
    if (error instanceof CaError) return { message: error.message }
    throw error
  }
}

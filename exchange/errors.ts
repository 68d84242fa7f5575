/** What official documents throw: a closed set of codes, a message for the operator, details safe to log. */

export type ExchangeErrorCode =
  | 'SEARCH_CLOSED'
  | 'SEARCH_DAMAGED'
  | 'ALREADY_DONE'
  | 'EVIDENCE_DAMAGED'
  | 'SEAL_REQUEST_EXPIRED'
  | 'UPLOAD_REFUSED'
  | 'UPLOAD_WAITING'
  | 'UPLOAD_WAITING_FULL'
  | 'HOLDINGS_TOO_LARGE'
  | 'ATTACHMENT_UNKNOWN'
  | 'ISSUER_UNKNOWN'
  | 'RECIPIENT_UNKNOWN'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'NUMBER_SERIES_UNKNOWN'
  | 'NUMBER_TAKEN'
  | 'VERSION_STALE'
  | 'STAGE_WRONG'
  | 'NOT_PERMITTED'
  | 'RELEASE_OWN'
  | 'NOT_FOUND'
  | 'SIGNATURE_INVALID'
  | 'CERTIFICATE_NOT_LIVE'
  | 'STATEMENT_MISMATCH'
  | 'STATEMENT_MALFORMED'
  | 'REQUEST_FILE_MALFORMED'
  | 'SIGN_REQUEST_MALFORMED'
  | 'SIGN_REQUEST_FOREIGN'
  | 'SIGN_REQUEST_NOT_YOURS'
  | 'SIGN_REQUEST_DISAGREES'
  | 'SIGN_REQUEST_FILE_DIFFERS'
  | 'SIGN_KEY_MISSING'
  | 'SEAL_CHANGES_FILE'
  | 'SIGNED_MALFORMED'
  | 'ORDER_UNKNOWN'
  | 'ORDER_DECIDED'
  | 'ORDER_EXPIRED'
  | 'ORDER_SAME_OFFICER'
  | 'ORDER_NOT_YOURS'
  | 'ORDER_PROPOSER_GONE'
  | 'ORDER_ACT_MISSING'
  | 'ORDER_CLOCK_MOVED'
  | 'ORDER_KEY_IN_USE'
  | 'ORDER_NOTHING_RESTORED'
  | 'RESTORE_ORDER_DIFFERS'
  | 'ORDER_TOO_MANY'
  | 'JOURNAL_FORKED'
  | 'JOURNAL_SHORTER'
  | 'JOURNAL_PROOF_MISSING'
  | 'DRAFT_REFUSED'
  | 'FONT_UNUSABLE'
  | 'PDF_MALFORMED'
  | 'PDF_ENCRYPTED'
  | 'PDF_TOO_LARGE'
  | 'SEAL_PLACEHOLDER_TOO_SMALL'
  | 'SEAL_LEVEL_UNREACHABLE'
  | 'SEAL_NOT_ALLOWED'
  | 'SEAL_SIGNATURE_WRONG'
  | 'SEAL_PICTURE_REFUSED'

/** A broken promise of this room; `details` never holds keys, passphrases or text of documents. */
export class ExchangeError extends Error {
  readonly code: ExchangeErrorCode
  readonly details: Readonly<Record<string, unknown>>

  constructor(
    code: ExchangeErrorCode,
    message: string,
    options: { details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.name = 'ExchangeError'
    this.code = code
    this.details = options.details ?? {}
  }
}

/** What official documents throw: a closed set of codes, a message for the operator, details safe to log. */

export type ExchangeErrorCode =
  | 'DRAFT_REFUSED'
  | 'PDF_MALFORMED'
  | 'PDF_ENCRYPTED'
  | 'PDF_TOO_LARGE'
  | 'SEAL_PLACEHOLDER_TOO_SMALL'
  | 'SEAL_LEVEL_UNREACHABLE'

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

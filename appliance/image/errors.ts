/** What building, signing and testing an image throws: a closed set of codes and a sentence for the person at the terminal. */

export type ImageErrorCode =
  | 'IMAGE_TOOL_FAILED'
  | 'IMAGE_TOOL_MISSING'
  | 'IMAGE_INPUT_DIFFERS'
  | 'IMAGE_INPUT_MISSING'
  | 'IMAGE_TOO_LARGE'
  | 'IMAGE_KEYS_MISSING'
  | 'IMAGE_KEYS_EXIST'
  | 'IMAGE_SIGNATURE_FOREIGN'

export class ImageError extends Error {
  readonly code: ImageErrorCode
  readonly details: Readonly<Record<string, unknown>>

  constructor(
    code: ImageErrorCode,
    message: string,
    options: { details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.name = 'ImageError'
    this.code = code
    this.details = options.details ?? {}
  }
}

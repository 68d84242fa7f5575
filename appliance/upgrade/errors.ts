/** What an upgrade is refused by: a closed set of codes, whose words for people stand in `web/messages_upgrade.ts`. */
import type { UpgradeErrorCode } from '../../web/index.ts'

export type { UpgradeErrorCode } from '../../web/index.ts'

/** A refusal; `details` are safe to show. What root's act throws is written into its answer by its code. */
export class UpgradeError extends Error {
  readonly code: UpgradeErrorCode
  readonly details: Readonly<Record<string, unknown>>

  constructor(
    code: UpgradeErrorCode,
    message: string,
    options: { details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.name = 'UpgradeError'
    this.code = code
    this.details = options.details ?? {}
  }
}

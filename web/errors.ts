/** What this room refuses by itself: a closed set of codes. */
import type { BackupErrorCode } from './messages_backup.ts'
import type { MachineErrorCode } from './messages_machine.ts'
import type { UpgradeErrorCode } from './messages_upgrade.ts'

export type WebErrorCode =
  | 'BODY_MALFORMED'
  | 'BODY_TOO_LARGE'
  | 'CERTIFICATE_REQUIRED'
  | 'ROLE_WRONG'
  | 'BOX_NEEDS_OFFICERS'
  | 'IDEMPOTENCY_KEY_MISSING'
  | 'QUERY_MALFORMED'
  | 'ROUTE_UNKNOWN'
  | 'TOO_MANY_REQUESTS'
  | 'CROSS_SITE'
  | 'EST_UNAUTHORISED'
  | 'EST_CHANNEL_WRONG'
  | 'INTERNAL'
  | BackupErrorCode
  | MachineErrorCode
  | UpgradeErrorCode

/** A refusal of this room; `details` go into the answer. */
export class WebError extends Error {
  readonly code: WebErrorCode
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: WebErrorCode, message: string, details: Record<string, unknown> = {}) {
    super(message)
    this.name = 'WebError'
    this.code = code
    this.details = details
  }
}

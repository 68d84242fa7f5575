/** What the box's shell throws: a closed set of codes and a sentence for the person at the console. */

export type ApplianceErrorCode =
  | 'DATA_FOLDER_FOREIGN'
  | 'DATA_FOLDER_BUSY'
  | 'VIEWS_UNREADABLE'
  | 'PORT_TAKEN'
  | 'PASSPHRASE_MISSING'
  | 'PIN_MISSING'
  | 'CEREMONY_REFUSED'
  | 'USAGE'
  | 'FILE_MISSING'
  | 'BOX_REFUSED'
  | 'BOX_UNREACHABLE'
  | 'ROOT_DIFFERS'
  | 'JOURNAL_FORKED'
  | 'DEMO_FAILED'
  | 'DEMO_REFUSED'

export class ApplianceError extends Error {
  readonly code: ApplianceErrorCode
  readonly details: Readonly<Record<string, unknown>>

  constructor(
    code: ApplianceErrorCode,
    message: string,
    options: { details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.name = 'ApplianceError'
    this.code = code
    this.details = options.details ?? {}
  }
}

/** Exit statuses of the command line (design 6; sysexits.h). */
export const exitStatus = {
  passed: 0,
  failed: 1,
  indeterminate: 2,
  usage: 64,
  data: 65,
  noInput: 66,
  unavailable: 69,
  software: 70,
} as const

/** What the data partition's code throws: a closed set of codes and a sentence for the person at the console. */

export type DiskErrorCode =
  /** A program of the system ended with an error, or is not there. */
  | 'DISK_TOOL_FAILED'
  /** The partition holds something that is not ours: it is never formatted. */
  | 'DISK_FOREIGN'
  /** No partition of the name. */
  | 'DISK_MISSING'
  /** Neither TPM nor what was typed opens it. */
  | 'DISK_LOCKED'
  /** Not three numbers below 65536. */
  | 'DISK_VERSION_MALFORMED'
  /** What the kernel image brings as its signed policy is none. */
  | 'DISK_POLICY_MALFORMED'
  /** A token of the LUKS2 header is none of ours, or of another version. */
  | 'DISK_TOKEN_MALFORMED'
  /** No recovery passphrase: a slip of a typing hand. */
  | 'DISK_RECOVERY_MALFORMED'
  /** A passphrase that is too short, or a PIN that is none. */
  | 'DISK_SECRET_WEAK'
  /** A recovery passphrase is there already, and the old one was not given. */
  | 'DISK_RECOVERY_PRESENT'
  /** A version older than what was committed. */
  | 'DISK_VERSION_OLDER'

export class DiskError extends Error {
  readonly code: DiskErrorCode
  readonly details: Readonly<Record<string, unknown>>

  constructor(
    code: DiskErrorCode,
    message: string,
    options: { details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.name = 'DiskError'
    this.code = code
    this.details = options.details ?? {}
  }
}

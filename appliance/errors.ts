/** What the box's shell throws: a closed set of codes and a sentence for the person at the console. */

export type ApplianceErrorCode =
  | 'DATA_FOLDER_FOREIGN'
  | 'DATA_FOLDER_NEWER'
  | 'VERSION_OLDER'
  | 'DATA_FOLDER_BUSY'
  | 'VIEWS_UNREADABLE'
  | 'PORT_TAKEN'
  | 'PASSPHRASE_MISSING'
  | 'PIN_MISSING'
  | 'CEREMONY_REFUSED'
  | 'SET_UP_UNREADABLE'
  | 'USAGE'
  | 'FILE_MISSING'
  | 'FILE_MALFORMED'
  | 'BOX_REFUSED'
  | 'BOX_UNREACHABLE'
  | 'ROOT_DIFFERS'
  | 'JOURNAL_FORKED'
  | 'DEMO_FAILED'
  | 'DEMO_REFUSED'
  /** No recipient yet: a production box gets one from a ceremony. */
  | 'BACKUP_KEY_MISSING'
  | 'BACKUP_KEY_MALFORMED'
  | 'BACKUP_KEY_KNOWN'
  /** `--since` names no backup that this box made. */
  | 'BACKUP_UNKNOWN'
  | 'BACKUP_BUSY'
  | 'BACKUP_DISK_FULL'
  | 'BACKUP_TARGET'
  /** The key that was given does not open it. */
  | 'BACKUP_LOCKED'
  | 'BACKUP_MALFORMED'
  | 'BACKUP_CUT'
  | 'BACKUP_ALTERED'
  /** Signed by nobody who keeps a journal, or not what its box signed. */
  | 'BACKUP_FORGED'
  /** Of another box, or below another root than the one that was named. */
  | 'BACKUP_FOREIGN'
  /** An increment is missing, or does not follow. */
  | 'BACKUP_CHAIN_BROKEN'
  /** Files that the journal names are missing. */
  | 'BACKUP_INCOMPLETE'
  /** Somebody has seen a later head of its journal. */
  | 'BACKUP_STALE'
  /** Somebody has seen another journal. */
  | 'BACKUP_FORKED'
  /** Among the files that were handed in to be compared none holds a head of this box, or they name more than a district has. */
  | 'BACKUP_HEADS_UNUSABLE'
  | 'RESTORE_UNCONFIRMED'

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

/** The port of what keeps the box: how it is, and its journal as files. `appliance` fills it in. Types only. */
import type { TimeSource } from '../../ca/index.ts'
import type { EvidenceState } from '../../exchange/index.ts'

/** Folders of data that grow. */
export type DataFolderName = 'journal' | 'blobs' | 'views' | 'search' | 'scratch'

/** Names of the box's own certificates. */
export type BoxCertificateName = 'root' | 'issuing' | 'tls' | 'timestamping' | 'ocsp' | 'journal'

/** How the box is at one moment: numbers, times and states. No document, title or unit's traffic. */
export interface Health {
  readonly startedAt: Date
  readonly journal: {
    readonly state: 'running' | 'read-only' | 'stopped'
    readonly size: number
    readonly lastEntryAt: Date | undefined
  }
  readonly blobs: { readonly state: 'running' | 'stopped' }
  readonly search: {
    /** Index of the last entry applied, -1 when empty. */
    readonly appliedThrough: number
    readonly state: 'running' | 'stopped'
  }
  /** Of the file system that holds the data, in bytes. */
  readonly disk: { readonly free: number; readonly total: number }
  readonly folders: readonly { readonly name: DataFolderName; readonly bytes: number }[]
  readonly memory: {
    /** Of this process. */
    readonly resident: number
    /** Of the machine. */
    readonly free: number
    readonly total: number
  }
  readonly certificates: readonly {
    readonly name: BoxCertificateName
    readonly notAfter: Date
    /** Where the key may sign for less long than the certificate is good. */
    readonly signsUntil?: Date
  }[]
  /** When the current revocation lists must be followed by others. */
  readonly revocationListsUntil: Date
  readonly timeSource: TimeSource
  /** Whether the time is not certain. */
  readonly isTimeHeld: boolean
  /** How the evidence of the archive stands; absent of a box that does not run. */
  readonly evidence?: EvidenceState | undefined
  /** Absent where nobody backs up by a schedule, and none was ever made. */
  readonly backup?: BackupState | undefined
  /** Absent where no virus scanner is configured. */
  readonly virus?: VirusState | undefined
  /** Absent until the first scrub ended. */
  readonly scrub?: ScrubState | undefined
  /** Absent until a running box first looked whether one is due. */
  readonly scrubTries?: ScrubTries | undefined
  /** How the data partition was opened; absent outside the image. */
  readonly volume?: VolumeState | undefined
  /** What waits for people or machines. */
  readonly queues?: QueueState | undefined
  /** Absent until there are units. */
  readonly presence?: PresenceState | undefined
  /** Whether those who are to be told can be reached; absent where nobody is. */
  readonly reporting?: ReportingState | undefined
  /** Parts that have not answered for minutes: what stands of them is their last word. Absent where all answer. */
  readonly silent?: readonly HealthPart[] | undefined
}

/** Parts of a box that say of themselves how they are. */
export type HealthPart =
  | 'evidence'
  | 'backup'
  | 'virus'
  | 'scrub'
  | 'scrubTries'
  | 'volume'
  | 'queues'
  | 'presence'
  | 'reporting'

/** When the box was backed up last, and how often it should be. */
export interface BackupState {
  readonly lastAt: Date | undefined
  /** Since when there is a key to encrypt them to: the first one is due within a day of it. */
  readonly since?: Date | undefined
  /** A backup that is older than twice this is late. */
  readonly everyHours: number
  /** Why the last try failed, in a word of ours (a code). */
  readonly failed?: string | undefined
}

/** The virus scanner beside the box. */
export interface VirusState {
  readonly scanner: 'running' | 'down'
  /** When the signatures were made. */
  readonly signaturesAt: Date | undefined
}

/** What the last whole reading found. */
export interface ScrubState {
  readonly endedAt: Date
  /** Entries, records of views and files that were read. */
  readonly entries: number
  readonly views: number
  readonly files: number
  /** What was not as the journal says, up to `maxScrubFindings`. */
  readonly findings: readonly ScrubFinding[]
}

/** How it goes with reading everything each night. */
export interface ScrubTries {
  /** Since when one could have ended: the end of the last one, or when the box first looked. */
  readonly since: Date
  /** Why the last try did not end: too little room on the disk, or something that the log says. */
  readonly failed?: 'NO_ROOM' | 'FAILED' | undefined
}

export interface ScrubFinding {
  readonly code: 'JOURNAL_DAMAGED' | 'VIEW_DIFFERS' | 'BLOB_DAMAGED' | 'BLOB_MISSING'
  /** Segment and offset, key of a view, or SHA-256 of a file. */
  readonly name: string
}

/** The data partition of the image at this start. */
export interface VolumeState {
  readonly openedBy: 'tpm' | 'passphrase' | 'recovery'
  /** Why the TPM did not open it, in a word of ours; `none`: there is no TPM. */
  readonly refusal: string | undefined
  /** Whether more than its own journal had to be repaired. */
  readonly isRepaired: boolean
}

export interface QueueState {
  /** Uploads that wait for the virus scanner. */
  readonly uploads: number
  /** Enrolments that wait for an officer. */
  readonly requests: number
  /** Orders that wait for a second officer. */
  readonly orders: number
}

export interface PresenceState {
  /** Units that have a certificate to log in with. */
  readonly units: number
  /** Of them those that are silent though the district works. */
  readonly silent: number
  /** When any unit was seen last. */
  readonly lastSeen: Date | undefined
  /** Whether no unit at all was heard of for days. */
  readonly isAlone: boolean
}

export interface ReportingState {
  /** Syslog over TLS; absent where there is no collector. */
  readonly collector?: ReportingLine | undefined
  /** The mail relay; absent where there is none. */
  readonly mail?: ReportingLine | undefined
}

export interface ReportingLine {
  readonly state: 'well' | 'failing'
  /** Since when it fails. */
  readonly since?: Date | undefined
  /** The error's code, such as `ECONNREFUSED`. */
  readonly error?: string | undefined
}

/** The journal as an auditor takes it along (`sealbox journal export`). */
export interface JournalCopy {
  /** Bytes of all segments now. */
  bytes(): Promise<number>
  /**
   * Segments up to the head of a signed checkpoint, the checkpoint, and the certificates that it is judged by. All in memory: ask
   * for `bytes` before.
   */
  files(): Promise<readonly { readonly name: string; readonly bytes: Uint8Array }[]>
}

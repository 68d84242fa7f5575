/** The port of what keeps the box: how it is, and its journal as files. `appliance` fills it in. Types only. */
import type { TimeSource } from '../ca/index.ts'

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

/** What an upload is, what looks at it, and what is kept of it. Types only. */
import type { AbstractLevel } from 'abstract-level'
import type { Blobs, Clock, Sha256 } from '../../ca/index.ts'
import type { Scanner } from './scanner.ts'
import type { WaitingCount } from './waiting_count.ts'

export type UploadPurpose = 'document' | 'attachment'

export interface UploadFinding {
  readonly inspector: string
  readonly code: string
  readonly severity: 'refuse' | 'warn'
  /** English, for the operator. */
  readonly message: string
  /** For people, in both languages. */
  readonly words?: { readonly zh: string; readonly en: string }
  /** Number of the page from 1. */
  readonly page?: number
}

/** One look at a file; findings with severity `refuse` keep it out. */
export interface Inspector {
  readonly name: string
  readonly purposes: readonly UploadPurpose[]
  inspect(file: {
    readonly bytes: Uint8Array
    readonly fileName: string
  }): Promise<readonly Omit<UploadFinding, 'inspector' | 'words'>[]>
}

export type UploadState = 'accepted' | 'waiting' | 'refused'

export interface Upload {
  readonly state: UploadState
  readonly sha256: Sha256
  readonly bytes: number
  readonly fileName: string
  readonly findings: readonly UploadFinding[]
  readonly at: string
  readonly virusCheck: VirusCheck
}

/** What the virus scanner said, or that nobody asked it. */
export type VirusCheck =
  | { readonly state: 'clean'; readonly signatures: string; readonly at: string }
  | { readonly state: 'waiting' | 'refused' | 'not-scanned' }

export interface Intake {
  /**
   * Inspects and, if nothing objects, keeps the file. The answer says which inspector refused it and why, or that it waits for the
   * scanner. Throws `UPLOAD_WAITING_FULL`.
   */
  take(upload: {
    readonly unit: string
    readonly purpose: UploadPurpose
    readonly fileName: string
    readonly bytes: Uint8Array
  }): Promise<Upload>
  /**
   * What this unit uploaded under this name and was accepted; undefined if it did not: a hash alone gives no right to a file. What was
   * kept before this box had a scanner is scanned now. Throws `UPLOAD_WAITING` while nobody can tell.
   */
  uploadedBy(unit: string, file: Sha256): Promise<Uploaded | undefined>
  /** Where an upload stands, without asking the scanner; undefined for what the unit did not upload. */
  look(unit: string, file: Sha256): Promise<UploadLook | undefined>
  /** Whether uploads are scanned at all. */
  readonly isScanned: boolean
  waiting(): Promise<WaitingCount>
  /**
   * Shows the scanner what waits, until it cannot tell any more; gives what was decided. `tell` hears of each before it is done: where
   * it rejects, the file goes on waiting, and so does this.
   */
  scanWaiting(tell?: (decided: Decided) => Promise<void>): Promise<readonly Decided[]>
}

/** What the scratch area keeps of an accepted upload. */
export interface Uploaded {
  /** As what it was inspected: an attachment may be of any kind, a document may not. */
  readonly purposes: readonly UploadPurpose[]
  readonly bytes: number
  /** Which signature set judged it, and when; absent where no scanner was asked. */
  readonly scanned?: { readonly signatures: string; readonly at: string }
}

export interface UploadLook {
  readonly state: UploadState
  /** Of a refused one why. */
  readonly findings: readonly UploadFinding[]
  /** RFC 3339; of one that waits or was refused. */
  readonly at?: string
}

/** What became of a file that waited. */
export interface Decided {
  readonly unit: string
  readonly sha256: Sha256
  readonly state: 'accepted' | 'refused'
  readonly finding?: UploadFinding
}

export type Scratch = AbstractLevel<string | Uint8Array | Buffer>

/** What is kept of a file that waited and was refused, so that its unit learns why. */
export interface Refused {
  readonly findings: readonly UploadFinding[]
  readonly fileName: string
  readonly at: string
}

export interface IntakeParts {
  readonly blobs: Blobs
  readonly scratch: Scratch
  /** Bytes left on the disk that holds the scratch area. */
  readonly free: () => Promise<number>
  readonly clock: Clock
  readonly inspectors: readonly Inspector[]
  /** Undefined on a box without one: files are then kept unscanned, and it is said so. */
  readonly scanner?: Scanner | undefined
}

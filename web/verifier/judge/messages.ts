/** What the page asks the thread that judges, and what it answers. */
import type { Report } from '../../../exchange/verify/index.ts'

/** A file that was dropped, under the name by which it is matched with others; read by the thread alone. */
export interface NamedFile {
  /** With folders before a `/`, if it came in any. */
  readonly name: string
  readonly file: File
}

/** What all files of a run are judged by. */
export interface JudgedBy {
  /** DER. */
  readonly trust: readonly Uint8Array[]
  readonly certificates: readonly Uint8Array[]
  readonly crls: readonly Uint8Array[]
  readonly at: Date
  /** Files `.compromise.json`. */
  readonly statements: readonly NamedFile[]
  /** Files `.dispatch.json`: receipts are compared with them. */
  readonly dispatches: readonly NamedFile[]
  /** Compared with those that a sealed PDF names; empty: not compared. */
  readonly attachments: readonly NamedFile[]
  /** Where a journal was given: its segments in order, and the files in which heads of it are looked for. */
  readonly journal?: {
    readonly segments: readonly NamedFile[]
    readonly heldIn: readonly NamedFile[]
  }
}

/** Whether a file is a segment of a journal: compared with the heads of all other files, not judged by itself. */
export const isSegment = (name: string): boolean => name.endsWith('.seg')

export type JudgeQuestion =
  | { readonly ask: 'set-up'; readonly by: JudgedBy }
  /** A file with what stands beside it. */
  | { readonly ask: 'judge'; readonly group: readonly NamedFile[] }

/** What is known of a file besides its report. */
export interface FileFacts {
  /** Of the file as it was read. */
  readonly bytes: number
  /** Hexadecimal; absent for one that is too large to be judged. */
  readonly sha256?: string
  /** Whose pages can be shown: the file itself, or the document of a bundle, by the hash that the bundle's report names. */
  readonly pdf?: File
}

export type JudgeAnswer =
  | { readonly answer: 'ready' }
  | { readonly answer: 'judged'; readonly report: Report; readonly facts: FileFacts }
  /** The browser could not read it: moved, deleted, or not permitted. */
  | { readonly answer: 'unreadable' }

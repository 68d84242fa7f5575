/**
 * The ports of the one write path (design 4): `Journal`, `Views`, `Blobs`, and the `Fold` that turns entries into views.
 * Types only. The contract tests that an implementation hands itself to stand in `test/ca/journal/`.
 */
import type { Sha256 } from '../bytes.ts'

export type Json = string | number | boolean | null | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json
}

/** Who did it: the certificate that signed or logged in, and what it stands for (`seat:…`, `person:…`, `box`, `anonymous`). */
export interface Actor extends JsonObject {
  readonly holder: string
  /** SHA-256 of the DER certificate, or null where none was shown. */
  readonly certificate: string | null
}

/** An act as it is handed in; the journal adds index, time and salt. */
export interface EntryDraft {
  /** `<thing>.<past participle>`, such as `document.dispatched`. */
  readonly type: string
  readonly actor: Actor
  /** What it was done to: an identifier such as `document:…` or `unit:…`. */
  readonly subject: string
  /** Hashes of the blobs it names; each is durable before the commit. */
  readonly files?: readonly Sha256[]
  /** Codes, numbers, times and hashes; titles and free text are in a blob. */
  readonly data: JsonObject
}

/** An act as it stands in the journal: RFC 8785 canonical JSON of this object is the Merkle leaf. */
export interface Entry extends EntryDraft {
  readonly v: 1
  readonly index: number
  /** RFC 3339, UTC, milliseconds. */
  readonly time: string
  /** There only while the clock was on hold: `time` is the last certain time, gone on by the monotonic clock. */
  readonly timeUnconfirmed?: true
  readonly files: readonly Sha256[]
  /** 128 random bits in hexadecimal, so that a neighbour's leaf cannot be guessed. */
  readonly salt: string
}

/** What a commit read: the view under `key` must still have this version (null: must not exist). */
export interface Expectation {
  readonly key: string
  readonly version: number | null
}

export interface Commit {
  readonly entries: readonly EntryDraft[]
  readonly expect?: readonly Expectation[]
}

/** A view value with the index of the entry that last wrote it. */
export interface ViewRecord<T extends Json = Json> {
  readonly version: number
  readonly value: T
}

export interface Put {
  readonly key: string
  /** undefined removes the key. */
  readonly value: Json | undefined
}

/** How entries of one type change the views. Pure: all that was decided stands in the entry. */
export interface Fold {
  readonly type: string
  /** The keys whose values `apply` wants; they depend on the entry alone. */
  reads(entry: Entry): readonly string[]
  apply(entry: Entry, values: ReadonlyMap<string, Json>): readonly Put[]
}

/** Read access to the views. Each read checks the key-bound checksum and throws `VIEW_DAMAGED`. */
export interface Views {
  get(key: string): Promise<ViewRecord | undefined>
  getMany(keys: readonly string[]): Promise<(ViewRecord | undefined)[]>
  /** Records whose key starts with `prefix`, in key order (`reverse`: backwards), `limit` at most, after `after` if given. */
  scan(
    prefix: string,
    options?: { readonly reverse?: boolean; readonly limit?: number; readonly after?: string },
  ): AsyncIterable<{ readonly key: string } & ViewRecord>
}

/** `running`; `read-only` after views could not be written (a restart catches up); `stopped` after a failed append. */
export type JournalState = 'running' | 'read-only' | 'stopped'

export interface TreeHead {
  readonly size: number
  /** RFC 6962 2.1 root hash, 32 bytes. */
  readonly rootHash: Uint8Array
}

export interface Journal {
  /** Resolves once the commit is durable; throws `JOURNAL_CONFLICT`, `JOURNAL_READ_ONLY`, `JOURNAL_STOPPED`, `JOURNAL_ENTRY_REFUSED`. */
  commit(commit: Commit): Promise<readonly Entry[]>
  /** Behind what was answered only while `read-only`. */
  readonly views: Views
  readonly state: JournalState
  /** Number of entries. */
  readonly size: number
  entry(index: number): Promise<Entry | undefined>
  /** Entries from index `from` up to and without `to` (default: all that there are now). */
  read(from: number, to?: number): AsyncIterable<Entry>
  /** Entries from `from`, then each new one as it is committed, until `signal` aborts or the journal is closed. */
  subscribe(from: number, signal: AbortSignal): AsyncIterable<Entry>
  /** The head over the first `size` entries (default all). */
  head(size?: number): Promise<TreeHead>
  /** RFC 6962 2.1.1 audit path of entry `index` in the tree of `size` entries. */
  inclusionProof(index: number, size: number): Promise<Uint8Array[]>
  /** RFC 6962 2.1.2 proof between the trees of `first` and `second` entries. */
  consistencyProof(first: number, second: number): Promise<Uint8Array[]>
  /** Finishes the commits handed in, takes no more, ends all subscriptions. The store of views stays its owner's. */
  close(): Promise<void>
}

/** A place in the order in which blobs arrived. */
export interface BlobPosition extends JsonObject {
  readonly volume: number
  readonly number: number
}

/** A blob as it lies on the disk: damaged where its bytes do not hash to `name`. */
export interface BlobArrival {
  readonly name: Sha256
  readonly bytes: Uint8Array
}

/** Sealed files and attachments by their SHA-256. */
export interface Blobs {
  /** `stopped` after a failed write, for good: only a new process can go on. */
  readonly state: 'running' | 'stopped'
  /**
   * Durable when it resolves; the same bytes twice are one blob, and a damaged one is healed. The bytes must not change meanwhile.
   * Throws `BLOB_TOO_LARGE`, or `BLOB_STOPPED` after a failed write.
   */
  put(bytes: Uint8Array): Promise<Sha256>
  /** Throws `BLOB_MISSING`, or `BLOB_DAMAGED` if the bytes do not hash to their name. */
  get(name: Sha256): Promise<Uint8Array>
  has(name: Sha256): Promise<boolean>
  /** The names of all blobs, each once, in no particular order. */
  names(): AsyncIterable<Sha256>
  /** Behind the blob that was stored last. */
  end(): Promise<BlobPosition>
  /**
   * The blobs that were stored from a position on up to another, in order of arrival, for a backup: unlike `get` it does not compare
   * their bytes with their names. What was healed comes again at the place of its new copy.
   */
  arrivals(from: BlobPosition, to: BlobPosition): AsyncIterable<BlobArrival>
  close(): Promise<void>
}

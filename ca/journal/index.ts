/** What the journal and the blobs offer the rest of the room. */
export * from './types.ts'
export { maxCommitEntries, maxDataDepth, maxEntryBytes } from './entry.ts'
export { appliedSize, compareRecords, recordsOf } from './compare.ts'
export { visitEntries } from './entries.ts'
export { openJournalFiles, type JournalFiles } from './files.ts'
export {
  defaultSegmentBytes,
  openJournal,
  rebuildViews,
  type JournalOptions,
  type JournalStorage,
  type OpenedJournal,
  type Recovery,
} from './journal.ts'
export {
  verifyJournal,
  type JournalFinding,
  type JournalFindingCode,
  type JournalReport,
} from './verify.ts'
export { createViews, type Store } from './views.ts'
export { leafHash, nodeHash, verifyConsistency, verifyInclusion } from './merkle.ts'
export {
  checkpointBody,
  ed25519PublicKey,
  noteKeyId,
  parseCheckpoint,
  signCheckpoint,
  verifyCheckpoint,
  type Checkpoint,
  type NoteSignature,
} from './checkpoint.ts'
export { createBlobs, type BlobsOptions } from './blobs.ts'
export type { BlobVolume } from './volumes.ts'
